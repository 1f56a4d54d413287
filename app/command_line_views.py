"""What the commands print: a table of calls, one call's story, verdicts, problems of a folder."""

from collections.abc import Sequence
from pathlib import Path
from typing import assert_never

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from adapters.company_folder import Problem
from adapters.storage.views import OpenMessage
from app.api.deeds import Deed
from app.api.reading import Dossier, ShownCall
from app.api.story import Entry, Latency, Speech
from app.api.wording import Tone, masked, minutes, outcome_of, spoken_name, state_of, wait
from domain.journal import Verdict

STYLES: dict[Tone, str] = {
    "good": "green",
    "warn": "yellow",
    "bad": "red",
    "ai": "magenta",
    "acc": "blue",
    "plain": "dim",
}


def messages_table(messages: Sequence[OpenMessage]) -> Table:
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
    for name in ("Left", "Call", "Number", "Name", "About"):
        table.add_column(name, overflow="fold", no_wrap=name != "About")
    for message in messages:
        left = f"{message.taken_at.astimezone():%d %b %H:%M}"
        said = (message.number or "hidden", message.name or "-", message.about or "-")
        table.add_row(left, message.call_id[:8], *map(Text, said))
    return table


def calls_table(calls: Sequence[ShownCall]) -> Table:
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
    for name in ("Call", "State", "Line", "Caller", "Goal", "Began"):
        table.add_column(name, overflow="fold", no_wrap=name != "Goal")
    for name in ("Time", "Turns", "Gap"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("Outcome", overflow="fold")
    for it in calls:
        word, tone = state_of(it.call.state)
        gap = it.figures.median_gap_ms
        table.add_row(
            it.call.id[:8],
            Text(word, STYLES[tone]),
            Text(spoken_name(it.call.line)),
            Text(masked(it.call.caller)),
            Text(
                ", ".join(
                    spoken_name(goal.goal) + (" (resolved)" if goal.proof else "")
                    for goal in it.figures.goals
                )
            ),
            f"{it.call.created_at.astimezone():%d %b %H:%M:%S}",
            minutes(it.call.duration_ms) if it.call.is_over else "",
            str(it.figures.turns),
            "" if gap is None else wait(gap),
            Text(outcome_of(it.call)),
        )
    return table


def told_story(dossier: Dossier, verdict: Verdict) -> RenderableType:
    """The transcript with times; what was cut off is struck through."""
    call, story = dossier.call, dossier.story
    word, tone = state_of(call.state)
    title = Text.assemble(
        (f"Call {call.id}", "bold"),
        "  ",
        (word, STYLES[tone]),
        f"  {spoken_name(call.line)} · {call.caller or 'hidden number'} · {minutes(call.duration_ms)}",
        f" · {call.created_at.astimezone():%d %b %Y %H:%M:%S}",
    )
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right", style="dim", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for entry in story.entries:
        table.add_row(minutes(entry.at_ms), *_columns(entry))
    if story.erased:
        table.add_row("", "", Text(f"{story.erased} events were erased with the person", "dim"))
    if not story.entries:
        table.add_row("", "", Text("nothing was said", "dim"))
    ends: list[RenderableType] = [title, Padding(table, (1, 0)), _sums(dossier)]
    if call.is_over:
        ends.append(verdict_line(verdict))
    return Group(*ends)


def verdict_line(verdict: Verdict) -> Text:
    if not verdict.flaws:
        return Text(f"chain verified · {verdict.events} events", "green")
    return Text("\n".join(str(flaw) for flaw in verdict.flaws), "red")


def problems_text(folder: Path, problems: Sequence[Problem]) -> Text:
    """As an editor's `file:line` jump understands it."""
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    text = Text.assemble((f"{folder}: {count}", "red"))
    for problem in problems:
        place = f"{folder / problem.file}:{problem.line}"
        text.append(f"\n{place}: ", "bold").append(f"{problem.wrong}\n    write: {problem.write}")
    return text


def _columns(entry: Entry) -> tuple[RenderableType, RenderableType]:
    match entry:
        case Speech(who=who, heard=heard, cut=cut):
            said = Text(heard)
            if cut:
                said.append(" ").append(cut, "dim strike").append(" (cut off)", "dim")
            return Text("AI", "bold magenta") if who == "ai" else Text("Caller", "bold"), said
        case Deed(tone=tone, label=label, text=text, aside=aside):
            told = Text.assemble((label, STYLES[tone]), "  ", text)
            if aside:
                told.append(f"  {aside}", "dim")
            return "", told
        case Latency(gap_ms=gap_ms, us_ms=us_ms, parts=parts):
            shares = ", ".join(
                f"{part.label} {part.ms:.0f}" for part in parts if part.station != "turn_taking"
            )
            return "", Text.assemble(
                ("answered in ", "dim"), wait(gap_ms), (f" · us {us_ms:.0f}, {shares}", "dim")
            )
        case _:
            assert_never(entry)


def _sums(dossier: Dossier) -> Text:
    story = dossier.story
    parts = [f"{story.turns} turns"]
    if story.median_gap_ms is not None and story.median_own_ms is not None:
        parts.append(f"answered in {wait(story.median_gap_ms)} (median), us {story.median_own_ms:.0f} ms")
    if story.counts["interruption"]:
        parts.append(f"interrupted {story.counts['interruption']}")
    if story.counts["failures"]:
        parts.append(f"provider failures {story.counts['failures']}")
    return Text(" · ".join(parts))
