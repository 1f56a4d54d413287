"""Voicemails that are still owed: to be fetched from the carrier, then to be deleted there."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.storage.tables import voicemails
from domain.clock import Clock
from domain.ports.voicemail import OwedVoicemail

FIRST_PAUSE_S = 60
"""Longer than an attempt may take: what one process has claimed no other takes meanwhile."""
LONGEST_PAUSE_S = 3600


class PostgresVoicemails:
    """Implements `domain.ports.voicemail.OwedVoicemails`."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def note(self, recording_id: str, call_id: str) -> bool:
        row = {"recording_id": recording_id, "call_id": call_id, "due_at": self._clock.now()}
        async with self._engine.begin() as connection:
            new = insert(voicemails).values(row).on_conflict_do_nothing().returning(voicemails.c.call_id)
            return await connection.scalar(new) is not None

    async def claim(self, limit: int) -> Sequence[OwedVoicemail]:
        now = self._clock.now()
        due = select(voicemails).where(voicemails.c.due_at <= now).order_by(voicemails.c.due_at).limit(limit)
        async with self._engine.begin() as connection:
            rows = (await connection.execute(due.with_for_update(skip_locked=True))).all()
            for row in rows:
                again = now + timedelta(seconds=min(LONGEST_PAUSE_S, FIRST_PAUSE_S << min(row.attempts, 6)))
                same = voicemails.c.recording_id == row.recording_id
                await connection.execute(
                    update(voicemails).where(same).values(due_at=again, attempts=row.attempts + 1)
                )
        return [
            OwedVoicemail(
                recording_id=row.recording_id,
                call_id=row.call_id,
                attempts=row.attempts + 1,
                stored=row.stored_at is not None,
            )
            for row in rows
        ]

    async def stored(self, recording_id: str) -> bool:
        wanted = (voicemails.c.recording_id == recording_id) & voicemails.c.stored_at.is_(None)
        async with self._engine.begin() as connection:
            noted = await connection.execute(
                update(voicemails).where(wanted).values(stored_at=self._clock.now())
            )
        return noted.rowcount == 1

    async def done(self, recording_id: str) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(delete(voicemails).where(voicemails.c.recording_id == recording_id))
