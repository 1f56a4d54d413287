"""Twilio's published rules, where `TWILIO_CONFORMANCE_DIR` names their folder; skipped loudly without."""

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = os.environ.get("TWILIO_CONFORMANCE_DIR")
needs_rules = pytest.mark.skipif(
    FOLDER is None, reason="TWILIO_CONFORMANCE_DIR does not name the folder with Twilio's rules"
)


def load(name: str) -> ModuleType:
    """One program of the folder, as a module."""
    assert FOLDER is not None
    path = Path(FOLDER) / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"conformance_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def spec_folder() -> Path:
    assert FOLDER is not None
    return Path(FOLDER) / "spec"
