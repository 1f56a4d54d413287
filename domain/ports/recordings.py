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

    def silence(self, from_ms: int, to_ms: int) -> None:
        """What the caller said in this span of what was written is silence from now on, and nowhere kept.

        Milliseconds of sound since this sink was opened; our own side stays.
        """
        ...

    async def close(self) -> None:
        """Everything is on disk, encrypted."""
        ...


class Recordings(Protocol):
    """The store of recordings."""

    def open(self, call_id: str) -> RecordingSink:
        """Begin the call's recording, or go on with it."""
        ...


class RecordingSwitch(Protocol):
    """A live call's recording, as those see it who may silence it."""

    @property
    def running(self) -> bool:
        """It has begun: the notice was heard, and the line is one that is recorded."""
        ...

    def pause(self, by: str) -> bool:
        """Nothing is kept until everybody who paused has resumed; False where `by` has paused already."""
        ...

    def resume(self, by: str) -> bool:
        """False where `by` had not paused."""
        ...
