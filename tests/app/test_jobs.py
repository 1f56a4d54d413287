"""Jobs as a process runs them: over the real stores, through the wiring of `app/jobs.py`."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.jobs import open_durable, start_working, worker_name
from app.storage import Storage, open_storage
from app.supervision import Supervision
from domain.clock import SystemClock
from domain.deeds import Deed
from domain.gate_events import ActionDone, ApprovalDecided
from domain.messaging import MessageTemplate
from domain.ports.ledger import Approval, Reserved
from domain.ports.messages import Outgoing
from jobs.durable import DbosDurable
from jobs.floor import Pace
from jobs.janitor import Rounds
from prompts.spoken import fill
from tests.app.api.conftest import settings
from tests.support.postgres import database, postgres
from tests.tools.shop import SHOP, Office, euros
from tests.tools.world import World
from tools.gate import open_gate
from tools.gate.agreed import approval_of
from tools.gate.opening import World as Ports

__all__ = ["database", "postgres"]

COMPANY = replace(
    SHOP, messages=(MessageTemplate(name="approval_done", channel="sms", text="We have refunded it."),)
)
QUICK = Pace(head_start_s=0.1, intervals_s=(0.05,) * 20)
ROUNDS = Rounds(beat_s=0.1, every_s=0.1, late_s=0.3)


class Post:
    """Implements `domain.ports.messages.Sender`: what went out."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def send(self, message: Outgoing) -> str:
        self.sent.append(f"{message.template} to {message.to}")
        return f"SM-{len(self.sent)}"

    async def look_up(self, message: Outgoing) -> str | None:
        return None


@dataclass
class Process:
    """One process that does jobs; another may be opened on the same home after it."""

    storage: Storage
    durable: DbosDurable


class House:
    """What stays as processes come and go: the database, the systems of record, and the post."""

    def __init__(self, home: Path, database: str) -> None:
        self._settings = settings(home, database)
        self.office, self.post = Office(), Post()
        self.world = World(answers=self.office.answers())

    @asynccontextmanager
    async def process(self, role: str = "worker", *, rounds: Rounds = ROUNDS) -> AsyncIterator[Process]:
        clock = SystemClock()
        mine = self._settings.model_copy(update={"role": role, "worker_name": "one"})
        async with open_storage(mine, clock) as storage, AsyncExitStack() as stack:
            durable = await open_durable(storage, stack)
            ports = Ports(
                systems=self.world,
                ledger=storage.ledger,
                approvals=storage.approvals,
                durable=durable,
                messages=storage.outbox,
                identity=self.world,
                knowledge=self.world,
                callbacks=storage.callbacks,
            )
            gate = open_gate(COMPANY, ports, clock=clock, wording=fill)
            watches = await start_working(
                mine,
                storage,
                durable,
                {"shop": gate},
                self.post,
                clock=clock,
                stack=stack,
                pace=QUICK,
                rounds=rounds,
            )
            running = [asyncio.create_task(watch()) for watch in watches]
            try:
                yield Process(storage=storage, durable=durable)
            finally:
                for task in running:
                    task.cancel()
                await asyncio.gather(*running, return_exceptions=True)


@pytest.fixture
def house(tmp_path: Path, database: str) -> House:
    return House(tmp_path, database)


