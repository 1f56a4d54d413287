"""What people see of a rehearsal: the product's own events as lines, screens, verdicts, a report."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from rich.console import Console
from rich.text import Text

from domain.events import Event as JournalEvent
from domain.journal import kind_of
from simulator.rehearsal import report
from simulator.rehearsal.measures import Measures
from simulator.rehearsal.scene import Check, Scene
from simulator.rehearsal.scenes import SCENES, chosen
from simulator.rehearsal.stage import Verdict
from simulator.rehearsal.view import summary
from simulator.rehearsal.view.plain import PlainAudience
from simulator.rehearsal.view.screen import ScreenAudience, latest
from simulator.rehearsal.view.transcript import NOTICE, line_of

UNSEEN = {
    "call_started",
    "action_decided",
    "notice_played",
    "caller_interrupted",
    "context_shortened",
}
"""Seen by other lines, or of no interest while a call runs."""


def example(kind: type[JournalEvent]) -> dict[str, Any]:
    """An event of this kind, as the product's HTTP API would tell it."""
    values = {name: _value(hint) for name, hint in get_type_hints(kind).items()}
    event = {
        name: value for name, value in values.items() if name in {f.name for f in dataclasses.fields(kind)}
    }
    return {
        "seq": 1,
        "kind": kind_of(kind),
        **{name: value for name, value in event.items() if name != "kind"},
    }


def _value(hint: Any) -> Any:
    if hint in (int, float):
        return 7
    if hint is bool:
        return False
    if hint is str:
        return "words"
    if "dict" in str(hint):
        return {"model": 5.0}
    if "tuple" in str(hint):
        return ["rule"]
    return get_args(hint)[0] if get_args(hint) and isinstance(get_args(hint)[0], str) else None


@pytest.mark.parametrize("kind", get_args(JournalEvent), ids=kind_of)
def test_every_kind_of_the_journal_has_a_line_or_is_left_out_on_purpose(kind: type[JournalEvent]) -> None:
    line = line_of(example(kind))
    assert (line is None) == (kind_of(kind) in UNSEEN)


def test_what_the_caller_cut_off_stands_behind_the_scissors() -> None:
    event = {"kind": "agent_spoke", "text": "It left our warehouse.", "heard": "It left", "interrupted": True}
    line = line_of(event)
    assert line is not None
    assert line.plain == "  agent  It left ✂ our warehouse."
    assert any("strike" in str(span.style) for span in line.spans)


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (
            {"kind": "action_decided", "outcome": "approve", "rules": ["authority.agent"]},
            "   gate  a supervisor must agree: authority.agent",
        ),
        (
            {"kind": "action_decided", "outcome": "deny", "rules": ["too_late", "limit"]},
            "   gate  refused: too_late, limit",
        ),
        (
            {"kind": "approval_decided", "decision": "approved", "by": "Rita", "amount_minor": 5000},
            "   gate  approved of 50.00 by Rita",
        ),
        (
            {"kind": "confirmation_heard", "answer": "too_early", "by": "voice"},
            "   gate  the caller's answer, by voice: too early",
        ),
        (
            {"kind": "sentence_held_back", "kinds": ["amount", "day"], "instead": "asked_again"},
            "         a sentence was held back (amount, day): asked again",
        ),
        (
            {"kind": "identity_checked", "method": "facts", "passed": True, "level": 2},
            "   gate  identity by facts: passed; the caller is verified",
        ),
    ],
)
def test_the_gate_is_seen_at_work(event: dict[str, Any], line: str) -> None:
    shown = line_of(event)
    assert shown is not None
    assert shown.plain == line


def test_latency_is_split_by_station() -> None:
    line = line_of(
        {"kind": "turn_timed", "gap_ms": 310, "stations_ms": {"end_of_turn": 200, "model": 110, "line": 0}}
    )
    assert line is not None
    assert line.plain.strip() == "310 ms to the first sound = end of turn 200 + model 110"


def verdict(scene: Scene, *, holds: bool = True) -> Verdict:
    return Verdict(
        scene=scene,
        checks=[Check(what="the answer came", holds=holds, seen="it did not")],
        measures=Measures(gaps_s=(0.5, 0.9), longest_silence_s=1.1),
        seconds=20.0,
    )


@pytest.fixture
def paper() -> Iterator[Console]:
    with Path("/dev/null").open("w") as nowhere:
        yield Console(record=True, width=140, height=40, file=nowhere)


def test_the_screen_says_what_is_simulated_and_how_scenes_went(paper: Console) -> None:
    screen = ScreenAudience(paper, SCENES)
    screen.scene_began(SCENES[0])
    screen.scene_ended(verdict(SCENES[1]))
    screen.scene_ended(verdict(SCENES[2], holds=False))
    paper.print(screen)
    shown = paper.export_text()
    assert NOTICE in shown
    assert f"▶ {SCENES[0].title}" in shown
    assert f"✓ {SCENES[1].title}" in shown
    assert f"✗ {SCENES[2].title}" in shown


def test_the_newest_lines_fit_the_panel_when_long_ones_are_wrapped() -> None:
    lines = [Text("first"), Text("x" * 25), Text("last")]
    assert [line.plain for line in latest(lines, rows=4, width=10)] == ["x" * 25, "last"]
    assert [line.plain for line in latest(lines, rows=3, width=10)] == ["last"]
    assert [line.plain for line in latest(lines, rows=9, width=10)] == [line.plain for line in lines]


def test_a_missed_end_state_is_told_with_what_was_seen(paper: Console) -> None:
    PlainAudience(paper, quiet=True).scene_ended(verdict(SCENES[0], holds=False))
    shown = paper.export_text(clear=False)
    assert "FAILED" in shown
    assert "not so: the answer came. it did not" in shown


def test_the_summary_counts_scenes_and_gaps(paper: Console) -> None:
    summary.show(paper, [verdict(SCENES[0]), verdict(SCENES[1], holds=False)])
    shown = paper.export_text()
    assert "1 of 2 scenes reached their end state" in shown
    assert "p50 700 ms, p95 900 ms over 4 answers" in shown
    assert "MISSED" in shown


def test_the_report_is_json_with_every_gap(tmp_path: Path) -> None:
    report.write(tmp_path / "build" / "rehearsal.json", [verdict(SCENES[0]), verdict(SCENES[1], holds=False)])
    told = json.loads((tmp_path / "build" / "rehearsal.json").read_text())
    assert told["passed"] is False
    assert (told["gap_p50_ms"], told["gap_p95_ms"], told["longest_silence_ms"]) == (700, 900, 1100)
    assert told["scenes"][0]["gaps_ms"] == [500, 900]
    assert told["scenes"][1]["failed_checks"] == [{"what": "the answer came", "seen": "it did not"}]


def test_scenes_are_chosen_by_name_by_tour_or_all() -> None:
    assert [scene.id for scene in chosen(every=False, only=("keypad",))] == ["keypad"]
    assert chosen(every=True) == SCENES
    assert all(scene.tour for scene in chosen(every=False))
    with pytest.raises(LookupError, match=r"no scene nonsense.*keypad"):
        chosen(every=False, only=("nonsense",))
