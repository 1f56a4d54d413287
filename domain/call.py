"""One telephone call: its states, what can happen to it, and what can be done about it.

`domain/call_rules.py` decides. Whoever runs it stores the new call with compare-and-set before
acting on the commands, so that of two events at once one decides and the other sees the decision.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from domain.ports.media import Ending


class State(StrEnum):
    """Where a call stands; the last four are final and never left."""

    RINGING = "ringing"
    CONNECTING = "connecting"
    """Answered; the carrier was told to open its media stream."""
    LIVE = "live"
    RECONNECTING = "reconnecting"
    """The stream died; the caller may still be there."""
    ENDING = "ending"
    """It is decided how the call ends; the carrier has not confirmed it."""
    FALLBACK = "fallback"
    """The line's fallback has the caller: a person, or a message to be called back."""
    COMPLETED = "completed"
    CALLER_HUNG_UP = "caller_hung_up"
    FAILED = "failed"
    REFUSED = "refused"


Outcome = Literal[State.COMPLETED, State.CALLER_HUNG_UP, State.FAILED, State.REFUSED]
FINAL = frozenset({State.COMPLETED, State.CALLER_HUNG_UP, State.FAILED, State.REFUSED})
CarrierStatus = Literal[
    "queued", "initiated", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled"
]
OVER: frozenset[CarrierStatus] = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How long each state may wait for the carrier, in seconds."""

    answer_s: float = 15.0
    connect_s: float = 15.0
    reconnect_s: float = 10.0
    lease_s: float = 90.0
    """A live call whose process has not renewed it for so long is taken for lost."""
    confirm_s: float = 10.0
    fallback_s: float = 14_700.0
    """A dialled fallback may last four hours, the carrier's own limit."""
    longest_call_s: float = 14_400.0
    attempts: int = 3
    """How often the carrier is asked the same before the call is written off."""
    reconnects: int = 1


@dataclass(frozen=True, kw_only=True)
class Call:
    """Everything that must survive the process about one call."""

    id: str
    """UUID, 32 hexadecimal digits."""
    direction: Literal["inbound", "outbound"]
    company: str
    line: str
    caller: str
    """E.164, or empty where the caller hides the number."""
    called: str
    carrier_call_id: str
    created_at: datetime
    deadline: datetime
    """When the reaper looks at the call; meaningless once it is over."""
    version: int = 0
    state: State = State.RINGING
    stream_number: int = 0
    """How many streams the carrier was told to open."""
    stream_sid: str | None = None
    ticket: str | None = None
    """Digest of the one-time token that opens the next stream; None when spent."""
    reconnects: int = 0
    attempts: int = 0
    """Requests to the carrier that it has not honoured since the state was entered."""
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    expected: Outcome | None = None
    """How the call will have ended, where that is decided before the carrier confirms it."""
    reason: str = ""

    @property
    def is_over(self) -> bool:
        return self.state in FINAL

    @property
    def duration_ms(self) -> int:
        """Milliseconds from answer to end; 0 while it is not both answered and over."""
        if self.answered_at is None or self.ended_at is None:
            return 0
        return max(0, round((self.ended_at - self.answered_at).total_seconds() * 1000))


# --- What happens to a call -------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class VoiceWebhookReceived:
    """The carrier asks what to do with a ringing call."""

    ticket: str
    """Digest of a fresh token, stored if a stream is offered."""
    refusal: Literal["capacity", "draining"] | None = None


@dataclass(frozen=True, kw_only=True)
class StreamStarted:
    """A media socket presented a token; the door has checked call and account."""

    stream_sid: str
    ticket: str


@dataclass(frozen=True, kw_only=True)
class StreamAlive:
    """The process that has the conversation still has it."""

    stream_sid: str


@dataclass(frozen=True, kw_only=True)
class StreamEnded:
    """The conversation let go of its socket."""

    stream_sid: str
    ending: Ending


@dataclass(frozen=True, kw_only=True)
class StatusReceived:
    """The carrier's word on the call. Only the end matters, so late and repeated ones change nothing."""

    status: CarrierStatus


@dataclass(frozen=True, kw_only=True)
class ActionRequested:
    """The carrier left `<Connect>` and asks how the call goes on."""

    stream_number: int
    """Which of our offers it refers to; an older number is a repetition."""
    ticket: str
    status: CarrierStatus = "in-progress"


@dataclass(frozen=True, kw_only=True)
class FallbackAsked:
    """The carrier could not use our instructions and asks the number's fallback address."""


@dataclass(frozen=True, kw_only=True)
class FallbackFinished:
    """The fallback has said its goodbye, or the person who took the call hung up."""


@dataclass(frozen=True, kw_only=True)
class HangUpAsked:
    """Somebody of the company ends the call."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class CarrierSaysGone:
    """The carrier answered a request of ours with: that call is over."""


@dataclass(frozen=True, kw_only=True)
class DeadlinePassed:
    """The reaper found the call waiting beyond its deadline."""


CallEvent = (
    VoiceWebhookReceived
    | StreamStarted
    | StreamAlive
    | StreamEnded
    | StatusReceived
    | ActionRequested
    | FallbackAsked
    | FallbackFinished
    | HangUpAsked
    | CarrierSaysGone
    | DeadlinePassed
)


# --- What is to be done about it --------------------------------------------------------------


class Reply(StrEnum):
    """The instructions that the carrier gets when it asked for some."""

    STREAM = "stream"
    """Open a media stream with the fresh token."""
    HANG_UP = "hang_up"
    REFUSE = "refuse"
    FALLBACK = "fallback"
    ASK_AGAIN = "ask_again"
    """The question is out of date: come back with the current stream number."""


@dataclass(frozen=True, kw_only=True)
class RefuseStream:
    """Close the socket that presented the token."""

    reason: Literal["wrong_ticket", "spent_ticket", "call_over"]


@dataclass(frozen=True, kw_only=True)
class EvictStream:
    """A newer stream carries the call; close this one if it still hangs on."""

    stream_sid: str


@dataclass(frozen=True, kw_only=True)
class EndConversation:
    """Stop talking, whatever is being said, and write what is owed."""


@dataclass(frozen=True, kw_only=True)
class HangUp:
    """Ask the carrier to end the call."""


@dataclass(frozen=True, kw_only=True)
class RedirectToFallback:
    """Ask the carrier to give the caller to the line's fallback."""


@dataclass(frozen=True, kw_only=True)
class WriteCallEnded:
    """The journal's last event; decided exactly once."""

    outcome: Outcome
    reason: str
    duration_ms: int


Command = Reply | RefuseStream | EvictStream | EndConversation | HangUp | RedirectToFallback | WriteCallEnded
Decision = tuple[Call, tuple[Command, ...]]
