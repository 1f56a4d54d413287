"""Messages that callers leave for a person to ring back."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class CallbackRequest:
    """Who wants to be rung, and why."""

    call_id: str
    company: str
    number: str
    """E.164, or digits as the caller gave them."""
    name: str
    about: str


class Callbacks(Protocol):
    """The list that people work through."""

    async def take(self, request: CallbackRequest) -> str:
        """Store it once per call and subject; returns the message's id."""
        ...
