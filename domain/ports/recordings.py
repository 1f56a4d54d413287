"""Where a call's sound is kept."""

from typing import Protocol


class RecordingSink(Protocol):
    """One call's two-channel recording, open for appending."""

    def write(self, caller: bytes, agent: bytes) -> None:
        """Append as many mu-law bytes (8 kHz) of both sides; never waits."""
        ...

    async def close(self) -> None:
        """Everything is on disk, encrypted."""
        ...


class Recordings(Protocol):
    """The store of recordings."""

    def open(self, call_id: str) -> RecordingSink: ...
