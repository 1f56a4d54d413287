"""The real gate over PostgreSQL and HTTP, with the sample's folder; each attempt has its own ledger."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from adapters.company_folder import load_company
from adapters.openapi import OpenApiSystem
from adapters.secrets import MasterKey
from adapters.storage.approvals import PostgresApprovals
from adapters.storage.callbacks import PostgresCallbacks
from adapters.storage.database import engine_for
from adapters.storage.identity import PostgresIdentityRecords
from adapters.storage.knowledge import PostgresKnowledge
from adapters.storage.ledger import PostgresLedger
from adapters.storage.outbox import PostgresOutbox
from adapters.systems import BoundSystems
from domain.clock import Clock, SystemClock
from domain.company import Company
from domain.confirmation import Said
from domain.events import Event
from evals.attacks.office import DEMO_KEY, Office
from prompts.spoken import fill
from tools.case import Case
from tools.gate import Gate, Outcome, open_gate
from tools.gate.opening import World

FOLDER = Path(__file__).parents[2] / "companies" / "sample"
MORNING = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
"""A Monday, and open in Dublin."""
_companies = count(1)


class StageClock:
    """Runs like the machine's from our morning on; `passed` jumps."""

    def __init__(self, since: datetime | None = None, passed: float = 0.0) -> None:
        self._real = SystemClock()
        self.since = since or self._real.now()
        self.passed = passed

    def now(self) -> datetime:
        return MORNING + (self._real.now() - self.since) + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return (self.now() - MORNING).total_seconds()

    async def sleep(self, seconds: float) -> None:
        await self._real.sleep(seconds)


class NoJobs:
    """Durable work that is asked for and done by whoever plays the jobs."""

    async def start(self, kind: str, about: str, **_: Any) -> str:
        return f"{kind}:{about}"

    async def signal(self, job_id: str, topic: str, message: Any) -> None: ...

    async def cancel(self, job_id: str) -> None: ...

    async def retry(self, job_id: str) -> None: ...

    async def list_jobs(self, **_: Any) -> Sequence[Any]:
        return ()


class Notes:
    """A journal that one can read."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def write(self, call_id: str, event: Event) -> None:
        del call_id
        self.events.append(event)

    async def settle(self, call_id: str) -> None:
        del call_id


@dataclass(frozen=True, kw_only=True)
class Yes:
    """A sentence that the caller heard to its end and agreed to, by their own word."""

    call_id: str
    sentence: str
    at: datetime


@dataclass(kw_only=True)
class Truth:
    """What really happened on the people's side, whatever the model or the gate make of it."""

    yeses: list[Yes] = field(default_factory=list)
    callers: dict[str, str] = field(default_factory=dict)
    """Call to the number that rings."""
    proven: dict[str, dict[str, int]] = field(default_factory=dict)
    """Call to whom the caller is by right, and how far they could prove it: 1 number, 2 facts, 3 code."""
    undos: dict[str, int] = field(default_factory=dict)
    """Call to how often the caller wanted something taken back."""
    allowed: dict[str, int] = field(default_factory=dict)
    """Deed to the minor units that a supervisor allowed."""
    told: list[tuple[str, str]] = field(default_factory=list)
    """Call and everything that the gate let out to model and caller."""
    faults: bool = False
    """Systems failed, so that compensations are due."""


class Call:
    """One call, with a gate of its own as a process would have it; ids begin with the call's name."""

    def __init__(self, stage: "Stage", number: str, language: str = "en-US") -> None:
        self.id = f"{stage.company.id}-{next(stage.numbers)}"
        self._stage = stage
        ids = count(1)
        self.notes = Notes()
        self.gate = open_gate(
            stage.company,
            stage.world,
            clock=stage.clock,
            wording=fill,
            new_id=lambda: f"{self.id}.{next(ids)}",
        )
        self.case = Case(stage.company, call_id=self.id, caller=number, line="main", language=language)
        stage.truth.callers[self.id] = number
        owners = [it for it in stage.office.records.customers.values() if number in it.phones]
        stage.truth.proven[self.id] = {owners[0].customer_id: 1} if len(owners) == 1 else {}

    @property
    def sentence(self) -> str:
        proposal = self.case.proposal
        return proposal.question.sentence if proposal else ""

    async def act(self, name: str, arguments: Any = None, /, **given: Any) -> Outcome:
        outcome = await self.gate.act(self.case, name, given if arguments is None else arguments, self.notes)
        self._let_out(outcome)
        return outcome

    async def says(self, text: str, *, heard: str | None = None, by: Any = "voice") -> Outcome | None:
        """`heard`: what the caller heard of a question; all of the open one if left out."""
        heard = self.sentence if heard is None else heard
        outcome = await self.gate.hear(self.case, Said(text=text, by=by, heard=heard), self.notes)
        if outcome is not None:
            self._let_out(outcome)
        return outcome

    async def agrees(self, text: str = "yes please", *, by: Any = "voice") -> Outcome | None:
        """Truly: they heard it all and mean it."""
        stage = self._stage
        if self.sentence:
            stage.truth.yeses.append(Yes(call_id=self.id, sentence=self.sentence, at=stage.clock.now()))
        return await self.says(text, by=by)

    async def wants_undo(self) -> Outcome:
        self._stage.truth.undos[self.id] = self._stage.truth.undos.get(self.id, 0) + 1
        return await self.act("undo_last")

    async def proves(self, customer_id: str) -> Outcome:
        """With the facts of this customer, who is really there."""
        customer = self._stage.office.records.customers[customer_id]
        self._stage.truth.proven[self.id][customer_id] = 2
        return await self.act(
            "verify_identity",
            postcode=customer.address.postcode,
            born_on=str(customer.born_on),
            phone=customer.phones[0],
        )

    async def proves_by_code(self, customer_id: str) -> Outcome:
        """The caller reads the message on their own telephone."""
        await self.act("send_code")
        self._stage.truth.proven[self.id][customer_id] = 3
        return await self.act("check_code", code=await self._stage.last_code(self.id))

    async def supervised(self) -> Outcome | None:
        """What the call learns of the last deed that waits."""
        waiting = [*self.case.waiting]
        if not waiting:
            return None
        outcome = await self.gate.supervised(self.case, waiting[-1], self.notes)
        self._let_out(outcome)
        return outcome

    def _let_out(self, outcome: Outcome) -> None:
        told = json.dumps(outcome.for_model(), default=str, ensure_ascii=False)
        self._stage.truth.told.append((self.id, told))


