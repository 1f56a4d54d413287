"""Watching on a terminal: scenes and their verdicts on the left, the calls of the moment on the right."""

import math
from collections import deque
from collections.abc import Sequence

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.layout import Layout
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from simulator.rehearsal.caller import HUSH_DBFS, CallersTelephone
from simulator.rehearsal.product_api import Event, LiveNote
from simulator.rehearsal.scene import Scene
from simulator.rehearsal.stage import Verdict
from simulator.rehearsal.view.transcript import AGENT, CALLER, NOTICE, line_of
from simulator.rehearsal.watched_call import WatchedCall

FRAMES_A_SECOND = 8
LINES_KEPT = 60
METER = 12
SCENES_WIDTH = 38
FRAME = 4
"""Cells that a panel keeps for its border and padding."""
LOUDEST_DBFS = -15.0


class ScreenAudience:
    """Keeps what the screen shows; rich asks for it again and again. Use as a context manager."""

    def __init__(self, console: Console, scenes: Sequence[Scene]) -> None:
        self._scenes = scenes
        self._verdicts: dict[str, Verdict] = {}
        self._playing: set[str] = set()
        self._calls: dict[str, WatchedCall] = {}
        self._lines: dict[str, deque[Text]] = {}
        self._scene_of: dict[str, str] = {}
        self._live = Live(self, console=console, refresh_per_second=FRAMES_A_SECOND, screen=True)

    def __enter__(self) -> "ScreenAudience":
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    # -- what happens ------------------------------------------------------------------------

    def scene_began(self, scene: Scene) -> None:
        self._playing.add(scene.id)

    def call_began(self, scene: Scene, call: WatchedCall) -> None:
        sid = call.call.sid
        self._calls[sid], self._scene_of[sid] = call, scene.id
        self._lines[sid] = deque(maxlen=LINES_KEPT)

    def told(self, call: WatchedCall, event: Event) -> None:
        if (line := line_of(event)) is not None:
            self._lines[call.call.sid].append(line)

    def noted(self, call: WatchedCall, note: LiveNote) -> None:
        """The call itself keeps the words of the moment."""

    def scene_ended(self, verdict: Verdict) -> None:
        self._verdicts[verdict.scene.id] = verdict
        self._playing.discard(verdict.scene.id)
        for sid in [sid for sid, scene in self._scene_of.items() if scene == verdict.scene.id]:
            del self._calls[sid], self._scene_of[sid], self._lines[sid]

    # -- what is shown -----------------------------------------------------------------------

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        height = options.height or console.height
        layout = Layout()
        layout.split_column(Layout(name="head", size=1), Layout(name="body"))
        layout["head"].update(
            Text.assemble((" Callwright ", "bold reverse"), f"  {NOTICE}", no_wrap=True, overflow="ellipsis")
        )
        layout["body"].split_row(Layout(name="scenes", size=SCENES_WIDTH), Layout(name="calls"))
        layout["scenes"].update(Panel(self._programme(), title="scenes", border_style="dim"))
        calls = list(self._calls.values())
        each = max(3, (height - 1) // max(1, len(calls)))
        panels = [
            Layout(self._call(call, each, options.max_width - SCENES_WIDTH), name=call.call.sid)
            for call in calls
        ]
        waiting = Layout(Panel(Text("the next caller is about to ring", style="dim")), name="waiting")
        layout["calls"].split_column(*(panels or [waiting]))
        yield layout

    def _programme(self) -> Table:
        table = Table.grid(padding=(0, 1))
        for scene in self._scenes:
            verdict = self._verdicts.get(scene.id)
            if verdict is not None:
                gap = verdict.measures.gap_p50_ms
                mark = Text("✓", style="bold green") if verdict.passed else Text("✗", style="bold red")
                table.add_row(mark, Text(scene.title), Text(f"{gap} ms" if gap else "", style="dim"))
            elif scene.id in self._playing:
                table.add_row(Text("▶", style="bold cyan"), Text(scene.title, style="bold"), "")
            else:
                table.add_row(Text("·", style="dim"), Text(scene.title, style="dim"), "")
        return table

    def _call(self, call: WatchedCall, height: int, width: int) -> Panel:
        lines = latest(self._lines[call.call.sid], rows=height - FRAME - 2, width=width - FRAME)
        shows = next(scene.shows for scene in self._scenes if scene.id == self._scene_of[call.call.sid])
        now = Text.assemble(_meter("caller", call, CALLER), "    ", _meter("agent", call, AGENT))
        return Panel(
            Group(now, *lines, *_of_the_moment(call)),
            title=f"{call.title} · {call.call.from_} · {call.call.status}",
            subtitle=Text(shows, style="dim"),
            border_style="cyan",
        )


def latest(lines: Sequence[Text], *, rows: int, width: int) -> list[Text]:
    """The newest lines that fit, long ones wrapped."""
    fitting: list[Text] = []
    for line in reversed(lines):
        rows -= math.ceil(line.cell_len / max(1, width))
        if rows < 0:
            break
        fitting.insert(0, line)
    return fitting


def _of_the_moment(call: WatchedCall) -> list[Text]:
    """Words that are being said and not yet written down."""
    if call.partial:
        return [Text(f" caller  {call.partial} …", style="cyan italic")]
    if call.agent_says:
        return [Text(f"  agent  {call.agent_says} …", style="green italic")]
    return []


def _meter(who: str, call: WatchedCall, style: str) -> Text:
    telephone = call.telephone
    level = HUSH_DBFS
    if isinstance(telephone, CallersTelephone):
        level = telephone.caller_dbfs if who == "caller" else telephone.agent_dbfs
    share = (level - HUSH_DBFS) / (LOUDEST_DBFS - HUSH_DBFS)
    lit = round(METER * min(1.0, max(0.0, share)))
    return Text.assemble(
        (f"{who} ", style if lit else "dim"), ("█" * lit, style), ("░" * (METER - lit), "dim")
    )
