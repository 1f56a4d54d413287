"""The table a reader trusts: both servers, every level, and the ratio that counts."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from evals.bench.levels import Level


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything measured in one run."""

    ours: Sequence[Level]
    peer: Sequence[Level]
    by_vad: Level
    idle_mb: float
    call_starts_ms: Sequence[float]
    """The longest block of the loop as a call started, a process's first call first."""

    def keys(self) -> dict[str, float | None]:
        """What `build/bench.json` holds; None where a level was not run."""
        most = max(self.ours, key=lambda level: level.calls)
        return {
            "calls_per_core": capacity(self.ours),
            "peer_calls_per_core": capacity(self.peer),
            "overhead_p50_ms_1": _at(self.ours, 1, "own_ms", "p50"),
            "overhead_p95_ms_1": _at(self.ours, 1, "own_ms", "p95"),
            "overhead_p95_ms_20": _at(self.ours, 20, "own_ms", "p95"),
            "clear_p95_ms": _at(self.ours, 20, "barge_own_ms", "p95"),
            "clear_vad_p95_ms": self.by_vad.p("barge_clear_ms", "p95"),
            "idle_mb": round(self.idle_mb, 1),
            "call_start_block_ms": max(self.call_starts_ms),
            "later_call_start_block_ms": max(self.call_starts_ms[1:]),
            "mb_per_call": most.result.get("server", {}).get("rss_per_call_mb"),
            "cpu_per_call_second": most.result.get("server", {}).get("cpu_per_call_s"),
        }


def capacity(levels: Sequence[Level]) -> int:
    """The highest level that held with every level below it."""
    held = 0
    for level in sorted(levels, key=lambda level: level.calls):
        if not level.held:
            break
        held = level.calls
    return held


def _at(levels: Sequence[Level], calls: int, measure: str, quantile: str) -> float | None:
    return next((level.p(measure, quantile) for level in levels if level.calls == calls), None)


def print_report(report: Report) -> None:
    console = Console(width=132)
    for title, levels in (("Callwright", report.ours), ("stock pipecat 1.14, tuned", report.peer)):
        console.print(_table(title, levels))
    for key, value in report.keys().items():
        console.print(f"{key:>24}  {value}")
    ours, peers = capacity(report.ours), capacity(report.peer)
    ratio = (
        f"{ours / peers:.1f} times" if peers else "no level of the stock bot held, so there is no ratio to"
    )
    console.print(f"{ours} calls on one core, {ratio} the tuned stock bot's {peers} in this run")


def _table(title: str, levels: Sequence[Level]) -> Table:
    table = Table(title=title, title_justify="left")
    heads = (
        "calls",
        "own p50",
        "p95",
        "clear p95",
        "lost %",
        "failed",
        "cpu/call-s",
        "rss MB",
        "lag p95",
        "",
    )
    for head in heads:
        table.add_column(head, justify="right")
    for level in levels:
        server = level.result.get("server", {})
        cells = (
            level.calls,
            level.p("own_ms", "p50"),
            level.p("own_ms", "p95"),
            level.p("barge_own_ms", "p95"),
            level.result["underrun_pct"],
            level.failed,
            server.get("cpu_per_call_s"),
            server.get("rss_peak_mb"),
            server.get("loop_lag_ms", {}).get("p95"),
            ("held" if level.held else "did not hold") + ("" if level.valid else ", rig late"),
        )
        table.add_row(*("-" if cell is None else str(cell) for cell in cells))
    return table
