"""A bell in the database: wakes who waits for a row when somebody changes it. A hint, never the truth."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import psycopg
from loguru import logger
from psycopg import AsyncConnection, sql

from adapters.storage.database import plain_address
from domain.clock import Clock

AGAIN_S = 1.0
"""How often who waits looks for themselves: a connection that died rings no more, and nobody is told."""


class Bell:
    """One channel of NOTIFY. A connection listens for as long as somebody waits; it may ring too often."""

    def __init__(
        self, url: str, channel: str, clock: Clock, *, again_s: float = AGAIN_S, quiet_s: float | None = None
    ) -> None:
        """`quiet_s`: how often to look while a connection listens, where that may be less often."""
        self._address = plain_address(url)
        self._channel = channel
        self._clock = clock
        self._again_s = again_s
        self._quiet_s = again_s if quiet_s is None else quiet_s
        self._listens = False
        self._waiting: dict[asyncio.Event, str] = {}
        self._listener: asyncio.Task[None] | None = None

    @contextlib.asynccontextmanager
    async def waiting(self, key: str = "") -> AsyncIterator[asyncio.Event]:
        """Set when the channel says this key, or any where it is empty; look at the table after entering."""
        rung = asyncio.Event()
        self._waiting[rung] = key
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen(), name=f"bell {self._channel}")
        try:
            yield rung
        finally:
            del self._waiting[rung]
            if not self._waiting:
                listener, self._listener = self._listener, None
                listener.cancel()
                await asyncio.wait([listener])

    async def rung_within(self, rung: asyncio.Event, seconds: float) -> None:
        """Return when it rings, or when it is time to look again."""
        patience = self._quiet_s if self._listens else self._again_s
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(patience, seconds)):
                await rung.wait()
        rung.clear()

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_once()
            except (psycopg.Error, OSError) as error:
                logger.bind(channel=self._channel, error=type(error).__name__).warning(
                    "The database does not ring; its table is looked at every second."
                )
            finally:
                self._listens = False
            self._ring(None)  # whoever is patient looks more often from now on
            await self._clock.sleep(AGAIN_S)

    async def _listen_once(self) -> None:
        connection = await AsyncConnection.connect(
            self._address, autocommit=True, connect_timeout=5, application_name="callwright bell"
        )
        async with connection:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
            self._listens = True
            self._ring(None)  # what was said while nobody listened
            async for note in connection.notifies():
                self._ring(note.payload)

    def _ring(self, said: str | None) -> None:
        for rung, key in self._waiting.items():
            if said is None or key in {"", said}:
                rung.set()
