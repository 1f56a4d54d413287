"""Leases of workers in the database."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.storage.workers import PostgresWorkers


async def test_a_worker_lives_for_as_long_as_it_says_so(engine: AsyncEngine) -> None:
    workers = PostgresWorkers(engine)
    await workers.beat("a")
    await workers.beat("b")
    await workers.beat("b")
    assert await workers.alive(within_s=60) == {"a", "b"}
    await workers.leave("a")
    assert await workers.alive(within_s=60) == {"b"}
    await asyncio.sleep(0.05)
    assert await workers.alive(within_s=0.04) == frozenset()


async def test_one_at_a_time_keeps_watch(engine: AsyncEngine) -> None:
    one, two = PostgresWorkers(engine), PostgresWorkers(engine)
    async with one.watch() as first, two.watch() as second:
        assert (first, second) == (True, False)
    async with two.watch() as later:
        assert later


async def test_the_watch_of_one_that_failed_is_free(engine: AsyncEngine) -> None:
    workers = PostgresWorkers(engine)
    try:
        async with workers.watch():
            raise ValueError
    except ValueError:
        pass
    async with workers.watch() as again:
        assert again
