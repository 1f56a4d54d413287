"""The projection: what was heard, what was cut, where the waits went, in the order of the call."""

from datetime import timedelta

from adapters.storage.views import Erased, Recorded
from app.api.deeds import Deed
from app.api.pages.bars import segments
from app.api.story import Latency, Speech, Story, latency, tell, unheard
from domain.events import (
    AgentSpoke,
    CallerSaid,
    RecordingPaused,
    RecordingResumed,
    SensitiveMode,
    StreamResumed,
    TurnTimed,
)
from domain.journal import UnknownEvent
from tests.app.api.sample_calls import ANSWERED, STORY, At, started


def _told(*story: At) -> Story:
    return tell(
        [
            Recorded(seq=seq, at=ANSWERED + timedelta(seconds=at.second), event=at.event)
            for seq, at in enumerate(story, 1)
        ]
    )


def _spoke(text: str, heard: str) -> AgentSpoke:
    return AgentSpoke(
        turn=1, text=text, heard=heard, started_ms=0, ended_ms=1, interrupted=True, origin="model"
    )


def _lines(story: Story) -> list[str]:
    words: list[str] = []
    for entry in story.entries:
        match entry:
            case Speech(who=who):
                words.append(who)
            case Deed(label=label):
                words.append(label)
            case Latency(gap_ms=gap_ms):
                words.append(f"{gap_ms}")
    return words


def test_the_sample_call_in_its_order() -> None:
    story = _told(*STORY)
    assert _lines(story) == [
        *("ai", "notice", "ai", "notice", "recording", "ai"),
        *("caller", "goal", "702", "ai", "keypad", "found", "wait filled", "ai", "3890", "ai"),
        *("caller", "interrupted", "resolved", "goal", "found", "source", "model failed", "1340", "ai"),
        *("backchannel", "caller", "655", "ai", "denied", "completed"),
    ]


def test_the_sums_of_the_sample_call() -> None:
    story = _told(*STORY)
    assert (story.turns, story.median_gap_ms, story.recording_from_ms) == (3, 1021, 6900)
    assert [(goal.goal, goal.proof) for goal in story.goals] == [
        ("order_status", "action order_status: found"),
        ("policy_question", None),
    ]
    assert story.counts == {"interruption": 1, "backchannel": 1, "fillers": 1, "failures": 1}
    assert story.last_seq == story.events == len(STORY)


def test_what_was_cut_is_the_text_without_what_was_heard() -> None:
    assert unheard(_spoke("one two three", "one two")) == "three"
    assert unheard(_spoke("one two three", "")) == "one two three"
    assert unheard(_spoke("one two three", "one two three")) == ""
    assert unheard(_spoke("One,  two three", "One, two")) == "three"


def test_our_share_is_turn_taking_and_what_nobody_accounts_for() -> None:
    turn = TurnTimed(turn=1, gap_ms=100, stations_ms={"end_of_turn": 50.0, "turn_taking": 5.0, "model": 30.0})
    shown = latency(turn, 0)
    assert shown.us_ms == 20.0
    assert [(part.label, part.ms) for part in shown.parts] == [
        ("end of turn", 50.0),
        ("us", 20.0),
        ("model", 30.0),
    ]


def test_our_share_is_shown_even_where_it_is_nothing() -> None:
    shown = latency(TurnTimed(turn=1, gap_ms=10, stations_ms={"line": 10.0}), 0)
    assert [part.label for part in shown.parts] == ["us", "line"]


def test_a_bar_is_whole_and_a_name_stands_only_where_it_fits() -> None:
    turn = TurnTimed(turn=1, gap_ms=700, stations_ms={"end_of_turn": 300.0, "model": 390.0, "line": 10.0})
    parts = segments(latency(turn, 0))
    assert [(part.station, part.fits) for part in parts] == [
        ("end_of_turn", "everywhere"),
        ("turn_taking", "nowhere"),
        ("model", "everywhere"),
        ("line", "nowhere"),
    ]
    assert parts[-1].begin + parts[-1].width == 100.0


def test_a_call_that_another_process_took_over_counts_on() -> None:
    said = CallerSaid(turn=1, text="Are you there?", started_ms=41_500, ended_ms=42_500)
    story = _told(At(0, started()), At(40, StreamResumed(at_ms=40_000)), At(42.5, said))
    assert [entry.at_ms for entry in story.entries] == [40_000, 41_500]


def test_a_recording_that_stood_still_is_told_with_its_times() -> None:
    card, again = RecordingPaused(at_ms=2000, reason="card"), RecordingPaused(at_ms=2500, reason="again")
    last = RecordingPaused(at_ms=9000, reason="card")
    resumed = RecordingResumed(at_ms=7000)
    story = _told(At(2, card), At(2.5, again), At(7, resumed), At(8, resumed), At(9, last))
    assert story.pauses_ms == [(2000, 7000), (9000, None)]
    assert _lines(story)[:3] == ["recording paused", "recording paused", "recording"]


def test_a_number_that_is_typed_unheard_pauses_for_itself_and_not_for_the_desk() -> None:
    on = SensitiveMode(on=True, reason="payment", at_ms=3000)
    off = SensitiveMode(on=False, reason="payment", at_ms=5000)
    alone = _told(At(3, on))
    assert (alone.pauses_ms, alone.paused_by_desk) == ([(3000, None)], False)
    over = _told(At(3, on), At(5, off))
    assert (over.pauses_ms, over.paused_by_desk) == ([(3000, 5000)], False)
    died = _told(At(3, on), At(40, StreamResumed(at_ms=40_000)))
    assert died.pauses_ms == [(3000, 40_000)]


def test_the_desks_pause_outlasts_a_number_that_is_typed_in_it() -> None:
    on = SensitiveMode(on=True, reason="payment", at_ms=3000)
    off = SensitiveMode(on=False, reason="payment", at_ms=5000)
    paused, resumed = RecordingPaused(at_ms=2000, reason="desk"), RecordingResumed(at_ms=4000)
    within = _told(At(2, paused), At(3, on), At(5, off))
    assert (within.pauses_ms, within.paused_by_desk) == ([(2000, None)], True)
    across = _told(At(2, paused), At(3, on), At(4, resumed), At(5, off))
    assert (across.pauses_ms, across.paused_by_desk) == ([(2000, 5000)], False)


def test_what_was_erased_is_counted_and_what_is_unknown_is_named() -> None:
    unknown = UnknownEvent(kind="mood_read", fields={"mood": -0.5})
    story = tell(
        [
            Recorded(seq=1, at=ANSWERED, event=Erased(kind="call_started")),
            Recorded(seq=2, at=ANSWERED, event=unknown),
        ]
    )
    assert (story.erased, _lines(story)) == (1, ["mood read"])


def test_no_events_are_no_story() -> None:
    story = tell([])
    assert (story.entries, story.last_seq, story.median_gap_ms) == ([], 0, None)
