"""The measurements of a rehearsal as JSON, for whoever compares runs."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from simulator.rehearsal.measures import percentile_ms
from simulator.rehearsal.stage import Verdict


def report(verdicts: Sequence[Verdict]) -> Mapping[str, Any]:
    gaps = [gap for verdict in verdicts for gap in verdict.measures.gaps_s]
    return {
        "passed": all(verdict.passed for verdict in verdicts),
        "gap_p50_ms": percentile_ms(gaps, 50),
        "gap_p95_ms": percentile_ms(gaps, 95),
        "longest_silence_ms": round(
            1000 * max((verdict.measures.longest_silence_s for verdict in verdicts), default=0.0)
        ),
        "scenes": [_scene(verdict) for verdict in verdicts],
    }


def write(path: Path, verdicts: Sequence[Verdict]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report(verdicts), indent=1, ensure_ascii=False) + "\n", "utf-8")


def _scene(verdict: Verdict) -> Mapping[str, Any]:
    measures = verdict.measures
    return {
        "id": verdict.scene.id,
        "passed": verdict.passed,
        "failed_checks": [{"what": check.what, "seen": check.seen} for check in verdict.failures],
        "checks": len(verdict.checks),
        "gaps_ms": [round(1000 * gap) for gap in measures.gaps_s],
        "gap_p50_ms": measures.gap_p50_ms,
        "gap_p95_ms": measures.gap_p95_ms,
        "longest_silence_ms": round(1000 * measures.longest_silence_s),
        "seconds": round(verdict.seconds, 1),
    }
