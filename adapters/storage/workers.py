"""Leases of the processes that run durable jobs, on the database's clock: theirs may differ."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.storage.tables import workers

WATCH_LOCK = 0x63616C6C776A
"""Any number that nobody else locks: "callwj"."""
FORGOTTEN_AFTER = timedelta(days=1)


class PostgresWorkers:
    """Implements `domain.ports.workers.Workers`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def beat(self, name: str) -> None:
        row = insert(workers).values(name=name, beat_at=func.clock_timestamp())
        again = row.on_conflict_do_update(index_elements=["name"], set_={"beat_at": func.clock_timestamp()})
        long_dead = delete(workers).where(workers.c.beat_at < func.clock_timestamp() - FORGOTTEN_AFTER)
        async with self._engine.begin() as connection:
            await connection.execute(again)
            await connection.execute(long_dead)

    async def leave(self, name: str) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(delete(workers).where(workers.c.name == name))

    async def alive(self, *, within_s: float) -> frozenset[str]:
        late = func.clock_timestamp() - timedelta(seconds=within_s)
        async with self._engine.connect() as connection:
            return frozenset(
                await connection.scalars(select(workers.c.name).where(workers.c.beat_at >= late))
            )

    @asynccontextmanager
    async def watch(self) -> AsyncIterator[bool]:
        """The lock is the session's: a process that dies lets go of it with its connection."""
        async with self._engine.connect() as connection:
            plain = await connection.execution_options(isolation_level="AUTOCOMMIT")
            mine = bool(await plain.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": WATCH_LOCK}))
            try:
                yield mine
            finally:
                if mine:
                    await plain.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": WATCH_LOCK})
