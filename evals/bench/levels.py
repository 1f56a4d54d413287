"""One level of the load rig: so many calls against one fresh server, pinned to one core."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WORST_OWN_P95_MS = 150.0
WORST_UNDERRUN_PCT = 1.0
RIG_LATE_P99_MS = 10.0
TRIES = 3


class RigMissing(Exception):
    """The load rig is not where the environment says, or nothing says where."""


@dataclass(frozen=True, kw_only=True)
class Level:
    """What the rig measured with so many calls."""

    calls: int
    result: Mapping[str, Any]

    @property
    def held(self) -> bool:
        own = self.result["own_ms"]["p95"]
        lost = self.result["underrun_pct"] or 0.0
        return own is not None and own <= WORST_OWN_P95_MS and lost <= WORST_UNDERRUN_PCT and not self.failed

    @property
    def failed(self) -> int:
        return int(self.result["failed_calls"])

    @property
    def valid(self) -> bool:
        """The rig itself was in time."""
        return float(self.result["rig"]["send_late_ms"]["p99"] or 0.0) <= RIG_LATE_P99_MS

    def p(self, measure: str, quantile: str) -> float | None:
        return self.result[measure][quantile]  # type: ignore[no-any-return]  # numbers of the rig's JSON


@dataclass(frozen=True, kw_only=True)
class Rig:
    """The folder of the load rig."""

    folder: Path
    out: Path
    seconds: int

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], *, out: Path, seconds: int) -> "Rig":
        named = environment.get("BENCH_RIG_DIR", "")
        if not named or not (Path(named) / "sweep.py").exists():
            raise RigMissing(
                "make bench needs the load rig (provider fakes, a driver, a stock bot): set BENCH_RIG_DIR "
                f"to the folder that holds sweep.py{f'; {named!r} does not' if named else ''}."
            )
        out.mkdir(parents=True, exist_ok=True)
        return cls(folder=Path(named).resolve(), out=out.resolve(), seconds=seconds)

    def run(self, name: str, server: str, target: tuple[str, ...], calls: int) -> Level:
        """A level in which the rig itself was late says nothing and is run again."""
        level = self._once(name, server, target, calls)
        for _ in range(TRIES - 1):
            if level.valid:
                break
            level = self._once(name, server, target, calls)
        return level

    def _once(self, name: str, server: str, target: tuple[str, ...], calls: int) -> Level:
        command = [
            sys.executable,
            str(self.folder / "sweep.py"),
            *("--name", name, "--server", server, *target),
            *("--levels", str(calls), "--seconds", str(self.seconds), "--out", str(self.out)),
        ]
        subprocess.run(command, check=True, cwd=self.folder)  # noqa: S603  # a command of our own making
        return Level(calls=calls, result=json.loads((self.out / f"{name}-{calls}.json").read_text()))
