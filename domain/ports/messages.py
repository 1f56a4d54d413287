"""SMS and e-mail to a customer, by the company's own templates."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from domain.messaging import Channel
from domain.ports.systems import NotDone

Receipt = Literal["sent", "delivered", "undelivered", "failed"]
"""What a carrier says became of a message that it took."""


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """One message, filled in."""

    id: str
    """The deed's id: the same message is never sent twice."""
    company: str
    call_id: str
    template: str
    channel: Channel
    to: str
    """E.164, or an e-mail address."""
    subject: str
    text: str
    queued_at: datetime | None = field(default=None, compare=False)
    """When it was taken into the outbox: no carrier had it before. None until then."""


class Messages(Protocol):
    """Takes a message durably; sending, retries and delivery status happen behind it."""

    async def send(self, message: Outgoing) -> Literal["queued", "already"]:
        """Stored when it returns; a worker sends it, also after a crash."""
        ...

    async def status(self, message_id: str) -> str | None:
        """queued, sent, delivered, undelivered or failed; None where there is none."""
        ...


class Undeliverable(NotDone):
    """It was not sent and never will be: there is no such address, or the carrier refuses the text."""


class Sender(Protocol):
    """Hands one message to whoever carries its channel. Every call is one attempt, bounded in time."""

    async def send(self, message: Outgoing) -> str:
        """The carrier's id. Raises `Undeliverable`, `NotDone` (try again later) or `MaybeDone`."""
        ...

    async def look_up(self, message: Outgoing) -> str | None:
        """After a `MaybeDone` or a crash: the carrier's id, or None where it was not taken.

        A carrier that cannot be asked answers None, and makes a second copy recognisable instead. Raises
        `MaybeDone` where it could be asked and does not say: then it is not sent again.
        """
        ...


class Receipts(Protocol):
    """Where the carrier's word on a message is kept, in whatever order it comes."""

    async def sent(self, message_id: str, carrier_id: str) -> bool:
        """The carrier took it. False where that was known, or there is no such message."""
        ...

    async def delivered(self, carrier_id: str, status: Receipt, *, error: str = "") -> bool:
        """An end is final and nothing goes backwards. Whether it was news."""
        ...

    async def status(self, message_id: str) -> str | None:
        """As `Messages.status`."""
        ...


class Claim(Protocol):
    """A message that nobody else sends until the lease is over."""

    @property
    def message(self) -> Outgoing: ...

    @property
    def attempt(self) -> int:
        """From 1."""
        ...

    @property
    def doubts(self) -> int:
        """Attempts before this one whose end nobody knows: look it up before sending it after any."""
        ...


class Outbox(Protocol):
    """The messages that are to be sent, seen from the worker that sends them."""

    def listening(self) -> AbstractAsyncContextManager[Callable[[float], Awaitable[None]]]:
        """What it gives returns when a message was taken, after so many seconds at most, or before.

        Only a hint: look with `claim` then. Keep it for as long as you look.
        """
        ...

    async def claim(
        self, limit: int, now: datetime, *, lease_s: float, channel: Channel
    ) -> Sequence[Claim]: ...

    async def sent(self, message_id: str, carrier_id: str) -> bool: ...

    async def failed(self, message_id: str, error_class: str, retry_at: datetime | None) -> bool:
        """Try again then, or give up."""
        ...
