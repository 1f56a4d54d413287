"""The sample company before its back office: the stand-in in this process, behind the real adapters."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from adapters.openapi import OpenApiSystem
from adapters.systems import BoundSystems
from domain.clock import Clock
from domain.confirmation import Said
from domain.gate_events import ActionDecided
from prompts.spoken import fill
from simulator.company.access import DEMO_KEY
from simulator.company.app import app, open_day
from simulator.company.faults import Fault
from simulator.company.office import Office
from tests.tools.world import NOW, SAMPLE, World
from tools.case import Case
from tools.gate import open_gate
from tools.gate.opening import World as Ports
from tools.words import Outcome

FOLDER = Path(__file__).parents[2] / "companies" / "sample"
DOCUMENT = json.loads((FOLDER / "backoffice.openapi.json").read_text(encoding="utf-8"))

ANNA, BEN, PRIYA, TOM = "+14155550111", "+14155550112", "+14155550113", "+14155550114"
SOFIA, JAMES, MEI, NORA = "+14155550115", "+442079460106", "+442079460107", "+14155550123"
ADEYEMIS, STRANGER = "+442079460108", "+14155550190"
FACTS: Mapping[str, Mapping[str, str]] = {
    PRIYA: {"postcode": "20457", "born_on": "1979-03-25"},
    ANNA: {"postcode": "10115", "born_on": "1984-06-17"},
    JAMES: {"postcode": "t12 w8k3", "born_on": "1975-12-12"},
    MEI: {"postcode": "8 0 3 3 1", "born_on": "1996-05-04"},
    NORA: {"postcode": "D06 K7P1", "born_on": "1986-03-19"},
}


class MovableClock(Clock):
    """Whoever waits has waited."""

    def __init__(self) -> None:
        self.passed = 0.0

    def now(self) -> Any:
        return NOW + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        self.passed += seconds


class Call:
    """One caller at the gate, and everything behind it."""

    def __init__(self, client: httpx.AsyncClient, service: Any, clock: MovableClock, caller: str) -> None:
        self.world = World()
        self.clock = clock
        self.service = service
        self.caller = caller
        self._gate = open_gate(
            SAMPLE,
            Ports(
                systems=BoundSystems(
                    clock=clock,
                    openapi=OpenApiSystem(
                        DOCUMENT,
                        client=client,
                        clock=clock,
                        secrets=lambda _: DEMO_KEY,
                        base_url="http://office",
                        chance=lambda: 0.5,
                    ),
                ),
                ledger=self.world.ledger,
                approvals=self.world.approvals,
                durable=self.world,
                messages=self.world,
                identity=self.world,
                knowledge=self.world,
                callbacks=self.world,
            ),
            clock=clock,
            wording=fill,
            new_id=lambda: next(self.world.ids),
        )
        self.case = Case(SAMPLE, call_id="call-1", caller=caller, line="main", language="en-US")

    @property
    def office(self) -> Office:
        office = self.service.state.office
        assert isinstance(office, Office)
        return office

    def effects(self) -> list[str]:
        """The writes that were carried out, oldest first."""
        return [effect.operation for effect in self.service.state.watch.receipts.effects]

    def fault(self, **fault: Any) -> None:
        self.service.state.watch.faults.waiting.append(Fault(**fault))

    def rules(self) -> tuple[str, ...]:
        """Those of the last decision."""
        decided: ActionDecided = self.world.told(ActionDecided)[-1]
        return tuple(decided.rules)

    async def act(self, action: str, **arguments: Any) -> Outcome:
        return await self._gate.act(self.case, action, arguments, self.world)

    async def says(self, text: str, heard: str) -> Outcome:
        outcome = await self._gate.hear(self.case, Said(text=text, by="voice", heard=heard), self.world)
        assert outcome is not None
        return outcome

    async def agrees(self, action: str, **arguments: Any) -> tuple[str, Outcome]:
        """The read-back, and what came of the yes to it."""
        asked = await self.act(action, **arguments)
        assert asked.name == "confirm", (asked, self.rules())
        return asked.say, await self.says("yes please", asked.say)

    async def approved(self, waiting: Outcome) -> Outcome:
        """A supervisor says yes while the caller holds on."""
        approval_id = f"{waiting.deed_id}.approval"
        await self.world.approvals.decide(approval_id, state="approved", by="sam")
        return await self._gate.supervised(self.case, waiting.deed_id, self.world)

    async def verified(self) -> None:
        outcome = await self.act("verify_identity", **FACTS[self.caller])
        assert outcome.name == "proven", outcome

    async def confirmed(self) -> None:
        assert (await self.act("send_code")).name == "sent"
        assert (await self.act("check_code", code=self.world.code)).name == "proven"

    def sent(self) -> list[tuple[str, str]]:
        """Template and address of each message."""
        return [(message.template, message.to) for message in self.world.sent.values()]


SERVICE = app(today=NOW.date())
"""Put together once; each call opens a new day in it."""
FIRST: Office = SERVICE.state.office


def _founded(clock: Clock) -> Office:
    """As on the first day; records are never changed, only replaced."""
    shelves = {field.name: getattr(FIRST, field.name) for field in fields(FIRST)}
    copies: dict[str, Any] = {name: dict(kept) for name, kept in shelves.items() if isinstance(kept, dict)}
    return replace(FIRST, now=clock.now, **copies)


@asynccontextmanager
async def calling(caller: str, identity: str = "recognised") -> AsyncIterator[Call]:
    """A fresh back office, and a caller who has proven as much as `identity` says."""
    clock = MovableClock()
    open_day(SERVICE, _founded(clock), clock.sleep)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=SERVICE)) as client:
        call = Call(client, SERVICE, clock, caller)
        if identity in {"verified", "confirmed"}:
            await call.verified()
        if identity == "confirmed":
            await call.confirmed()
        yield call
