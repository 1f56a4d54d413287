"""What callers leave on the carrier's recorder when the agent cannot go on: fetched, kept, deleted there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class CarrierRecordingGone(Exception):
    """The carrier has no such recording, or has it not yet."""


class CarrierRecordingFailed(Exception):
    """The carrier did not answer, or not as it should; it is asked again."""


class CarrierRecordings(Protocol):
    """The carrier's own recordings. Both methods raise `CarrierRecordingFailed` and are bounded in time."""

    async def fetch(self, recording_id: str) -> bytes:
        """Mono mu-law at 8 kHz. Raises `CarrierRecordingGone`."""
        ...

    async def delete(self, recording_id: str) -> None:
        """One that is not there is deleted."""
        ...


@dataclass(frozen=True, kw_only=True)
class OwedVoicemail:
    """A voicemail that is not yet as it shall be."""

    recording_id: str
    """The carrier's name for it."""
    call_id: str
    attempts: int
    """With this one."""
    stored: bool
    """Ours is on disk (or nobody wants it any more): only the carrier's is left to delete."""


class OwedVoicemails(Protocol):
    """The list of what is owed; it survives the process."""

    async def note(self, recording_id: str, call_id: str) -> bool:
        """Durable when this returns; False where it stood there already."""
        ...

    async def claim(self, limit: int) -> Sequence[OwedVoicemail]:
        """What is due, each given to one asker; due again later, unless `done` comes first."""
        ...

    async def stored(self, recording_id: str) -> bool:
        """False where nobody wants it any more: the person was erased meanwhile."""
        ...

    async def done(self, recording_id: str) -> None: ...
