"""What is kept, put together: the database, embedded or given, and all that stands on it."""

import asyncio
import os
import stat
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from loguru import logger
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.embedded_postgres import EmbeddedPostgres
from adapters.recordings import EncryptedRecordings
from adapters.secrets import MasterKey, master_key
from adapters.storage.approvals import PostgresApprovals
from adapters.storage.callbacks import PostgresCallbacks
from adapters.storage.calls import PostgresCalls
from adapters.storage.database import engine_for, migrate
from adapters.storage.heads_file import HeadsFile
from adapters.storage.identity import PostgresIdentityRecords
from adapters.storage.journal import PostgresJournal
from adapters.storage.knowledge import PostgresKnowledge
from adapters.storage.ledger import PostgresLedger
from adapters.storage.outbox import PostgresOutbox
from adapters.storage.recordings import PostgresRecordingList
from adapters.storage.subjects import Erasure, SubjectKeys, check_master_key
from adapters.storage.verification import Verification
from adapters.storage.views import Views
from adapters.storage.voicemails import PostgresVoicemails
from app.live import LiveHub
from app.settings import Settings
from domain.clock import Clock, SystemClock


@dataclass(frozen=True, kw_only=True)
class Storage:
    """Everything that is kept."""

    engine: AsyncEngine
    calls: PostgresCalls
    journal: PostgresJournal
    recordings: EncryptedRecordings
    recording_list: PostgresRecordingList
    callbacks: PostgresCallbacks
    voicemails: PostgresVoicemails
    ledger: PostgresLedger
    approvals: PostgresApprovals
    outbox: PostgresOutbox
    identity: PostgresIdentityRecords
    knowledge: PostgresKnowledge
    views: Views
    verification: Verification
    erasure: Erasure
    live: LiveHub

    async def answers(self) -> bool:
        """Whether the database can be asked now."""
        try:
            async with asyncio.timeout(2.0), self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except Exception as error:
            logger.bind(error=type(error).__name__).warning("the database does not answer")
            return False
        return True


@asynccontextmanager
async def open_storage(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Storage]:
    """The database, embedded or given, brought up to date, and what stands on it."""
    clock = clock or SystemClock()
    _open_home(settings.home)
    async with AsyncExitStack() as stack:
        url = await _database(settings, stack)
        await asyncio.to_thread(migrate, url)
        engine = engine_for(url)
        stack.push_async_callback(engine.dispose)
        secret = settings.master_key.get_secret_value() if settings.master_key else None
        master = master_key(secret, settings.home)
        await check_master_key(engine, SubjectKeys(master))
        storage = _storage(url, engine, master, settings, clock)
        storage.journal.start()
        stack.push_async_callback(storage.recordings.close)
        stack.push_async_callback(storage.journal.close)
        yield storage


def _open_home(home: Path) -> None:
    """Made, or found, and closed to others where it is ours alone.

    As root others may pass through (not read): so does the embedded server, which never runs as root.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = home.stat()
    if found.st_uid != os.geteuid() or found.st_mode & stat.S_ISVTX:
        return
    passing = 0o001 if found.st_uid == 0 else 0
    home.chmod(0o700 | (found.st_mode & passing))


async def _database(settings: Settings, stack: AsyncExitStack) -> str:
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    embedded = EmbeddedPostgres(settings.home)
    url = await asyncio.to_thread(embedded.start)
    stack.push_async_callback(asyncio.to_thread, embedded.stop)
    return url


def _storage(url: str, engine: AsyncEngine, master: MasterKey, settings: Settings, clock: Clock) -> Storage:
    heads = HeadsFile(settings.home / "journal-heads.jsonl")
    recording_list = PostgresRecordingList(engine)
    live = LiveHub()
    return Storage(
        engine=engine,
        calls=PostgresCalls(engine),
        journal=PostgresJournal(url, master, heads, clock, on_event=live.event),
        recordings=EncryptedRecordings(
            settings.home / "recordings",
            master,
            clock,
            known=recording_list,
            keep_days=settings.recording_days,
        ),
        recording_list=recording_list,
        callbacks=PostgresCallbacks(engine, clock),
        voicemails=PostgresVoicemails(engine, clock),
        ledger=PostgresLedger(engine, master),
        approvals=PostgresApprovals(engine, url, master, clock),
        outbox=PostgresOutbox(engine, url, master, clock),
        identity=PostgresIdentityRecords(engine, master, clock),
        knowledge=PostgresKnowledge(engine),
        views=Views(engine, master),
        verification=Verification(engine, master, heads),
        erasure=Erasure(engine, SubjectKeys(master), clock),
        live=live,
    )
