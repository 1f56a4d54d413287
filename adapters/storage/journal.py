"""The journal in PostgreSQL: takes events off the audio path at once, writes them in batches behind it."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import psycopg
from loguru import logger
from prometheus_client import Counter, Gauge

from adapters.secrets import MasterKey
from adapters.storage.database import plain_address
from adapters.storage.heads_file import HeadsFile
from adapters.storage.journal_batch import BatchWriter, Waiting
from adapters.storage.sealing import payload_of
from adapters.storage.subjects import SubjectKeys
from domain.clock import Clock
from domain.events import CallEnded, Event
from domain.journal import KIND_NAMES, EventsLost, Head

WINDOW_S = 0.05
"""How long a batch gathers, unless somebody waits for it."""
BATCH = 200
ATTEMPT_S = 10.0
"""A database that says nothing for so long is taken for dead, and asked again on a new connection."""
FORGET_AFTER_S = 600.0
"""A call that ended is kept in mind for late events, such as a carrier's last callback."""

WRITTEN = Counter("callwright_journal_events_written", "Events of calls that are in the database.")
LOST = Counter("callwright_journal_events_lost", "Events refused because the queue was full or unwritable.")
WAITING = Gauge("callwright_journal_events_waiting", "Events taken and not yet in the database.")
RETRIES = Counter("callwright_journal_retries", "Batches that the database did not take at once.")

Watcher = Callable[[str, int, Event], None]


@dataclass(slots=True)
class _Call:
    """A call's count of events: given to the journal, in the database, and refused."""

    given: int = 0
    written: int = 0
    lost: int = 0
    ended: bool = False
    settling: list[tuple[int, "asyncio.Future[None]"]] = field(default_factory=list)


