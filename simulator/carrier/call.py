"""One call as its carrier knows it: parties, states, what was done in it and what went wrong."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from simulator.carrier.account import PhoneNumber, new_sid
from simulator.carrier.faults import CallFaults
from simulator.carrier.line import Line, Telephone
from simulator.carrier.recording import Recording
from simulator.carrier.signature import Form

FINAL: Final = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


@dataclass(frozen=True, kw_only=True)
class StatusChange:
    """A state of the call and when it began."""

    status: str
    at_s: float
    """Seconds since the call was placed."""
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Executed:
    """A verb that the carrier began to carry out."""

    verb: str
    detail: str
    """Its text, or its attributes as `name=value`."""
    at_s: float


@dataclass(frozen=True, kw_only=True)
class CarrierWarning:
    """What a real carrier would show in its console, under its own number."""

    error: int
    reason: str
    at_s: float


@dataclass(frozen=True, kw_only=True)
class Goto:
    """Ask for a document there next."""

    url: str
    form: Form = field(default_factory=list)
    method: str = "POST"


@dataclass(frozen=True, kw_only=True)
class Inline:
    """A document that came with the order."""

    twiml: str


Instructions = Goto | Inline


class SimulatedCall:
    """A call from placing to its end; scenes read it, the carrier writes it."""

    def __init__(self, *, from_: str, number: PhoneNumber, telephone: Telephone, faults: CallFaults) -> None:
        self.sid = new_sid("CA")
        self.from_ = from_
        self.number = number
        self.faults = faults
        self.line = Line(telephone)
        self.history: list[StatusChange] = []
        self.executed: list[Executed] = []
        self.warnings: list[CarrierWarning] = []
        self.stream_sids: list[str] = []
        """Every media stream that was tried on this call, oldest first."""
        self.document_url = number.voice_url
        """Where the current document came from: relative URLs in it start there."""
        self.orders: asyncio.Queue[Instructions] = asyncio.Queue()
        """New instructions by REST; each ends what the call is doing."""
        self.watchers: list[Callable[[str], None]] = []
        """Told each state as the call enters it."""
        self._ticking: asyncio.Task[None] | None = None
        self._placed = asyncio.get_running_loop().time()
        self._over = asyncio.Event()

    @property
    def to(self) -> str:
        return self.number.number

    @property
    def recording(self) -> Recording:
        return self.line.recording

    @property
    def status(self) -> str:
        return self.history[-1].status if self.history else "queued"

    @property
    def statuses(self) -> list[str]:
        return [change.status for change in self.history]

    @property
    def is_over(self) -> bool:
        return self.status in FINAL

    @property
    def is_answered(self) -> bool:
        return "in-progress" in self.statuses

    @property
    def now_s(self) -> float:
        """Seconds since the call was placed."""
        return asyncio.get_running_loop().time() - self._placed

    def since(self, status: str) -> StatusChange | None:
        return next((change for change in self.history if change.status == status), None)

    def enter(self, status: str) -> None:
        """A call never leaves a final state."""
        if self.is_over:
            raise RuntimeError(f"call is {self.status} and cannot become {status}")
        self.history.append(StatusChange(status=status, at_s=self.now_s, at=datetime.now(UTC)))
        for watcher in self.watchers:
            watcher(status)
        self.line.telephone.told(status)
        if status in FINAL:
            self._over.set()

    def answer(self) -> None:
        """Sound flows from here on, and the recording begins."""
        self.enter("in-progress")
        self._ticking = asyncio.create_task(self.line.run())
        self._ticking.add_done_callback(self._silenced)

    def _silenced(self, ticking: asyncio.Task[None]) -> None:
        """A telephone that breaks ends its call instead of leaving it without a clock."""
        if not ticking.cancelled() and (broken := ticking.exception()) is not None:
            self.warn(0, f"the simulated telephone broke: {broken!r}")
        self.line.end("carrier")

    def warn(self, error: int, reason: str) -> None:
        self.warnings.append(CarrierWarning(error=error, reason=reason, at_s=self.now_s))

    def did(self, verb: str, detail: str) -> None:
        self.executed.append(Executed(verb=verb, detail=detail, at_s=self.now_s))

    def hang_up(self) -> None:
        """The caller puts the receiver down."""
        self.line.end("caller")

    async def ended(self) -> None:
        """The call is in its final state."""
        await self._over.wait()

    def form(self, account_sid: str) -> Form:
        """What every webhook of the call carries; the last field is one that no document mentions."""
        places = [
            (side + what, value)
            for side in ("From", "Caller", "To", "Called")
            for what, value in (("City", ""), ("State", "CA"), ("Zip", ""), ("Country", "US"))
        ]
        return [
            ("AccountSid", account_sid),
            ("ApiVersion", "2010-04-01"),
            ("CallSid", self.sid),
            ("CallStatus", self.status),
            ("Direction", "inbound"),
            ("From", self.from_),
            ("Caller", self.from_),
            ("To", self.to),
            ("Called", self.to),
            *places,
            ("StirVerstat", "TN-Validation-Passed-A"),
            ("ParameterOfTomorrow", "may come without notice"),
        ]
