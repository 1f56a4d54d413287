"""Where a call's sound is kept."""

from typing import Protocol


class RecordingSink(Protocol):
    """One call's two-channel recording, open for appending."""

    def write(self, caller: bytes, agent: bytes) -> None:
        """Append as many mu-law bytes (8 kHz) of both sides; never waits."""
        ...

    def pause(self) -> None:
        """What is written from here on is not kept; its time is, as silence."""
        ...

    def resume(self) -> None: ...

    async def close(self) -> None:
        """Everything is on disk, encrypted."""
        ...


class Recordings(Protocol):
    """The store of recordings."""

    def open(self, call_id: str) -> RecordingSink:
        """Begin the call's recording, or go on with it."""
        ...
