"""A small world behind the gate: ports that answer from memory, and a journal that one can read."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from adapters.company_folder import load_company
from domain.company import Company
from domain.events import Event
from domain.ports.back_office import BackOfficeFailed, Json
from domain.ports.callbacks import CallbackRequest
from domain.ports.knowledge import Passage
from prompts.spoken import fill
from tools.gate import CallFacts, Gate

SAMPLE: Company = load_company(Path(__file__).parents[2] / "companies" / "sample")
CALL = CallFacts(call_id="call-1", caller="+14155550111", language="en-US")
NOW = datetime(2026, 11, 21, 10, 30, tzinfo=UTC)  # a Saturday, and open in Dublin

ORDER: dict[str, Json] = {
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


class StillClock:
    """It is always the same moment."""

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("the gate does not wait")


@dataclass
class World:
    """Everything behind one gate."""

    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    passages: Sequence[Passage] = ()
    reads: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    messages: list[CallbackRequest] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    before_answer: Callable[[], Awaitable[None]] | None = None

    async def read(self, operation: str, arguments: Mapping[str, object]) -> tuple[int, Json]:
        self.reads.append((operation, dict(arguments)))
        if self.before_answer is not None:
            await self.before_answer()
        if operation not in self.answers:
            raise BackOfficeFailed(operation)
        return self.answers[operation]

    async def search(self, company: str, question: str, *, on: date, limit: int = 3) -> Sequence[Passage]:
        assert company == SAMPLE.id
        assert on == date(2026, 11, 21)
        return self.passages[:limit]

    async def take(self, request: CallbackRequest) -> str:
        self.messages.append(request)
        return "message-1"

    def write(self, call_id: str, event: Event) -> None:
        assert call_id == CALL.call_id
        self.events.append(event)

    async def settle(self, call_id: str) -> None:
        return None

    def gate(self, company: Company = SAMPLE) -> Gate:
        return Gate(
            company,
            knowledge=self,
            callbacks=self,
            back_office=self,
            clock=StillClock(),
            wording=fill,
            new_id=lambda: "a-1",
        )


async def forever() -> None:
    await asyncio.Event().wait()
