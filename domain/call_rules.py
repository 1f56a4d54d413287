"""How a call goes on: `decide(call, event, now)`, pure, for any event in any state.

Whatever the carrier reports, late, twice or out of order, a call ends in exactly one final state.
Nothing hangs up on a caller unless the call is `ENDING`, or is over and we were the ones to end it.
"""

import hmac
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import assert_never

from domain.call import (
    FINAL,
    OVER,
    ActionRequested,
    Bounds,
    Call,
    CallEvent,
    CarrierSaysGone,
    CarrierStatus,
    DeadlinePassed,
    Decision,
    EndConversation,
    EvictStream,
    FallbackAsked,
    FallbackFinished,
    HangUp,
    HangUpAsked,
    Outcome,
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
from domain.ports.media import Ending

DEFAULT_BOUNDS = Bounds()
OUTCOME_OF_STATUS: Mapping[CarrierStatus, Outcome] = MappingProxyType(
    {
        "completed": State.CALLER_HUNG_UP,
        "canceled": State.CALLER_HUNG_UP,
        "busy": State.FAILED,
        "failed": State.FAILED,
        "no-answer": State.FAILED,
    }
)


def decide(call: Call, event: CallEvent, now: datetime, bounds: Bounds = DEFAULT_BOUNDS) -> Decision:
    """The call after `event`, one version on if anything changed, and what is to be done."""
    after, commands = _Rules(call, now, bounds).on(event)
    if after != call:
        after = replace(after, version=call.version + 1)
    return after, commands


class _Rules:
    """The rules for one call at one moment."""

    def __init__(self, call: Call, now: datetime, bounds: Bounds) -> None:
        self.call = call
        self.now = now
        self.bounds = bounds

    def on(self, event: CallEvent) -> Decision:
        match event:
            case VoiceWebhookReceived():
                return self._voice_webhook(event)
            case StreamStarted():
                return self._stream_started(event)
            case StreamAlive():
                return self._stream_alive(event)
            case StreamEnded():
                return self._stream_ended(event)
            case ActionRequested():
                return self._action_requested(event)
            case FallbackAsked():
                return self._reply_to_lost() if self._has_decided else self._give_fallback("carrier_error")
            case FallbackFinished():
                return self._fallback_finished()
            case HangUpAsked():
                return self._hang_up_asked(event)
            case StatusReceived():
                return self._carrier_status(event.status)
            case CarrierSaysGone():
                return self._carrier_status("completed")
            case DeadlinePassed():
                return self._deadline_passed()
            case _:
                assert_never(event)

    # --- the carrier asks for instructions ---

    def _voice_webhook(self, event: VoiceWebhookReceived) -> Decision:
        match self.call.state:
            case State.RINGING if event.refusal is not None:
                refused, commands = self._over(State.REFUSED, event.refusal)
                return refused, (Reply.REFUSE, *commands)
            case State.RINGING:
                return self._offer_stream(State.CONNECTING, self.bounds.connect_s, event.ticket)
            case State.CONNECTING:  # our first answer was lost on its way
                return replace(self.call, ticket=event.ticket), (Reply.STREAM,)
            case State.REFUSED:
                return self.call, (Reply.REFUSE,)
            case _:
                return self._reply_to_lost()

    def _action_requested(self, event: ActionRequested) -> Decision:
        call = self.call
        if event.status in OVER:
            after, commands = self._carrier_status(event.status)
            return after, (*commands, Reply.HANG_UP)
        if self._has_decided or call.state is State.RINGING:
            return self._reply_to_lost()
        if event.stream_number == call.stream_number - 1 and call.state is State.RECONNECTING:
            return replace(call, ticket=event.ticket), (Reply.STREAM,)
        if event.stream_number != call.stream_number:
            return call, (Reply.ASK_AGAIN,)
        if call.reconnects >= self.bounds.reconnects:
            return self._give_fallback("stream_lost")
        self.call = replace(call, reconnects=call.reconnects + 1)
        return self._offer_stream(State.RECONNECTING, self.bounds.reconnect_s, event.ticket)

    def _reply_to_lost(self) -> Decision:
        """Instructions for a request that does not move the call on: a repetition, or one too late."""
        call = self.call
        match call.state:
            case State.FALLBACK:
                return self._give_fallback(call.reason)
            case State.CALLER_HUNG_UP:  # believed gone; whoever asks may still be there
                return call, (Reply.FALLBACK,)
            case State.ENDING if call.expected is State.CALLER_HUNG_UP:
                return self._give_fallback("stopped_without_hang_up")
            case State.ENDING | State.COMPLETED | State.FAILED | State.REFUSED:
                return call, (Reply.HANG_UP,)
            case State.RINGING:
                return self._give_fallback("no_answer_given")
            case State.CONNECTING | State.LIVE | State.RECONNECTING:
                return call, (Reply.ASK_AGAIN,)
            case _:
                assert_never(call.state)

    def _give_fallback(self, reason: str) -> Decision:
        """The fallback's instructions go out in reply; from here on the agent has failed this caller."""
        leaving = self.call.state in {State.LIVE, State.RECONNECTING, State.CONNECTING}
        after = self._enter(
            State.FALLBACK, self.bounds.fallback_s, expected=State.FAILED, reason=reason, ticket=None
        )
        return after, ((EndConversation(),) if leaving else ()) + (Reply.FALLBACK,)

    def _fallback_finished(self) -> Decision:
        if self.call.state is State.FALLBACK:
            return self._enter(State.ENDING, self.bounds.confirm_s, expected=State.FAILED), (Reply.HANG_UP,)
        if self.call.is_over:  # the goodbye has been said
            return self.call, (Reply.HANG_UP,)
        return self._reply_to_lost()

    # --- the media stream ---

    def _offer_stream(self, state: State, wait_s: float, ticket: str) -> Decision:
        number = self.call.stream_number + 1
        return self._enter(state, wait_s, stream_number=number, ticket=ticket), (Reply.STREAM,)

    def _stream_started(self, event: StreamStarted) -> Decision:
        call = self.call
        if call.state not in {State.CONNECTING, State.RECONNECTING}:
            gone = call.is_over or call.state in {State.ENDING, State.FALLBACK}
            return call, (RefuseStream(reason="call_over" if gone else "spent_ticket"),)
        if call.ticket is None:
            return call, (RefuseStream(reason="spent_ticket"),)
        if not hmac.compare_digest(call.ticket, event.ticket):
            return call, (RefuseStream(reason="wrong_ticket"),)
        live = self._enter(
            State.LIVE,
            self.bounds.lease_s,
            ticket=None,
            stream_sid=event.stream_sid,
            answered_at=call.answered_at or self.now,
        )
        return live, (EvictStream(stream_sid=call.stream_sid),) if call.stream_sid else ()

    def _stream_alive(self, event: StreamAlive) -> Decision:
        call = self.call
        if call.state is not State.LIVE or call.stream_sid != event.stream_sid:
            return call, ()
        if call.answered_at and (self.now - call.answered_at).total_seconds() >= self.bounds.longest_call_s:
            return self._ask_for_fallback("time_limit", State.FAILED)
        return replace(call, deadline=self._in(self.bounds.lease_s)), ()

    def _stream_ended(self, event: StreamEnded) -> Decision:
        call = self.call
        if call.state not in {State.LIVE, State.RECONNECTING} or call.stream_sid != event.stream_sid:
            return call, ()
        match event.ending:
            case Ending.AGENT_HUNG_UP:  # the closed socket makes the carrier ask, and the reply hangs up
                return self._expect(State.ENDING, State.COMPLETED, "goodbye"), ()
            case Ending.FALLBACK:
                return self._expect(State.FALLBACK, State.FAILED, "conversation_failed"), ()
            case _ if call.state is State.RECONNECTING:  # the carrier asked before we noticed
                return call, ()
            case Ending.CALLER_LEFT:
                return self._expect(State.ENDING, State.CALLER_HUNG_UP, "stop"), ()
            case Ending.STREAM_LOST if call.reconnects < self.bounds.reconnects:
                return self._enter(State.RECONNECTING, self.bounds.reconnect_s), ()
            case Ending.STREAM_LOST:  # whoever is gone by now was not failed by the fallback
                after = self._expect(State.FALLBACK, State.CALLER_HUNG_UP, "stream_lost")
                return after, (EndConversation(),)
            case _:
                assert_never(event.ending)

    # --- the end ---

    def _hang_up_asked(self, event: HangUpAsked) -> Decision:
        if self._has_decided and self.call.state is not State.FALLBACK:
            return self.call, ()
        expected = self.call.expected or State.COMPLETED
        after = replace(self._expect(State.ENDING, expected, event.reason), attempts=1)
        return after, (EndConversation(), HangUp())

    def _carrier_status(self, status: CarrierStatus) -> Decision:
        if status not in OVER or self.call.is_over:
            return self.call, ()
        outcome = self.call.expected or OUTCOME_OF_STATUS[status]
        return self._over(outcome, self.call.reason or f"carrier_{status}")

    def _deadline_passed(self) -> Decision:
        call = self.call
        if call.is_over or self.now < call.deadline:
            return call, ()
        match call.state:
            case State.RINGING:
                return self._over(State.FAILED, "no_answer_given")
            case State.CONNECTING:
                return self._ask_for_fallback("stream_never_came", State.CALLER_HUNG_UP)
            case State.LIVE:
                return self._ask_for_fallback("lease_expired", State.CALLER_HUNG_UP)
            case State.RECONNECTING:
                return self._ask_for_fallback("stream_lost", State.CALLER_HUNG_UP)
            case State.ENDING if call.expected is State.CALLER_HUNG_UP:
                return self._over(State.CALLER_HUNG_UP, call.reason)
            case State.ENDING | State.FALLBACK if call.attempts >= self.bounds.attempts:
                return self._over(call.expected or State.FAILED, f"{call.reason}_unconfirmed")
            case State.ENDING:
                return self._once_more(), (HangUp(),)
            case State.FALLBACK:
                return self._once_more(), (RedirectToFallback(),)
            case _:
                raise AssertionError(call.state)

    def _ask_for_fallback(self, reason: str, expected: Outcome) -> Decision:
        """Redirect a call whose instructions nobody asks for; the carrier may say that it is gone."""
        after = replace(self._expect(State.FALLBACK, expected, reason), attempts=1)
        return after, (EndConversation(), RedirectToFallback())

    def _over(self, outcome: Outcome, reason: str) -> Decision:
        after = self._enter(outcome, 0.0, expected=outcome, reason=reason, ticket=None, ended_at=self.now)
        ended = WriteCallEnded(outcome=outcome, reason=reason, duration_ms=after.duration_ms)
        return after, (EndConversation(), ended)

    # --- small words ---

    @property
    def _has_decided(self) -> bool:
        """How the call ends needs no further decision."""
        return self.call.state in FINAL or self.call.state in {State.ENDING, State.FALLBACK}

    def _enter(self, state: State, wait_s: float, **changes: object) -> Call:
        base = {"attempts": 0, "deadline": self._in(wait_s)}
        return replace(self.call, state=state, **(base | changes))  # type: ignore[arg-type]  # fields of Call

    def _expect(self, state: State, expected: Outcome, reason: str) -> Call:
        """It is decided how the call ends, as soon as the carrier takes it there."""
        return self._enter(state, self.bounds.confirm_s, expected=expected, reason=reason, ticket=None)

    def _once_more(self) -> Call:
        return replace(self.call, attempts=self.call.attempts + 1, deadline=self._in(self.bounds.confirm_s))

    def _in(self, seconds: float) -> datetime:
        return self.now + timedelta(seconds=seconds)
