"""Looks after what died: jobs of dead workers, deeds of dead calls, and jobs that ended long ago.

Every worker has one; the rounds are made by one of them at a time, whoever that is.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from loguru import logger
from prometheus_client import Counter, Gauge

from domain.clock import Clock
from domain.deeds import Deed, State
from domain.ports.ledger import Ledger
from domain.ports.workers import Workers
from jobs.durable import DbosDurable

RESUMED = Counter("callwright_jobs_resumed", "Jobs of a dead worker that were given to another.")
SWEPT = Counter("callwright_deeds_swept", "Deeds without a job that were given one.", ["kind"])
FAILED = Gauge(
    "callwright_jobs_failed", "Jobs that stand failed; the janitor begins those anew whose deed waits."
)
UNSETTLED = Gauge("callwright_deeds_unsettled", "Deeds whose end is not certain, longer than usual.")

_KINDS: Mapping[State, str] = {
    "reserved": "reconciliation",
    "doing": "reconciliation",
    "unknown": "reconciliation",
    "undoing": "compensation",
    "waiting": "approval",
}


@dataclass(frozen=True, kw_only=True)
class Rounds:
    """Seconds."""

    beat_s: float = 5.0
    lapsed_s: float = 60.0
    """A worker that was silent for so long is taken for dead. A mistake costs one repeated step."""
    every_s: float = 10.0
    again_s: float = 300.0
    """How long after a deed was given a job it is looked whether that failed."""
    late_s: float = 65.0
    """No call takes so long over a deed."""
    keep: timedelta = timedelta(days=30)
    tidy_every_s: float = 86_400.0


class Janitor:
    """`watch` runs for as long as the worker does."""

    def __init__(
        self,
        *,
        name: str,
        workers: Workers,
        durable: DbosDurable,
        ledger: Ledger,
        clock: Clock,
        rounds: Rounds | None = None,
    ) -> None:
        """`name` as the worker's own."""
        self._name = name
        self._workers = workers
        self._durable = durable
        self._ledger = ledger
        self._clock = clock
        self._rounds = rounds or Rounds()
        self._swept: dict[tuple[str, datetime], float] = {}
        """By deed and its last move: when it was given a job."""
        self._tidy_at = 0.0

    async def beat(self) -> None:
        await self._workers.beat(self._name)

    async def leave(self) -> None:
        """Whatever this worker held is taken up by a peer in its next round."""
        await self._workers.leave(self._name)

    async def watch(self) -> None:
        """A beat waits for no round. What fails is tried again next time."""
        async with asyncio.TaskGroup() as together:
            together.create_task(self._for_ever(self.beat, self._rounds.beat_s))
            together.create_task(self._for_ever(self.make_round, self._rounds.every_s))

    async def _for_ever(self, work: Callable[[], Awaitable[None]], every_s: float) -> None:
        while True:
            try:
                await work()
            except Exception as error:
                logger.bind(error=type(error).__name__).error("The janitor could not do its work")
            await self._clock.sleep(every_s)

    async def make_round(self) -> None:
        async with self._workers.watch() as mine:
            if not mine:
                return
            await self.resume_the_dead()
            await self.sweep()
            FAILED.set(await self._durable.failed())
            await self.tidy()

    async def resume_the_dead(self) -> Sequence[str]:
        alive = await self._workers.alive(within_s=self._rounds.lapsed_s)
        if left := await self._durable.held_by_others(alive):
            await self._durable.resume(left)
            RESUMED.inc(len(left))
            logger.bind(jobs=len(left)).warning("Jobs of a dead worker go on elsewhere")
        return left

    async def tidy(self) -> None:
        """Once a day."""
        now = self._clock.monotonic()
        if now < self._tidy_at:
            return
        self._tidy_at = now + self._rounds.tidy_every_s
        while await self._durable.forget(before=self._clock.now() - self._rounds.keep):
            pass

    async def sweep(self) -> None:
        """A deed whose process died before it could start a job has one afterwards.

        So has one whose job failed, while a database was away for long: it is begun anew every few minutes.
        """
        late = await self._ledger.in_state(
            *_KINDS, before=self._clock.now() - timedelta(seconds=self._rounds.late_s)
        )
        UNSETTLED.set(sum(deed.state != "waiting" for deed in late))
        now = self._clock.monotonic()
        before = self._swept
        self._swept = {key: before[key] for deed in late if (key := (deed.id, deed.moved_at)) in before}
        for deed in late:
            key = (deed.id, deed.moved_at)
            if key not in self._swept or now - self._swept[key] >= self._rounds.again_s:
                await self._give_job(deed)
                self._swept[key] = now

    async def _give_job(self, deed: Deed) -> None:
        parent = None if deed.parent is None else await self._ledger.load(deed.parent)
        if parent is not None and parent.state in _KINDS:
            return  # the whole is looked after, and its steps with it
        kind, about = ("compensation", parent) if parent is not None else (_KINDS[deed.state], deed)
        await self._durable.ensure(kind, about.id, since=deed.moved_at, company=deed.company)
        if (deed.id, deed.moved_at) not in self._swept:
            SWEPT.labels(kind).inc()
