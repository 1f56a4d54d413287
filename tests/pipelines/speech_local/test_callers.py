"""The scripted callers' recordings are what their script says."""

import tomllib
from pathlib import Path

import pytest

CALLERS = Path(__file__).parents[3] / "simulator" / "callers"

pytestmark = pytest.mark.skipif(not CALLERS.is_dir(), reason="the simulator was removed")


def test_every_utterance_has_its_recording() -> None:
    utterances = tomllib.loads((CALLERS / "utterances.toml").read_text())
    index = tomllib.loads((CALLERS / "audio" / "index.toml").read_text())
    assert {name: entry["text"] for name, entry in index.items()} == utterances
    for name, entry in index.items():
        recording = (CALLERS / "audio" / f"{name}.ulaw").read_bytes()
        assert entry["duration_s"] == pytest.approx(len(recording) / 8000, abs=0.001)
    assert len(list((CALLERS / "audio").glob("*.ulaw"))) == len(utterances)


def test_the_recordings_stay_small() -> None:
    assert sum(path.stat().st_size for path in (CALLERS / "audio").iterdir()) < 1_500_000
