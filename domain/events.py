"""What can happen in a call: the typed, numbered facts that the journal keeps.

Desk, quality, memory, audit and the call pages are projections of these. A time that ends in
`_ms` counts milliseconds since the call was answered; a text is what a person said or heard.
"""

from dataclasses import dataclass, field
from typing import Literal

from domain.gate_events import (
    ActionDecided,
    ActionDone,
    ActionProposed,
    ActionUndone,
    ApprovalAsked,
    ApprovalDecided,
    ConfirmationHeard,
    IdentityChecked,
    MessageQueued,
    OutcomeReconciled,
    ReadBack,
)

Milliseconds = int


@dataclass(frozen=True, kw_only=True)
class CallStarted:
    """The line was answered and the media stream runs."""

    company: str
    line: str
    direction: Literal["inbound", "outbound"]
    carrier_call_id: str
    caller: str
    """E.164, or empty where the caller hides the number."""
    called: str
    language: str
    prompts_version: str
    speech_to_text: str
    text_to_speech: str
    model: str


@dataclass(frozen=True, kw_only=True)
class NoticePlayed:
    """A sentence the law asks for was played to its end: the returned mark proves it."""

    notice: Literal["disclosure", "recording"]
    text: str
    mark: str
    at_ms: Milliseconds


@dataclass(frozen=True, kw_only=True)
class CallerSaid:
    """One finished turn of the caller, in words."""

    turn: int
    text: str
    started_ms: Milliseconds
    ended_ms: Milliseconds
    confidence: float | None = None
    """0 to 1, where the recogniser gives one."""


@dataclass(frozen=True, kw_only=True)
class KeypadPressed:
    """Digits the caller pressed, joined until the pause or the terminating key."""

    digits: str
    at_ms: Milliseconds


@dataclass(frozen=True, kw_only=True)
class AgentSpoke:
    """One utterance of ours: what was planned, and what the caller proved to have heard."""

    turn: int
    text: str
    heard: str
    """The part of `text` that was played, exact to a word or 250 ms."""
    started_ms: Milliseconds
    ended_ms: Milliseconds
    interrupted: bool
    origin: Literal["model", "fixed"]


@dataclass(frozen=True, kw_only=True)
class CallerInterrupted:
    """The caller spoke over us; a backchannel does not stop us for good."""

    at_ms: Milliseconds
    proved: Literal["interruption", "backchannel"]
    resumed: bool


@dataclass(frozen=True, kw_only=True)
class TurnTimed:
    """Where the silence between the caller's last sound and our first one went."""

    turn: int
    gap_ms: Milliseconds
    stations_ms: dict[str, float] = field(default_factory=dict)
    """Milliseconds by station: end_of_turn, turn_taking, model (to its first word), tools, sentence (to the
    end of its first one), speech, line."""


@dataclass(frozen=True, kw_only=True)
class GoalOpened:
    """What the caller wants, by the company's own names."""

    goal: str


@dataclass(frozen=True, kw_only=True)
class GoalResolved:
    """The goal is closed, and what proves it."""

    goal: str
    proof: str


@dataclass(frozen=True, kw_only=True)
class SentenceHeldBack:
    """The model's sentence was not supported by the call's records and was not spoken."""

    turn: int
    kinds: tuple[str, ...]
    """What was unsupported: amount, date, promise ...; never the words, which were never said."""
    instead: Literal["asked_again", "safe_sentence"]


@dataclass(frozen=True, kw_only=True)
class InputMasked:
    """The caller said what must not be kept; it was taken out before anything saw it."""

    what: str
    """card_number, security_code, restricted ..."""
    at_ms: Milliseconds
    recalled: tuple[Milliseconds, ...] = ()
    """When turns began that had passed and belong to it; whoever tells the call again leaves them out."""


@dataclass(frozen=True, kw_only=True)
class SensitiveMode:
    """While on: no recording, no transcript, no model, no digits in the journal."""

    on: bool
    reason: str
    at_ms: Milliseconds


@dataclass(frozen=True, kw_only=True)
class PassageCited:
    """An answer leaned on this passage of the company's documents."""

    document: str
    version: str
    section: str


@dataclass(frozen=True, kw_only=True)
class SilenceMet:
    """The caller said nothing for a while, and what we did about it."""

    step: Literal["ask", "ask_again", "goodbye"]
    at_ms: Milliseconds


@dataclass(frozen=True, kw_only=True)
class WaitFilled:
    """The caller would have heard nothing for too long; this was played instead."""

    reason: Literal["slow_action", "slow_model", "slow_speech", "still_waiting"]
    text: str
    at_ms: Milliseconds


@dataclass(frozen=True, kw_only=True)
class ProviderFailed:
    """A provider failed in mid-call, and what took its place."""

    station: Literal["speech_to_text", "model", "text_to_speech"]
    provider: str
    error: str
    """The class of the error; never a text that could quote the caller."""
    took_over: Literal["retry", "second_provider", "apology", "fallback"]


@dataclass(frozen=True, kw_only=True)
class MessageTaken:
    """The caller left a message for a call back."""

    message_id: str
    number: str
    name: str
    about: str


@dataclass(frozen=True, kw_only=True)
class ContextShortened:
    """The model's view of a long call was summarised; facts and promises are kept."""

    turns: int
    summary: str


@dataclass(frozen=True, kw_only=True)
class RecordingStarted:
    """Both sides are recorded from here on."""

    at_ms: Milliseconds


@dataclass(frozen=True, kw_only=True)
class RecordingPaused:
    """Nothing is recorded until it resumes."""

    at_ms: Milliseconds
    reason: str


@dataclass(frozen=True, kw_only=True)
class RecordingResumed:
    """Both sides are recorded again."""

    at_ms: Milliseconds


@dataclass(frozen=True, kw_only=True)
class StreamLost:
    """The media socket died while the call lived."""

    at_ms: Milliseconds
    code: int


@dataclass(frozen=True, kw_only=True)
class StreamResumed:
    """A second media socket carries the same conversation on."""

    at_ms: Milliseconds


@dataclass(frozen=True, kw_only=True)
class CallEnded:
    """The call is over, in exactly one way."""

    outcome: Literal["completed", "caller_hung_up", "failed", "refused"]
    reason: str
    duration_ms: Milliseconds


Event = (
    CallStarted
    | NoticePlayed
    | CallerSaid
    | KeypadPressed
    | AgentSpoke
    | CallerInterrupted
    | TurnTimed
    | GoalOpened
    | GoalResolved
    | ActionProposed
    | ActionDecided
    | ReadBack
    | ConfirmationHeard
    | ApprovalAsked
    | ApprovalDecided
    | ActionDone
    | ActionUndone
    | OutcomeReconciled
    | IdentityChecked
    | SentenceHeldBack
    | InputMasked
    | SensitiveMode
    | MessageQueued
    | PassageCited
    | SilenceMet
    | WaitFilled
    | ProviderFailed
    | MessageTaken
    | ContextShortened
    | RecordingStarted
    | RecordingPaused
    | RecordingResumed
    | StreamLost
    | StreamResumed
    | CallEnded
)