class PostgresJournal:
    """Implements `domain.ports.journal.Journal`. Belongs to one event loop; `start` and `close` it there.

    `on_event` is called within `write` with (call, number, event), for people who watch live.
    """

    def __init__(
        self,
        url: str,
        master: MasterKey,
        heads_file: HeadsFile,
        clock: Clock,
        *,
        on_event: Watcher | None = None,
        capacity: int = 20_000,
        window_s: float = WINDOW_S,
    ) -> None:
        self._batches = BatchWriter(plain_address(url), SubjectKeys(master), master.derive("journal heads"))
        self._heads_file = heads_file
        self._clock = clock
        self._on_event = on_event
        self._capacity = capacity
        self._window_s = window_s
        self._queue: deque[Waiting] = deque()
        self._calls: dict[str, _Call] = {}
        self._ended: deque[tuple[float, str]] = deque()
        self._something = asyncio.Event()
        self._hurry = asyncio.Event()
        self._connection_lock = asyncio.Lock()
        self._writer: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin writing; what was given before is kept in order."""
        self._writer = asyncio.create_task(self._write_for_ever(), name="journal writer")

    async def close(self, *, within_s: float = 15.0) -> None:
        """Write what waits, as long as the bound allows; says in the log what had to be left."""
        if self._writer is None:
            return
        self._capacity = 0
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                for call_id in list(self._calls):
                    await self._settled(call_id)
        self._writer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._writer
        self._writer = None
        await self._batches.disconnect()
        if left := sum(call.given - call.written for call in self._calls.values()):
            LOST.inc(left)
            logger.bind(events=left).error("The journal closed before the database took these events.")

    def write(self, call_id: str, event: Event) -> None:
        call = self._calls.get(call_id)
        if call is None:
            call = self._calls[call_id] = _Call()
        if len(self._queue) >= self._capacity:
            call.lost += 1
            LOST.inc()
            return
        call.given += 1
        self._queue.append(Waiting(call_id, KIND_NAMES[type(event)], self._clock.now(), payload_of(event)))
        self._something.set()
        if self._on_event is not None:
            self._show(call_id, call.given, event)

    async def settle(self, call_id: str) -> None:
        """Raises `EventsLost` where events of this call were refused since it was settled last."""
        if (call := self._calls.get(call_id)) is None:
            return
        await self._settled(call_id)
        if call.lost:
            lost, call.lost = call.lost, 0
            raise EventsLost(call_id, lost)

    async def resume(self, call_id: str) -> None:
        """Go on with a call that another process began, so that watchers see its numbers continued."""
        async with self._connection_lock:
            head = await self._batches.head(call_id)
        call = self._calls.setdefault(call_id, _Call())
        if call.given == 0:
            call.given = call.written = head

    def _show(self, call_id: str, seq: int, event: Event) -> None:
        try:
            assert self._on_event is not None
            self._on_event(call_id, seq, event)
        except Exception:
            logger.bind(call_id=call_id).exception("A live watcher of the journal failed.")

    async def _settled(self, call_id: str) -> None:
        call = self._calls[call_id]
        if call.written >= call.given:
            return
        written = asyncio.get_running_loop().create_future()
        call.settling.append((call.given, written))
        self._hurry.set()
        await written

    async def _write_for_ever(self) -> None:
        while True:
            await self._something.wait()
            if len(self._queue) < BATCH:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._hurry.wait(), self._window_s)
            self._hurry.clear()
            while self._queue:
                batch = [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]
                WAITING.set(len(self._queue) + len(batch))
                await self._write_batch(batch)
            WAITING.set(0)
            self._something.clear()

    async def _write_batch(self, batch: list[Waiting]) -> None:
        """Until it is written. Only events that the database will never take are given up, call by call."""
        try:
            heads = await self._until_answered(batch)
        except Exception as error:
            by_call: dict[str, list[Waiting]] = {}
            for waiting in batch:
                by_call.setdefault(waiting.call_id, []).append(waiting)
            if len(by_call) > 1:
                for part in by_call.values():
                    await self._write_batch(part)
                return
            self._give_up(batch, error)
        else:
            WRITTEN.inc(len(batch))
            await self._keep_heads(batch, heads)
            self._acknowledge(batch)

    async def _until_answered(self, batch: list[Waiting]) -> Mapping[str, Head]:
        """Asks again for as long as the database is away; raises what would be the same at every attempt."""
        pause_s = 0.05
        while True:
            try:
                async with self._connection_lock, asyncio.timeout(ATTEMPT_S):
                    return await self._batches.write(batch)
            except (psycopg.OperationalError, psycopg.InterfaceError, OSError, TimeoutError) as error:
                RETRIES.inc()
                logger.bind(error=type(error).__name__, waiting=len(self._queue) + len(batch)).warning(
                    "The database did not take the journal; it is asked again."
                )
            await self._batches.disconnect()
            await self._clock.sleep(pause_s)
            pause_s = min(1.0, pause_s * 2)

    def _give_up(self, batch: list[Waiting], error: Exception) -> None:
        LOST.inc(len(batch))
        self._calls[batch[0].call_id].lost += len(batch)
        logger.bind(call_id=batch[0].call_id, events=len(batch), error=type(error).__name__).error(
            "The database refuses these events of a call; they are given up so that the others are kept."
        )
        self._acknowledge(batch)

    async def _keep_heads(self, batch: list[Waiting], heads: Mapping[str, Head]) -> None:
        """The heads of calls that have ended go to the file before anybody is told that they are kept."""
        ended_kind = KIND_NAMES[CallEnded]
        for waiting in batch:
            if waiting.kind == ended_kind and not self._calls[waiting.call_id].ended:
                self._calls[waiting.call_id].ended = True
                self._ended.append((self._clock.monotonic(), waiting.call_id))
        if final := [head for call_id, head in heads.items() if self._calls[call_id].ended]:
            try:
                await asyncio.to_thread(self._heads_file.append, final)
            except OSError as error:
                logger.bind(error=type(error).__name__).error("The file of signed heads cannot be written.")

    def _acknowledge(self, batch: list[Waiting]) -> None:
        for waiting in batch:
            self._calls[waiting.call_id].written += 1
        for call_id in {waiting.call_id for waiting in batch}:
            call = self._calls[call_id]
            for upto, settled in call.settling:
                if upto <= call.written and not settled.done():
                    settled.set_result(None)
            call.settling = [(upto, settled) for upto, settled in call.settling if not settled.done()]
        self._forget_old_calls()

    def _forget_old_calls(self) -> None:
        while self._ended and self._ended[0][0] < self._clock.monotonic() - FORGET_AFTER_S:
            _, call_id = self._ended.popleft()
            call = self._calls.get(call_id)
            if call is not None and call.written == call.given:
                del self._calls[call_id]
                self._batches.forget(call_id)