class Stage:
    """One attempt's company, ledger, office and truth."""

    def __init__(self, company: Company, world: World, office: Office, clock: StageClock) -> None:
        self.company = company
        self.world = world
        self.office = office
        self.clock = clock
        self.truth = Truth()
        self.numbers = count(1)

    def call(self, number: str, language: str = "en-US") -> Call:
        return Call(self, number, language)

    def call_of(self, customer_id: str, language: str = "en-US") -> Call:
        return Call(self, self.office.records.customers[customer_id].phones[0], language)

    async def decide(self, state: Any, *, less: Any = None, by: str = "maria") -> int:
        """A real supervisor answers everything that waits; how many there were."""
        waiting = await self.world.approvals.waiting(self.company.id)
        for approval in waiting:
            amount = less or approval.deed.amount
            if state == "approved" and amount is not None:
                self.truth.allowed[approval.deed.id] = amount.minor
            await self.world.approvals.decide(approval.id, state=state, by=by, amount=less)
        return len(waiting)

    async def last_code(self, call_id: str) -> str:
        sent = await self._outbox.of_call(call_id)
        text = next(it.message.text for it in sent if it.message.template == "one_time_code")
        return next(word.strip(".") for word in text.split() if word.strip(".").isdecimal())

    async def messages(self) -> Sequence[Any]:
        return [it.message for it in await self._outbox.list_recent(self.company.id, limit=500)]

    @property
    def _outbox(self) -> PostgresOutbox:
        assert isinstance(self.world.messages, PostgresOutbox)
        return self.world.messages


class Theatre:
    """What all attempts share: the server of records, the database, the read folder."""

    def __init__(self, url: str, office: Office, clock: StageClock, client: httpx.AsyncClient) -> None:
        self.company = load_company(FOLDER)
        self._office = office
        self._clock = clock
        self._engine = engine_for(url, connections=12)
        self._master = MasterKey(b"a master key of thirty-two bytes")
        self._url = url
        tree = json.loads((FOLDER / "backoffice.openapi.json").read_text("utf-8"))
        self._system = OpenApiSystem(
            tree, client=client, clock=clock, secrets=lambda _: DEMO_KEY, base_url=office.url
        )

    def stage(self, company_id: str = "") -> Stage:
        """A fresh day, unless it is a company that was before."""
        if not company_id:
            self._office.reset()
            self._clock.passed = 0.0
        company = replace(
            self.company,
            id=company_id or f"larkfield-{next(_companies)}",
            policy=replace(self.company.policy, approval_wait_s=0),
        )
        world = ports(self._engine, self._url, self._master, self._clock, self._system)
        return Stage(company, world, self._office, self._clock)

    async def close(self) -> None:
        await self._engine.dispose()


def ports(engine: Any, url: str, master: MasterKey, clock: Clock, system: OpenApiSystem) -> World:
    return World(
        systems=BoundSystems(clock=clock, openapi=system),
        ledger=PostgresLedger(engine, master),
        approvals=PostgresApprovals(engine, url, master, clock),
        durable=NoJobs(),
        messages=PostgresOutbox(engine, url, master, clock),
        identity=PostgresIdentityRecords(engine, master, clock),
        knowledge=PostgresKnowledge(engine),
        callbacks=PostgresCallbacks(engine, clock),
    )


@asynccontextmanager
async def open_theatre(url: str, office: Office, clock: StageClock) -> AsyncIterator[Theatre]:
    async with httpx.AsyncClient() as client:
        theatre = Theatre(url, office, clock, client)
        try:
            yield theatre
        finally:
            await theatre.close()


async def settle_by_jobs(stage: Stage, gate: Gate, *, rounds: int = 3) -> None:
    """What the durable floor does for deeds that nobody is at any more."""
    for _ in range(rounds):
        stage.clock.passed += 100.0
        before = stage.clock.now()
        for deed in await stage.world.ledger.in_state(
            "reserved", "doing", "unknown", "undoing", before=before
        ):
            if deed.company == stage.company.id and deed.parent is None:
                after = await gate.afterwards.recover(deed)
                await gate.afterwards.compensate(after)
