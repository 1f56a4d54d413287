import asyncio

import psycopg

from adapters.storage.bell import Bell
from adapters.storage.database import plain_address
from tests.adapters.storage.trade import SetClock


async def test_it_rings_for_the_key_that_is_named(database: str) -> None:
    bell = Bell(database, "trial", SetClock())
    async with (
        asyncio.timeout(30),
        bell.waiting("a") as first,
        bell.waiting("b") as second,
        bell.waiting() as whichever,
    ):
        for rung in (first, second, whichever):
            await rung.wait()  # it rings once for all when it begins to listen
            rung.clear()
        with psycopg.connect(plain_address(database), autocommit=True) as outside:
            outside.execute("SELECT pg_notify('trial', 'b'), pg_notify('trial', 'a')")
            await first.wait()
            assert (second.is_set(), whichever.is_set()) == (True, True)
            for rung in (first, second, whichever):
                rung.clear()
            outside.execute("SELECT pg_notify('trial', 'x'), pg_notify('other', 'a')")
            await whichever.wait()
            assert (first.is_set(), second.is_set()) == (False, False)


async def test_a_connection_that_dies_is_made_anew(database: str) -> None:
    bell = Bell(database, "trial", SetClock())
    async with asyncio.timeout(30), bell.waiting("a") as rung:
        await rung.wait()
        rung.clear()
        with psycopg.connect(plain_address(database), autocommit=True) as outside:
            ended = outside.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'callwright bell' AND datname = current_database()"
            ).fetchall()
        assert ended == [(True,)]
        await rung.wait()


async def test_it_is_looked_seldom_while_it_rings_and_often_where_it_does_not(database: str) -> None:
    """One that cannot ring is looked past after `again_s`; one that rings keeps its connection meanwhile."""
    deaf = Bell(f"{database}&port=1", "trial", SetClock(), again_s=0.01, quiet_s=3600)
    async with asyncio.timeout(5), deaf.waiting() as rung:
        await deaf.rung_within(rung, 3600)
    bell = Bell(database, "trial", SetClock(), again_s=0.01, quiet_s=3600)
    async with asyncio.timeout(30), bell.waiting() as rung:
        await rung.wait()
        rung.clear()
        patient = asyncio.create_task(bell.rung_within(rung, 3600))
        await asyncio.sleep(0.1)
        assert not patient.done()
        with psycopg.connect(plain_address(database), autocommit=True) as outside:
            outside.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'callwright bell' AND datname = current_database()"
            )
        await patient
