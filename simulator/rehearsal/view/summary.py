"""What remains on the screen when the scenes have ended."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from simulator.rehearsal.measures import percentile_ms
from simulator.rehearsal.stage import Verdict
from simulator.rehearsal.view.transcript import NOTICE


def show(console: Console, verdicts: Sequence[Verdict]) -> None:
    table = Table(title="Rehearsal", caption=NOTICE, title_style="bold")
    table.add_column("scene")
    table.add_column("end state")
    for heading in ("calls' gap p50", "p95", "longest silence", "seconds"):
        table.add_column(heading, justify="right")
    for verdict in verdicts:
        measures = verdict.measures
        table.add_row(
            verdict.scene.title,
            Text("reached", style="green") if verdict.passed else Text("MISSED", style="bold red"),
            _ms(measures.gap_p50_ms),
            _ms(measures.gap_p95_ms),
            f"{measures.longest_silence_s:.2f} s",
            f"{verdict.seconds:.0f}",
        )
    console.print(table)
    gaps = [gap for verdict in verdicts for gap in verdict.measures.gaps_s]
    console.print(
        f"{sum(verdict.passed for verdict in verdicts)} of {len(verdicts)} scenes reached their end state; "
        f"caller's last sound to the agent's first: p50 {_ms(percentile_ms(gaps, 50))}, "
        f"p95 {_ms(percentile_ms(gaps, 95))} over {len(gaps)} answers."
    )
    for verdict in verdicts:
        for check in verdict.failures:
            console.print(Text(f"  {verdict.scene.title}: not so: {check.what}. {check.seen}", style="red"))


def _ms(value: int | None) -> str:
    return "-" if value is None else f"{value} ms"
