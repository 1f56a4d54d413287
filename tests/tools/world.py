"""A small world behind the gate: ports that answer from memory, and a journal that one can read."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Literal

from adapters.company_folder import load_company
from domain.actions import Binding
from domain.company import Company
from domain.events import Event
from domain.ports.callbacks import CallbackRequest
from domain.ports.identity import CODES_PER_DAY, CodeCheck
from domain.ports.knowledge import Passage
from domain.ports.messages import Outgoing
from domain.ports.systems import Answered, MaybeDone, NotDone
from evals.memory_ledger import MemoryApprovals, MemoryLedger
from prompts.spoken import fill
from tools.case import Case
from tools.gate import Gate, open_gate
from tools.gate.opening import World as Ports

SAMPLE: Company = load_company(Path(__file__).parents[2] / "companies" / "sample")
CALLER = "+14155550111"
NOW = datetime(2026, 11, 21, 10, 30, tzinfo=UTC)  # a Saturday, and open in Dublin

ORDER: dict[str, Any] = {
    "order_id": "4712",
    "customer_id": "C-1",
    "state": "in_transit",
    "placed_on": "2026-11-17",
    "promised_on": "2026-11-22",
    "expected_on": "2026-11-22",
    "delivered_on": None,
    "items": [{"name": "tent", "quantity": 1}, {"name": "kettle", "quantity": 1}],
    "delivery_address": {"street": "Secret Street 1"},
}

Fault = Literal["not_done", "lost_before", "lost_after"]


class StillClock:
    """It is the same moment until a story says otherwise."""

    def __init__(self) -> None:
        self.passed = 0.0

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("the gate does not wait")


@dataclass
class World:
    """Everything behind one gate. `answers` by operation; a callable is asked with (arguments, key)."""

    answers: dict[str, Any] = field(default_factory=dict)
    passages: Sequence[Passage] = ()
    calls: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    effects: dict[str, tuple[str, dict[str, object]]] = field(default_factory=dict)
    """Idempotency key to what the systems of record have done for it."""
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    """Operation to what goes wrong with its next calls."""
    messages: list[CallbackRequest] = field(default_factory=list)
    sent: dict[str, Outgoing] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    jobs: list[tuple[str, str]] = field(default_factory=list)
    code: str = "482913"
    wrong: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """Wrong attempts by company, customer and day."""
    codes: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """One-time codes by company, customer and day."""
    before_answer: Callable[[], Awaitable[None]] | None = None
    clock: StillClock = field(default_factory=StillClock)
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    ids: Any = field(default_factory=lambda: (f"a-{number}" for number in count(1)))

    def __post_init__(self) -> None:
        self.approvals = MemoryApprovals(self.clock)

    # -- systems ---------------------------------------------------------------------------------

    def reads(self, binding: Binding) -> bool:
        return binding.name.startswith(("get", "list", "find", "preview"))

    def available(self, binding: Binding) -> bool:
        return True

    async def call(
        self, binding: Binding, arguments: Mapping[str, object], *, key: str, timeout_s: float
    ) -> Answered:
        self.calls.append((binding.name, dict(arguments)))
        if self.before_answer is not None:
            await self.before_answer()
        faults = self.faults.get(binding.name, [])
        fault = faults.pop(0) if faults else None
        if fault == "not_done" or binding.name not in self.answers:
            raise NotDone(binding.name)
        if fault == "lost_before":
            raise MaybeDone(binding.name)
        answer = self.answers[binding.name]
        status, body = answer(dict(arguments), key) if callable(answer) else answer
        if not self.reads(binding) and 200 <= status < 300:
            self.effects.setdefault(key, (binding.name, dict(arguments)))
        if fault == "lost_after":
            raise MaybeDone(binding.name)
        return Answered(status=status, body=body)

    # -- the other ports -------------------------------------------------------------------------

    async def search(self, company: str, question: str, *, on: date, limit: int = 3) -> Sequence[Passage]:
        assert company == SAMPLE.id
        assert on == date(2026, 11, 21)
        return self.passages[:limit]

    async def take(self, request: CallbackRequest) -> str:
        self.messages.append(request)
        return "message-1"

    async def send(self, message: Outgoing) -> Literal["queued", "already"]:
        known = message.id in self.sent
        self.sent.setdefault(message.id, message)
        return "already" if known else "queued"

    async def status(self, message_id: str) -> str | None:
        return "queued" if message_id in self.sent else None

    async def attempts(self, company: str, customer: str, day: str) -> int:
        return self.wrong[company, customer, day]

    async def take_attempt(self, company: str, customer: str, day: str, *, most: int) -> bool:
        taken = self.wrong[company, customer, day] < most
        self.wrong[company, customer, day] += taken
        return taken

    async def give_back(self, company: str, customer: str, day: str) -> None:
        self.wrong[company, customer, day] -= 1

    async def note_wrong(self, company: str, customer: str, day: str) -> int:
        self.wrong[company, customer, day] += 1
        return self.wrong[company, customer, day]

    async def make_code(
        self, company: str, customer: str, call_id: str, *, day: str, valid_s: float
    ) -> str | None:
        self.codes[company, customer, day] += 1
        return self.code if self.codes[company, customer, day] <= CODES_PER_DAY else None

    async def check_code(self, company: str, customer: str, call_id: str, code: str) -> CodeCheck:
        return "right" if code == self.code else "wrong"

    async def start(self, kind: str, about: str, **given: Any) -> str:
        self.jobs.append((kind, about))
        return f"{kind}:{about}"

    async def signal(self, job_id: str, topic: str, message: Mapping[str, Any]) -> None: ...

    async def cancel(self, job_id: str) -> None: ...

    async def retry(self, job_id: str) -> None: ...

    async def list_jobs(self, *, states: Any = (), limit: int = 200) -> Any:
        return []

    def write(self, call_id: str, event: Event) -> None:
        self.events.append(event)

    async def settle(self, call_id: str) -> None:
        return None

    # -- the gate --------------------------------------------------------------------------------

    def gate(self, company: Company = SAMPLE) -> Gate:
        ports = Ports(
            systems=self,
            ledger=self.ledger,
            approvals=self.approvals,
            durable=self,
            messages=self,
            identity=self,
            knowledge=self,
            callbacks=self,
        )
        return open_gate(company, ports, clock=self.clock, wording=fill, new_id=lambda: next(self.ids))

    def case(
        self,
        company: Company = SAMPLE,
        *,
        caller: str = CALLER,
        language: str = "en-US",
        call_id: str = "call-1",
    ) -> Case:
        return Case(company, call_id=call_id, caller=caller, line="main", language=language)

    def told(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


async def forever() -> None:
    await asyncio.Event().wait()
