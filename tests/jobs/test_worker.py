"""Jobs over DBOS on a real database: once by their id, cancelled, tried again, and resumed after a kill."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.ports.durable import Job as Seen
from jobs.durable import CannotRetry, DbosDurable, NoSuchJob
from jobs.work import Job, Run
from jobs.worker import Worker
from tests.jobs.diary import NO_FLOOR, STEPS, diary, janitor_of, lines

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def working(url: str, job: Job, *, name: str = "one") -> AsyncIterator[Worker]:
    worker = Worker(url=url, name=name, floor=NO_FLOOR, jobs={"diary": job}, poll_s=0.02)
    await worker.start()
    try:
        yield worker
    finally:
        await worker.close(within_s=2)


async def seen(durable: DbosDurable, job_id: str, state: str, *, within_s: float = 10.0) -> Seen:
    async with asyncio.timeout(within_s):
        while True:
            for job in await durable.list_jobs():
                if (job.id, job.state) == (job_id, state):
                    return job
            await asyncio.sleep(0.02)


async def until(true: Callable[[], bool], *, within_s: float = 10.0) -> None:
    async with asyncio.timeout(within_s):
        while not true():  # noqa: ASYNC110  # a book that another process writes rings no bell
            await asyncio.sleep(0.02)


def whole(about: str) -> list[str]:
    return [f"{about} {number} {what}" for number in range(1, STEPS + 1) for what in ("begins", "ends")]


async def test_the_same_id_runs_once(url: str, durable: DbosDurable, tmp_path: Path) -> None:
    book = tmp_path / "book"
    ids = [await durable.start("diary", "d-1", company="sample") for _ in range(3)]
    assert ids == ["diary:d-1"] * 3
    assert (await seen(durable, "diary:d-1", "waiting")).about == "d-1"
    async with working(url, diary(book)):
        job = await seen(durable, "diary:d-1", "done")
        await durable.start("diary", "d-1", company="sample")
        await durable.start("diary", "d-2", company="sample")
        await seen(durable, "diary:d-2", "done")
    assert lines(book) == whole("d-1") + whole("d-2")
    assert (job.kind, job.worker, job.error) == ("diary", "one", "")
    with pytest.raises(CannotRetry):
        await durable.retry("diary:d-1")


async def test_a_failed_job_says_why_and_is_tried_again(
    url: str, durable: DbosDurable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.worker.STEP_ATTEMPTS", 1)
    broken = [True]

    async def step() -> str:
        if broken[0]:
            raise ValueError("Ada Lovelace, +15550100")
        return "good"

    async def job(run: Run, floor: object, about: str) -> str:
        return await run.step("step", step)

    async with working(url, job):
        await durable.start("diary", "d-1")
        assert (await seen(durable, "diary:d-1", "failed")).error == "ValueError"
        broken[0] = False
        await durable.retry("diary:d-1")
        await seen(durable, "diary:d-1", "done")


async def test_a_wait_ends_when_its_job_is_cancelled_and_goes_on_when_it_is_tried_again(
    url: str, durable: DbosDurable, tmp_path: Path
) -> None:
    book, gate = tmp_path / "book", asyncio.Event()
    async with working(url, diary(book, waits_for=gate.wait)):
        await durable.start("diary", "d-1")
        await until(lambda: "d-1 2 begins" in lines(book))
        await durable.cancel("diary:d-1")
        await seen(durable, "diary:d-1", "cancelled")
        await asyncio.sleep(1.2)  # DBOS looks once a second whether a wait is to end
        gate.set()
        await asyncio.sleep(0.1)
        assert lines(book)[-1] == "d-1 2 begins"
        await durable.retry("diary:d-1")
        await seen(durable, "diary:d-1", "done")
    assert lines(book) == [*whole("d-1")[:3], *whole("d-1")[2:]]


async def test_a_pause_is_cut_short_by_whoever_says_that_it_is_time(url: str, durable: DbosDurable) -> None:
    async def job(run: Run, floor: object, about: str) -> str:
        await run.pause(3600)
        return "rested"

    async with working(url, job):
        await durable.start("diary", "d-1")
        await seen(durable, "diary:d-1", "running")
        await durable.retry("diary:d-1")
        await seen(durable, "diary:d-1", "done")


async def test_jobs_that_are_not_there(durable: DbosDurable) -> None:
    for ask in (durable.retry, durable.cancel):
        with pytest.raises(NoSuchJob):
            await ask("approval:nothing")
    with pytest.raises(NoSuchJob):
        await durable.signal("approval:nothing", "now", {})


async def test_a_job_is_begun_anew_for_what_happened_after_its_end(
    url: str, durable: DbosDurable, tmp_path: Path
) -> None:
    book = tmp_path / "book"
    now = datetime.now(UTC)
    async with working(url, diary(book)):
        await durable.ensure("diary", "d-1", since=now)
        await seen(durable, "diary:d-1", "done")
        await durable.ensure("diary", "d-1", since=now)
        assert lines(book) == whole("d-1")
        await durable.ensure("diary", "d-1", since=datetime.now(UTC) + timedelta(seconds=1))
        await until(lambda: lines(book) == whole("d-1") * 2)


async def test_a_failed_job_is_begun_anew_also_where_nothing_happened_since(
    url: str, durable: DbosDurable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.worker.STEP_ATTEMPTS", 1)
    away = [True]

    async def step() -> str:
        if away[0]:
            raise ConnectionError
        return "good"

    async def job(run: Run, floor: object, about: str) -> str:
        return await run.step("step", step)

    long_ago = datetime.now(UTC) - timedelta(days=1)
    async with working(url, job):
        await durable.ensure("diary", "d-1", since=long_ago)
        await seen(durable, "diary:d-1", "failed")
        assert await durable.failed() == 1
        away[0] = False
        await durable.ensure("diary", "d-1", since=long_ago)
        await seen(durable, "diary:d-1", "done")
        assert await durable.failed() == 0


async def test_jobs_that_ended_long_ago_are_forgotten(url: str, durable: DbosDurable, tmp_path: Path) -> None:
    async with working(url, diary(tmp_path / "book")):
        await durable.start("diary", "d-1")
        await seen(durable, "diary:d-1", "done")
    await durable.start("diary", "d-2")
    assert await durable.forget(before=datetime.now(UTC) - timedelta(days=30)) == 0
    assert await durable.forget(before=datetime.now(UTC) + timedelta(seconds=1)) == 1
    assert [job.id for job in await durable.list_jobs()] == ["diary:d-2"]


async def test_a_start_does_not_wait_for_a_database_that_is_away() -> None:
    durable = DbosDurable("postgresql://nobody@127.0.0.1:1/nothing")
    began = time.monotonic()
    assert await durable.start("approval", "d-1") == "approval:d-1"
    assert time.monotonic() - began < 6
    await durable.close()


async def test_a_stopped_worker_finishes_its_step_and_goes_on_where_it_was(
    url: str, durable: DbosDurable, tmp_path: Path
) -> None:
    book = tmp_path / "book"
    async with working(url, diary(book, slow=0.2)):
        await durable.start("diary", "d-1")
        await until(lambda: "d-1 2 begins" in lines(book))
    assert lines(book)[-1] == "d-1 2 ends"
    async with working(url, diary(book)):
        await seen(durable, "diary:d-1", "done")
    assert lines(book)[:4] == whole("d-1")[:4]
    assert lines(book)[-4:] == whole("d-1")[4:]


async def test_a_peer_takes_up_what_a_killed_worker_left(
    url: str, durable: DbosDurable, tmp_path: Path
) -> None:
    book = tmp_path / "book"
    command = [sys.executable, "-W", "ignore", "-m", "tests.jobs.diary", url, "victim", str(book)]
    victim = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    try:
        await durable.start("diary", "d-1")
        await until(lambda: "d-1 2 begins" in lines(book), within_s=30)
    finally:
        os.kill(victim.pid, signal.SIGKILL)
        await victim.wait()
    killed = time.monotonic()
    before = lines(book)
    janitor, engine = await janitor_of("peer", url, durable)
    await janitor.beat()
    async with working(url, diary(book), name="peer"):
        rounds = asyncio.create_task(janitor.watch())
        job = await seen(durable, "diary:d-1", "done", within_s=20)
        rounds.cancel()
    await engine.dispose()
    assert job.worker == "peer"
    assert before[:2] == whole("d-1")[:2]
    assert lines(book) == [*before, *whole("d-1")[2:]], "only the step that was killed is repeated"
    assert 0.8 < time.monotonic() - killed < 10
