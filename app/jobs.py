"""Durable jobs in a process: every one may start them, and those of role `all` and `worker` do them."""

import asyncio
import socket
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from os import getpid

from adapters.storage.database import plain_address
from adapters.storage.workers import PostgresWorkers
from app.settings import Settings
from app.storage import Storage
from domain.clock import Clock
from domain.ports.journal import Journal
from domain.ports.messages import Sender
from jobs.durable import DbosDurable, make_tables
from jobs.floor import Floor, Pace
from jobs.janitor import Janitor, Rounds
from jobs.postman import Postman
from jobs.worker import Worker
from tools.gate import Gate

Watch = Callable[[], Coroutine[None, None, None]]


async def open_durable(storage: Storage, stack: AsyncExitStack) -> DbosDurable:
    """What gates start jobs with; the tables of DBOS are brought up to date beside ours."""
    url = plain_address(storage.engine.url.render_as_string(hide_password=False))
    await asyncio.to_thread(make_tables, url)
    durable = DbosDurable(url)
    stack.push_async_callback(durable.close)
    return durable


async def start_working(
    settings: Settings,
    storage: Storage,
    durable: DbosDurable,
    gates: Mapping[str, Gate],
    sender: Sender,
    *,
    clock: Clock,
    stack: AsyncExitStack,
    pace: Pace | None = None,
    rounds: Rounds | None = None,
) -> Sequence[Watch]:
    """Take up jobs, in a process that does them; what must run beside them for as long as the process does.

    Call it after all that gates stand on was given to `stack`, which lets go in the opposite order.
    """
    if settings.role not in {"all", "worker"}:
        return []
    name = worker_name(settings)
    floor = Floor(
        gates={company: gate.afterwards for company, gate in gates.items()},
        ledger=storage.ledger,
        approvals=storage.approvals,
        callbacks=storage.callbacks,
        open_journal=partial(_journal, storage),
        written=partial(_written, storage),
        clock=clock,
        pace=pace or Pace(),
    )
    janitor = Janitor(
        name=name,
        workers=PostgresWorkers(storage.engine),
        durable=durable,
        ledger=storage.ledger,
        clock=clock,
        rounds=rounds,
    )
    await janitor.beat()  # before it takes up anything: whoever does not beat is taken for dead
    stack.push_async_callback(janitor.leave)
    url = plain_address(storage.engine.url.render_as_string(hide_password=False))
    worker = Worker(url=url, name=name, floor=floor)
    await worker.start()
    stack.push_async_callback(worker.close)
    return [janitor.watch, Postman(storage.outbox, sender, clock).watch]


def worker_name(settings: Settings) -> str:
    """A process on any free port has another name after a restart: a peer takes over what it left."""
    place = settings.port or f"any-{getpid()}"
    return settings.worker_name or f"{socket.gethostname()}:{settings.role}:{place}"


async def _journal(storage: Storage, call_id: str) -> Journal:
    """Events after the call go on in its own chain; a writer elsewhere that meets ours follows it."""
    await storage.journal.resume(call_id)
    return storage.journal


async def _written(storage: Storage, call_id: str) -> Sequence[object]:
    return [recorded.event for recorded in await storage.views.events(call_id)]
