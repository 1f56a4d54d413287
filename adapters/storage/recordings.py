"""The list of recordings, beside the files that `adapters/recordings.py` writes."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.recordings import Begun, Finished
from adapters.storage.tables import recordings


@dataclass(frozen=True, kw_only=True)
class RecordingRow:
    """One recording as pages show it."""

    call_id: str
    path: str
    started_at: datetime
    ended_at: datetime | None
    delete_on: date
    pauses_ms: tuple[tuple[int, int], ...]
    state: str
    """`open` while it is written or after a crash, then `whole` or `gaps`."""


class PostgresRecordingList:
    """Notes what the store of recordings begins, finishes and deletes."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def begun(self, recording: Begun) -> None:
        """A recording that goes on after a lost stream keeps its first start."""
        row = {
            "call_id": recording.call_id,
            "path": recording.path,
            "started_at": recording.at,
            "delete_on": recording.delete_on,
        }
        async with self._engine.begin() as connection:
            await connection.execute(insert(recordings).values(row).on_conflict_do_nothing())

    async def finished(self, recording: Finished) -> None:
        values = {
            "ended_at": recording.at,
            "pauses": recording.pauses_ms,
            "state": "gaps" if recording.gaps else "whole",
        }
        same = recordings.c.call_id == recording.call_id
        async with self._engine.begin() as connection:
            await connection.execute(update(recordings).where(same).values(values))

    async def deleted(self, call_ids: tuple[str, ...]) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(delete(recordings).where(recordings.c.call_id.in_(call_ids)))

    async def of_call(self, call_id: str) -> RecordingRow | None:
        query = select(recordings).where(recordings.c.call_id == call_id)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        return RecordingRow(
            call_id=call_id,
            path=row.path,
            started_at=row.started_at,
            ended_at=row.ended_at,
            delete_on=row.delete_on,
            pauses_ms=tuple((start, end) for start, end in row.pauses),
            state=row.state,
        )
