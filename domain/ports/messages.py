"""SMS and e-mail to a customer, by the company's own templates."""

from dataclasses import dataclass
from typing import Literal, Protocol

from domain.messaging import Channel


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


class Messages(Protocol):
    """Takes a message durably; sending, retries and delivery status happen behind it."""

    async def send(self, message: Outgoing) -> Literal["queued", "already"]:
        """Stored when it returns; a worker sends it, also after a crash."""
        ...

    async def status(self, message_id: str) -> str | None:
        """queued, sent, delivered, undelivered or failed; None where there is none."""
        ...
