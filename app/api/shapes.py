"""What the HTTP API says, in the shapes that its documentation shows."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.call import State


class CallRow(BaseModel):
    """One call, as the list shows it."""

    id: str
    state: State
    direction: Literal["inbound", "outbound"]
    company: str
    line: str
    caller: str = Field(description="Masked but for its last two digits")
    called: str
    carrier_call_id: str
    created_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    duration_ms: int = Field(description="From answer to end; 0 while the call is not over")
    reason: str = Field(description="Why it ended as it did")


class CallList(BaseModel):
    """Newest first."""

    calls: list[CallRow]
    next_after: str | None = Field(description="Give it as `after` for the next page; null on the last")


class EventRow(BaseModel):
    """One event of the journal; the fields of its kind stand beside these."""

    model_config = ConfigDict(extra="allow")

    seq: int = Field(description="Its number in the call, from 1")
    at: datetime = Field(description="When it was written down; fields in `_ms` count from the answer")
    kind: str = Field(description="Such as `caller_said`; `erased` where the person was erased")


class RecordingRow(BaseModel):
    """The sound that is kept of a call."""

    url: str
    waveform_url: str
    starts_ms: int = Field(description="Milliseconds from the call's answer to the recording's first sound")
    pauses_ms: list[tuple[int, int]]
    state: str = Field(description="`open` while it is written, then `whole` or `gaps`")
    delete_on: date


class VoicemailRow(BaseModel):
    """What the caller left to be called back, where the agent could not go on."""

    url: str
    delete_on: date


class RecordingWish(BaseModel):
    """Whether a live call's recording shall stand still."""

    model_config = ConfigDict(extra="forbid")

    paused: bool
    reason: str = Field(
        default="asked for at the desk",
        min_length=1,
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="Goes into the journal; no personal data",
    )


class RecordingState(BaseModel):
    """How it is now."""

    paused: bool


class CallWithEvents(CallRow):
    """One call with everything that happened in it."""

    caller: str = Field(description="E.164; empty where it was hidden or the person was erased")
    recording: RecordingRow | None
    voicemail: VoicemailRow | None
    events: list[EventRow]


class Waveform(BaseModel):
    """The loudest sample of each stretch of the recording, 0 to 1, for both sides."""

    duration_ms: int
    starts_ms: int = Field(description="Milliseconds from the call's answer to the recording's first sound")
    pauses_ms: list[tuple[int, int]] = Field(description="From the recording's first sound; kept as silence")
    caller: list[float]
    agent: list[float]


class CallProof(BaseModel):
    """What checking one call's chain found."""

    call_id: str
    whole: bool
    events: int
    erased: int = Field(description="Events whose person was erased; their links hold")
    flaws: list[str] = Field(description="Where the chain is broken, and how")


class Proof(BaseModel):
    """What checking the journal found."""

    whole: bool
    calls: int
    events: int
    broken: list[CallProof] = Field(description="The calls whose chain does not hold")


class SignInLink(BaseModel):
    """An address that signs one browser in, once."""

    url: str
    expires_in_s: int


class LiveWord(BaseModel):
    """One message of the live feed."""

    call_id: str
    kind: str = Field(
        description="`caller_partial`, `agent_speaking`, `agent_stopped`; `lost` where you were too slow;"
        " otherwise a kind of the journal"
    )
    text: str = ""
    seq: int | None = Field(
        default=None, description="The event's number in the call, for the journal's kinds"
    )
    count: int | None = Field(default=None, description="How many messages were lost")
    event: dict[str, Any] | None = Field(default=None, description="The fields of the journal's kinds")
