"""The state machine of a call: chosen stories, and what holds for every sequence of events."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.call import (
    ActionRequested,
    Bounds,
    Call,
    CallEvent,
    CarrierSaysGone,
    Command,
    DeadlinePassed,
    EndConversation,
    EvictStream,
    FallbackAsked,
    FallbackFinished,
    HangUp,
    HangUpAsked,
    RedirectToFallback,
    RefuseStream,
    Reply,
    State,
    StatusReceived,
    StreamAlive,
    StreamEnded,
    StreamStarted,
    VoiceWebhookReceived,
    WriteCallEnded,
)
from domain.call_rules import decide
from domain.ports.media import Ending

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
BOUNDS = Bounds()
RINGING = Call(
    id="0" * 32,
    direction="inbound",
    company="sample",
    line="main",
    caller="+14155550101",
    called="+14155550100",
    carrier_call_id="CA" + "1" * 32,
    created_at=NOW,
    deadline=NOW + timedelta(seconds=15),
)


class Story:
    """A call that things happen to, one after another."""

    def __init__(self, call: Call = RINGING) -> None:
        self.call = call
        self.now = NOW
        self.written: list[WriteCallEnded] = []

    def then(self, event: CallEvent, *, after_s: float = 1.0) -> tuple[Command, ...]:
        self.now += timedelta(seconds=after_s)
        self.call, commands = decide(self.call, event, self.now)
        self.written += [command for command in commands if isinstance(command, WriteCallEnded)]
        return commands

    def deadline(self) -> tuple[Command, ...]:
        self.now = max(self.now, self.call.deadline)
        return self.then(DeadlinePassed(), after_s=0)

    @property
    def state(self) -> State:
        return self.call.state


def live() -> Story:
    story = Story()
    story.then(VoiceWebhookReceived(ticket="t1"))
    assert story.then(StreamStarted(stream_sid="MZ1", ticket="t1")) == ()
    assert story.state is State.LIVE
    return story


def lost(ending: Ending = Ending.STREAM_LOST, stream_sid: str = "MZ1") -> StreamEnded:
    return StreamEnded(stream_sid=stream_sid, ending=ending)


def action(number: int, ticket: str = "t2") -> ActionRequested:
    return ActionRequested(stream_number=number, ticket=ticket)


def test_a_planned_end_hangs_up_through_the_action_and_counts_the_duration() -> None:
    story = live()
    assert story.then(lost(Ending.AGENT_HUNG_UP), after_s=60) == ()
    assert story.state is State.ENDING
    assert story.then(action(1)) == (Reply.HANG_UP,)
    ended = WriteCallEnded(outcome=State.COMPLETED, reason="goodbye", duration_ms=62_000)
    assert story.then(StatusReceived(status="completed")) == (EndConversation(), ended)


def test_the_caller_hangs_up_whichever_report_comes_first() -> None:
    stop_first, status_first = live(), live()
    stop_first.then(lost(Ending.CALLER_LEFT))
    for story in (stop_first, status_first):
        story.then(StatusReceived(status="completed"))
        story.then(lost(Ending.CALLER_LEFT))
        assert story.state is State.CALLER_HUNG_UP
        assert len(story.written) == 1


def test_a_stop_without_a_status_ends_the_call_without_hanging_up() -> None:
    story = live()
    story.then(lost(Ending.CALLER_LEFT))
    assert HangUp() not in story.deadline()
    assert story.state is State.CALLER_HUNG_UP


def test_a_caller_who_is_still_there_after_a_stop_gets_the_fallback() -> None:
    story = live()
    story.then(lost(Ending.CALLER_LEFT))
    assert story.then(action(1)) == (Reply.FALLBACK,)


def test_a_dead_socket_is_replaced_once_and_the_second_time_the_fallback_takes_over() -> None:
    story = live()
    assert story.then(lost()) == ()
    assert story.then(action(1)) == (Reply.STREAM,)
    assert story.then(StreamStarted(stream_sid="MZ2", ticket="t2")) == (EvictStream(stream_sid="MZ1"),)
    assert story.state is State.LIVE
    assert story.then(lost(stream_sid="MZ2")) == (EndConversation(),)
    assert story.then(action(2)) == (Reply.FALLBACK,)
    assert story.then(FallbackFinished()) == (Reply.HANG_UP,)
    story.then(StatusReceived(status="completed"))
    assert story.written == [WriteCallEnded(outcome=State.FAILED, reason="stream_lost", duration_ms=7_000)]


def test_the_action_may_come_before_we_notice_the_dead_socket() -> None:
    story = live()
    assert story.then(action(1)) == (Reply.STREAM,)
    assert story.then(lost()) == ()
    assert story.state is State.RECONNECTING
    assert story.then(StreamStarted(stream_sid="MZ2", ticket="t2"))[0] == EvictStream(stream_sid="MZ1")
    assert story.then(lost()) == (), "the old socket speaks for nobody"
    assert story.call.stream_sid == "MZ2"


def test_a_repeated_action_gets_a_fresh_ticket_but_never_disturbs_the_new_stream() -> None:
    story = live()
    story.then(action(1, "t2"))
    assert story.then(action(1, "t3")) == (Reply.STREAM,)
    assert story.then(StreamStarted(stream_sid="MZ2", ticket="t2")) == (RefuseStream(reason="wrong_ticket"),)
    story.then(StreamStarted(stream_sid="MZ2", ticket="t3"))
    assert story.then(action(1, "t4")) == (Reply.ASK_AGAIN,)
    assert story.call.stream_sid == "MZ2"
    assert story.state is State.LIVE


def test_a_replayed_ticket_is_refused() -> None:
    story = live()
    again = StreamStarted(stream_sid="MZ9", ticket="t1")
    assert story.then(again) == (RefuseStream(reason="spent_ticket"),)
    story.then(StatusReceived(status="completed"))
    assert story.then(again) == (RefuseStream(reason="call_over"),)


def test_a_repeated_webhook_is_answered_again_and_an_old_one_leaves_a_live_call_alone() -> None:
    story = Story()
    story.then(VoiceWebhookReceived(ticket="t0"))
    assert story.then(VoiceWebhookReceived(ticket="t1")) == (Reply.STREAM,)
    assert story.call.stream_number == 1
    story.then(StreamStarted(stream_sid="MZ1", ticket="t1"))
    before = story.call
    assert story.then(VoiceWebhookReceived(ticket="t2")) == (Reply.ASK_AGAIN,)
    assert story.call == before


@pytest.mark.parametrize("refusal", ["capacity", "draining"])
def test_a_refused_call_ends_at_once(refusal: str) -> None:
    story = Story()
    commands = story.then(VoiceWebhookReceived(ticket="t", refusal=refusal))  # type: ignore[arg-type] # parametrised
    assert commands[0] is Reply.REFUSE
    assert story.written == [WriteCallEnded(outcome=State.REFUSED, reason=refusal, duration_ms=0)]


def test_a_stream_that_never_comes_is_redirected_and_written_off_when_nobody_confirms() -> None:
    story = Story()
    story.then(VoiceWebhookReceived(ticket="t1"))
    asked = [RedirectToFallback() in story.deadline() for _ in range(4)]
    assert asked == [True, True, True, False]
    assert story.state is State.CALLER_HUNG_UP
    assert story.call.reason == "stream_never_came_unconfirmed"


def test_a_lost_terminal_callback_is_found_out_by_asking_the_carrier() -> None:
    story = live()
    assert story.deadline() == (EndConversation(), RedirectToFallback())
    story.then(CarrierSaysGone())
    assert story.state is State.CALLER_HUNG_UP


def test_a_renewed_lease_keeps_a_call_alive_up_to_the_longest_call() -> None:
    story = live()
    story.then(StreamAlive(stream_sid="MZ1"), after_s=89)
    assert story.then(DeadlinePassed(), after_s=2) == ()
    story.then(StreamAlive(stream_sid="MZ1"), after_s=BOUNDS.longest_call_s)
    assert story.state is State.FALLBACK


def test_an_unconfirmed_hang_up_is_repeated_three_times() -> None:
    story = live()
    assert story.then(HangUpAsked(reason="operator")) == (EndConversation(), HangUp())
    assert [HangUp() in story.deadline() for _ in range(3)] == [True, True, False]
    assert story.state is State.COMPLETED


def test_a_failed_conversation_gets_the_fallback_and_keeps_its_reason() -> None:
    story = live()
    story.then(lost(Ending.FALLBACK))
    assert story.then(action(1)) == (Reply.FALLBACK,)
    story.then(StatusReceived(status="completed"))
    assert (story.state, story.call.reason) == (State.FAILED, "conversation_failed")


statuses = st.sampled_from(
    ["queued", "initiated", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled"]
)
tickets = st.sampled_from(["t1", "t2", "t3"])
streams = st.sampled_from(["MZ1", "MZ2", "MZ3"])
events: st.SearchStrategy[CallEvent] = st.one_of(
    st.builds(VoiceWebhookReceived, ticket=tickets, refusal=st.sampled_from([None, None, None, "capacity"])),
    st.builds(StreamStarted, stream_sid=streams, ticket=tickets),
    st.builds(StreamAlive, stream_sid=streams),
    st.builds(StreamEnded, stream_sid=streams, ending=st.sampled_from(Ending)),
    st.builds(StatusReceived, status=statuses),
    st.builds(ActionRequested, stream_number=st.integers(0, 4), ticket=tickets, status=statuses),
    st.builds(FallbackAsked),
    st.builds(FallbackFinished),
    st.builds(HangUpAsked, reason=st.just("operator")),
    st.builds(CarrierSaysGone),
    st.builds(DeadlinePassed),
)
histories = st.lists(st.tuples(events, st.floats(0, 400)), max_size=30)
ENDED_BY_US = {State.COMPLETED, State.FAILED, State.REFUSED}


@given(histories)
def test_every_history_ends_at_most_once_and_never_cuts_a_caller_off(
    history: list[tuple[CallEvent, float]],
) -> None:
    story = Story()
    for event, after_s in history:
        before = story.call
        commands = story.then(event, after_s=after_s)
        assert story.call.version == before.version + (story.call != before)
        if before.is_over:
            assert story.call == before
            assert not {type(command) for command in commands} & {WriteCallEnded, HangUp, RedirectToFallback}
        if HangUp() in commands:
            assert story.state is State.ENDING
        over = isinstance(event, ActionRequested) and event.status in {
            "completed",
            "busy",
            "failed",
            "no-answer",
            "canceled",
        }
        if Reply.HANG_UP in commands and not over and not isinstance(event, FallbackFinished):
            assert story.state is State.ENDING or story.state in ENDED_BY_US
            assert story.state is not State.ENDING or story.call.expected is not State.CALLER_HUNG_UP
    assert len(story.written) == story.call.is_over


@given(histories)
def test_every_question_of_the_carrier_is_answered_exactly_once(
    history: list[tuple[CallEvent, float]],
) -> None:
    story = Story()
    for event, after_s in history:
        commands = story.then(event, after_s=after_s)
        asks = isinstance(event, VoiceWebhookReceived | ActionRequested | FallbackAsked | FallbackFinished)
        assert sum(isinstance(command, Reply) for command in commands) == asks


@given(histories)
def test_a_ticket_opens_one_stream(history: list[tuple[CallEvent, float]]) -> None:
    story = Story()
    for event, after_s in history:
        commands = story.then(event, after_s=after_s)
        if isinstance(event, StreamStarted) and not any(isinstance(c, RefuseStream) for c in commands):
            assert story.state is State.LIVE
            assert story.call.ticket is None
            assert isinstance(story.then(replace(event, stream_sid="MZ8"), after_s=0)[0], RefuseStream)


@given(histories)
def test_a_call_that_nobody_reports_on_any_more_is_over_after_few_deadlines(
    history: list[tuple[CallEvent, float]],
) -> None:
    story = Story()
    for event, after_s in history:
        story.then(event, after_s=after_s)
    for _ in range(2 * BOUNDS.attempts + 2):
        if not story.call.is_over:
            story.deadline()
    assert story.call.is_over
    assert len(story.written) == 1
