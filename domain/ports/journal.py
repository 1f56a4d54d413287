"""The append-only journal of a call, seen from the one who writes it."""

from typing import Protocol

from domain.events import Event


class Journal(Protocol):
    """Takes events off the audio path: `write` never waits and never raises for a full disk."""

    def write(self, call_id: str, event: Event) -> None:
        """Number the event and hand it to the batched writer."""
        ...

    async def settle(self, call_id: str) -> None:
        """Return when everything written for this call so far is in the database."""
        ...
