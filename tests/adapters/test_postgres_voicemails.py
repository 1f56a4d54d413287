"""The list of voicemails that are owed."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert

from adapters.secrets import MasterKey
from adapters.storage.database import engine_for
from adapters.storage.subjects import Erasure, SubjectKeys
from adapters.storage.tables import call_heads, subjects
from adapters.storage.voicemails import PostgresVoicemails
from domain.clock import SystemClock
from domain.ports.voicemail import OwedVoicemail
from tests.support.postgres import database, postgres

__all__ = ["database", "postgres"]


class HandClock(SystemClock):
    """Moved by hand."""

    def __init__(self) -> None:
        self.at = datetime.fromisoformat("2026-11-21T09:00:00+00:00")

    def now(self) -> datetime:
        return self.at


def owed(attempts: int, *, stored: bool = False) -> list[OwedVoicemail]:
    return [OwedVoicemail(recording_id="RE1", call_id="a", attempts=attempts, stored=stored)]


async def test_what_is_claimed_is_due_again_later_and_later(database: str) -> None:
    clock, engine = HandClock(), engine_for(database)
    voicemails = PostgresVoicemails(engine, clock)
    assert await voicemails.note("RE1", "a")
    assert not await voicemails.note("RE1", "a")
    for attempt, pause_s in enumerate([60, 120, 240, 480, 960, 1920, 3600, 3600], 1):
        assert await voicemails.claim(4) == owed(attempt)
        clock.at += timedelta(seconds=pause_s - 1)
        assert await voicemails.claim(4) == []
        clock.at += timedelta(seconds=1)
    await voicemails.done("RE1")
    assert await voicemails.claim(4) == []
    await engine.dispose()


async def test_two_who_ask_at_once_get_different_ones(database: str) -> None:
    engine = engine_for(database)
    voicemails = PostgresVoicemails(engine, HandClock())
    for number in range(3):
        await voicemails.note(f"RE{number}", "a")
    first, second = await voicemails.claim(2), await voicemails.claim(2)
    assert [len(first), len(second)] == [2, 1]
    assert {it.recording_id for it in (*first, *second)} == {"RE0", "RE1", "RE2"}
    await engine.dispose()


@pytest.mark.parametrize("fetched_before", [False, True])
async def test_an_erased_callers_voicemail_is_only_to_be_deleted(database: str, fetched_before: bool) -> None:
    clock, engine = HandClock(), engine_for(database)
    voicemails = PostgresVoicemails(engine, clock)
    await voicemails.note("RE1", "a")
    await voicemails.claim(1)
    async with engine.begin() as connection:
        await connection.execute(insert(subjects).values(id=1, wrapped_key=b"k"))
        await connection.execute(
            insert(call_heads).values(call_id="a", subject_id=1, seq=1, chain=b"", signature=b"")
        )
    if fetched_before:
        assert await voicemails.stored("RE1")
    await Erasure(engine, SubjectKeys(MasterKey(b"m" * 32)), clock).erase_subject(1)
    assert not await voicemails.stored("RE1"), "whoever fetched it meanwhile learns that nobody wants it"
    assert await voicemails.claim(1) == owed(2, stored=True), "at once, not at its next turn"
    await engine.dispose()
