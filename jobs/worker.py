"""Runs durable jobs: DBOS lives in threads of its own, and each step's work on the loop that called `start`.

So DBOS' machinery never stands between a caller and an answer, and what belongs to our loop is used there.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, StepOptions
from dbos import error as dbos_error
from loguru import logger

from jobs.durable import APPLICATION, CONTRACT, QUEUE, SCHEMA, WAKE
from jobs.floor import Floor
from jobs.work import JOBS, Job, Word

PAUSE_SLICE_S = 60.0
"""A pause that was cancelled is left after so long at most."""
STEP_ATTEMPTS = 8
"""With doubling pauses, some two minutes of a database that is away."""


class StepFailed(Exception):
    """Carries the class of the error and nothing else: DBOS keeps it, and errors may quote people."""


class Worker:
    """One in a process, since DBOS is one in a process."""

    def __init__(
        self,
        *,
        url: str,
        name: str,
        floor: Floor,
        jobs: Mapping[str, Job] = JOBS,
        poll_s: float = 0.5,
    ) -> None:
        """`name` is this worker's own, also after a restart."""
        self._config: DBOSConfig = {
            "name": APPLICATION,
            "system_database_url": url,
            "dbos_system_schema": SCHEMA,
            "application_version": CONTRACT,
            "executor_id": name,
            "serializer": DBOSPortableJSONSerializer(),
            "run_migrations": False,
            "sys_db_pool_size": 8,
            "log_level": "CRITICAL",
        }
        self._floor = floor
        self._jobs = jobs
        self._poll_s = poll_s
        self._home: Home | None = None

    async def start(self) -> None:
        """Where `make_tables` was. What this worker left unfinished is taken up again."""
        self._home = Home(asyncio.get_running_loop())
        await asyncio.to_thread(self._launch, self._home)

    def _launch(self, home: "Home") -> None:
        """In a thread without a loop, so that DBOS makes one for itself."""
        DBOS(config=self._config)
        for kind, job in self._jobs.items():
            DBOS.workflow(name=kind)(_workflow(kind, job, home, self._floor))
        DBOS.launch()
        DBOS.register_queue(QUEUE, polling_interval_sec=self._poll_s)

    async def close(self, *, within_s: float = 20.0) -> None:
        """Take up nothing more; what is being done at this moment is finished, and the rest is for a peer."""
        if self._home is None:
            return
        home, self._home = self._home, None
        await asyncio.to_thread(DBOS.destroy, destroy_registry=True)
        await home.finish(within_s)


class Home:
    """The loop that steps do their work on, reached from DBOS' own."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._tasks: set[asyncio.Task[None]] = set()

    async def do(self, work: Callable[[], Awaitable[Word]], *, waits: bool) -> Word:
        """What has begun is finished, even where the job is cancelled meanwhile; a wait is cut short."""
        there = asyncio.get_running_loop()
        answer: asyncio.Future[Word] = there.create_future()
        begun: list[asyncio.Task[None]] = []

        def begin() -> None:
            task = self._loop.create_task(_answer(work, there, answer))
            begun.append(task)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        def cut_short() -> None:
            for task in begun:
                task.cancel()

        self._loop.call_soon_threadsafe(begin)
        try:
            return await answer
        except asyncio.CancelledError:
            if waits:
                with contextlib.suppress(RuntimeError):  # the loop is gone, and the wait with it
                    self._loop.call_soon_threadsafe(cut_short)
            raise

    async def finish(self, within_s: float) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within_s)


async def _answer(
    work: Callable[[], Awaitable[Word]], there: asyncio.AbstractEventLoop, answer: asyncio.Future[Word]
) -> None:
    result: Word | Exception
    try:
        result = await work()
    except Exception as error:
        logger.bind(error=type(error).__name__).warning("A step of a job failed")
        result = StepFailed(type(error).__name__)
    with contextlib.suppress(
        RuntimeError
    ):  # DBOS was stopped meanwhile: the step is repeated by whoever goes on
        there.call_soon_threadsafe(_tell, answer, result)


def _tell(answer: asyncio.Future[Word], result: Word | Exception) -> None:
    if answer.done():
        return
    if isinstance(result, Exception):
        answer.set_exception(result)
    else:
        answer.set_result(result)


class DbosRun:
    """Implements `jobs.work.Run` inside a workflow."""

    def __init__(self, home: Home) -> None:
        self._home = home

    async def step(self, name: str, work: Callable[[], Awaitable[Word]], *, waits: bool = False) -> Word:
        async def at_home() -> Word:
            return await self._home.do(work, waits=waits)

        options: StepOptions = {
            "name": name,
            "preemptible": waits,
            "retries_allowed": True,
            "max_attempts": STEP_ATTEMPTS,
            "interval_seconds": 1.0,
        }
        try:
            return await DBOS.run_step_async(options, at_home)
        except dbos_error.DBOSMaxStepRetriesExceeded as error:
            raise StepFailed(str(error.errors[-1]) if error.errors else name) from None

    async def pause(self, seconds: float) -> None:
        while seconds > 0 and await DBOS.recv_async(WAKE, min(seconds, PAUSE_SLICE_S)) is None:
            seconds -= PAUSE_SLICE_S


def _workflow(kind: str, job: Job, home: Home, floor: Floor) -> Callable[[str], Coroutine[Any, Any, Word]]:
    async def workflow(about: str) -> Word:
        try:
            return await job(DbosRun(home), floor, about)
        except Exception as error:
            logger.bind(job=f"{kind}:{about}", error=str(error) or type(error).__name__).error("A job failed")
            raise

    return workflow
