"""A job that writes a line for each step; also a program that is killed: `python -m tests.jobs.diary`."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.storage.database import engine_for
from adapters.storage.ledger import PostgresLedger
from adapters.storage.workers import PostgresWorkers
from domain.clock import SystemClock
from jobs.durable import DbosDurable
from jobs.floor import Floor
from jobs.janitor import Janitor, Rounds
from jobs.work import Job, Run
from jobs.worker import Worker
from tests.adapters.storage.trade import MASTER

NO_FLOOR = cast(Floor, None)
QUICK = Rounds(beat_s=0.1, lapsed_s=1.0, every_s=0.2)
STEPS = 4


def diary(book: Path, *, slow: float = 0.0, waits_for: Callable[[], Awaitable[Any]] | None = None) -> Job:
    """Each step writes `number begins` and `number ends`, and takes `slow` seconds between them."""

    async def job(run: Run, floor: Floor, about: str) -> str:
        for number in range(1, STEPS + 1):

            async def write(number: int = number) -> str:
                _write(book, f"{about} {number} begins")
                await asyncio.sleep(slow)
                if waits_for is not None and number == 2:
                    await waits_for()
                _write(book, f"{about} {number} ends")
                return str(number)

            await run.step("write", write, waits=waits_for is not None)
        return "written"

    return job


def lines(book: Path) -> list[str]:
    return book.read_text().splitlines() if book.exists() else []


def _write(book: Path, line: str) -> None:
    with book.open("a") as page:
        page.write(line + "\n")


async def janitor_of(name: str, url: str, durable: DbosDurable) -> tuple[Janitor, AsyncEngine]:
    engine = engine_for(url)
    ledger = PostgresLedger(engine, MASTER)
    workers = PostgresWorkers(engine)
    janitor = Janitor(
        name=name, workers=workers, durable=durable, ledger=ledger, clock=SystemClock(), rounds=QUICK
    )
    return janitor, engine


async def _main(url: str, name: str, book: str) -> None:
    janitor, _ = await janitor_of(name, url, DbosDurable(url))
    await janitor.beat()
    jobs = {"diary": diary(Path(book), slow=0.3)}
    await Worker(url=url, name=name, floor=NO_FLOOR, jobs=jobs, poll_s=0.1).start()
    await janitor.watch()


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
