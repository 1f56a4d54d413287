"""A rehearsal without scenes, and a Chromium whose microphone is a file."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
START_S = 90.0
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@dataclass
class OpenRehearsal:
    """The running program; what it prints can be waited for."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._changed:
                self.lines.append(line.rstrip())
                self._changed.notify_all()

    def forget(self) -> None:
        """What earlier calls printed is no longer found; addresses are."""
        with self._changed:
            self.lines[:] = [line for line in self.lines if "http" in line]

    def printed(self, pattern: str, *, within_s: float) -> re.Match[str]:
        """The first line, printed already or in time, that the pattern is found in."""

        def find() -> re.Match[str] | None:
            return next(filter(None, (re.search(pattern, line) for line in self.lines)), None)

        with self._changed:
            found = self._changed.wait_for(find, timeout=within_s)
        assert found, f"{pattern!r} was not printed; the last lines were:\n" + "\n".join(self.lines[-15:])
        return found


@pytest.fixture(scope="session")
def chromium() -> str:
    if CHROMIUM is None:
        pytest.skip(
            "NO BROWSER: there is no Chromium on this machine, so nobody phones in through the softphone"
        )
    return CHROMIUM


@pytest.fixture(scope="session")
def rehearsal(chromium: str) -> Iterator[OpenRehearsal]:
    """`make rehearse` as a visitor finds it after the scenes."""
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator", "rehearse", "--no-scenes"],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    running = OpenRehearsal(process)
    reader = threading.Thread(target=running.read, daemon=True)
    reader.start()
    try:
        running.printed("Call pages:", within_s=START_S)
        yield running
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
        reader.join(5)
        assert process.stdout is not None
        process.stdout.close()
