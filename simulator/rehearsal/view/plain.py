"""Watching without a terminal: one line for each thing that happened."""

from rich.console import Console
from rich.text import Text

from simulator.rehearsal.product_api import Event, LiveNote
from simulator.rehearsal.scene import Scene
from simulator.rehearsal.stage import Verdict
from simulator.rehearsal.view.transcript import line_of
from simulator.rehearsal.watched_call import WatchedCall


class PlainAudience:
    """Lines, each with the scene that it belongs to; `quiet` keeps to the verdicts."""

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        self._console = console
        self._quiet = quiet

    def scene_began(self, scene: Scene) -> None:
        if not self._quiet:
            self._print(Text(f"\n{scene.title}: {scene.shows}", style="bold"))

    def call_began(self, scene: Scene, call: WatchedCall) -> None:
        self._line(scene.title, Text(f"  rings  {call.call.from_} calls {call.call.to}", style="dim"))

    def told(self, call: WatchedCall, event: Event) -> None:
        if (line := line_of(event)) is not None:
            self._line(call.title, line)

    def noted(self, call: WatchedCall, note: LiveNote) -> None:
        """Words that may still change are for screens that can take them back."""

    def scene_ended(self, verdict: Verdict) -> None:
        word, style = ("passed", "bold green") if verdict.passed else ("FAILED", "bold red")
        self._print(Text.assemble((word, style), f"  {verdict.scene.title} ({verdict.seconds:.0f} s)"))
        for check in verdict.failures:
            self._print(Text(f"        not so: {check.what}. {check.seen}", style="red"))

    def _line(self, title: str, line: Text) -> None:
        if not self._quiet:
            self._print(Text.assemble((f"{title[:24]:<24} ", "dim"), line))

    def _print(self, line: Text) -> None:
        self._console.print(line, soft_wrap=True)