def refund(**changes: object) -> Deed:
    now = datetime.now(UTC)
    plain = Deed(
        id="d-1",
        company="shop",
        call_id="call-1",
        customer="C-1",
        action="refund",
        arguments={"order_id": "4712", "amount": {"minor": 8000, "currency": "EUR"}},
        scope={"caller": {"number": "+14155550111"}, "call": {"language": "en-US"}},
        subject="4712",
        amount=euros("80.00"),
        day="2026-11-21",
        created_at=now,
        moved_at=now,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # a test names what it changes


async def asked(process: Process) -> None:
    """As the gate leaves it: in the ledger, on the supervisors' list, with a job."""
    storage, now = process.storage, datetime.now(UTC)
    reserved = await storage.ledger.reserve(refund(), ())
    assert isinstance(reserved, Reserved)
    waiting = reserved.deed.moved("waiting", now)
    assert await storage.ledger.replace(waiting, 1)
    await storage.approvals.ask(
        Approval(
            id=approval_of("d-1"),
            deed=waiting,
            rules=("authority.agent",),
            reason="above 25.00 EUR",
            read_back="I will refund eighty euros for order 4712. Shall I do that?",
            state="waiting",
            asked_at=now,
            expires_at=now + timedelta(hours=24),
        )
    )
    await process.durable.start("approval", "d-1", company="shop")


async def until(true: Callable[[], Awaitable[bool]], *, within_s: float = 15.0) -> None:
    async with asyncio.timeout(within_s):
        while not await true():  # noqa: ASYNC110  # what another process does rings no bell
            await asyncio.sleep(0.05)


async def state_of(process: Process) -> str:
    deed = await process.storage.ledger.load("d-1")
    assert deed is not None
    return deed.state


async def test_an_approval_outlives_the_process_that_asked(house: House) -> None:
    async with house.process("media") as media:
        await asked(media)
    async with house.process() as first:
        await until(lambda: _has(first, "approval:d-1", worker="one"))
        assert await state_of(first) == "waiting"
    async with house.process() as second:
        await Supervision(second.storage.approvals, [COMPANY]).approve("d-1.approval", by="Grace")
        await until(lambda: _is_done(second, "approval:d-1"))
        deed = await second.storage.ledger.load("d-1")
        assert deed is not None
        assert (deed.state, deed.approver, house.office.refunded) == ("done", "Grace", 8000)
        told = [it.event for it in await second.storage.views.events("call-1")]
        assert [type(it) for it in told] == [ApprovalDecided, ActionDone]
        assert not (await second.storage.verification.verify("call-1")).flaws
        await until(lambda: _sent(second))
    assert house.post.sent == ["approval_done to +14155550111"]


async def test_a_media_process_starts_jobs_and_does_none(house: House) -> None:
    async with house.process("media") as media:
        await asked(media)
        await asyncio.sleep(0.5)
        assert [(it.id, it.worker) for it in await media.durable.list_jobs()] == [("approval:d-1", "")]


async def test_a_deed_of_a_process_that_died_in_mid_deed_is_found_out(house: House) -> None:
    house.office.answers()["createRefund"]({"order_id": "4712", "amount_minor": 8000}, "d-1")
    async with house.process("media") as media:
        reserved = await media.storage.ledger.reserve(refund(), ())
        assert isinstance(reserved, Reserved)
        begun = reserved.deed.moved("doing", datetime.now(UTC) - timedelta(seconds=95))
        assert await media.storage.ledger.replace(begun, 1)
    async with house.process() as worker:
        await until(lambda: _is_done(worker, "reconciliation:d-1"))
        assert await state_of(worker) == "done"
    assert house.office.refunded == 8000
    assert [name for name, _ in house.world.calls if name == "createRefund"] == []


async def _has(process: Process, job_id: str, *, worker: str) -> bool:
    return any((it.id, it.worker) == (job_id, worker) for it in await process.durable.list_jobs())


async def _is_done(process: Process, job_id: str) -> bool:
    return job_id in [it.id for it in await process.durable.list_jobs(states=["done"])]


async def _sent(process: Process) -> bool:
    return await process.storage.outbox.status("d-1.approval_done") == "sent"


def test_a_worker_has_a_name_of_its_own(tmp_path: Path) -> None:
    plain = settings(tmp_path, "postgresql://")
    assert worker_name(plain.model_copy(update={"worker_name": "pod-3"})) == "pod-3"
    first = worker_name(plain.model_copy(update={"role": "worker", "port": 8081}))
    assert first.endswith(":worker:8081")
    assert first == worker_name(plain.model_copy(update={"role": "worker", "port": 8081}))
