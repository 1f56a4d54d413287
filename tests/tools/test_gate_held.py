"""What attacks have found: steps no rule saw, another's deed, an undo too far, a wait nobody knew."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from domain.confirmation import Said
from domain.gate_events import ActionDone, ApprovalDecided
from domain.money import Money
from domain.policy import Rule
from tests.tools.shop import SHOP, Office
from tests.tools.world import World
from tools.words import Outcome

REFUND = {"order_id": "4712", "amount": "20.00"}


class Held:
    """One call at the shop's gate, whose policy may be another."""

    def __init__(self, company: Any = SHOP, **world: Any) -> None:
        self.office = Office()
        self.world = World(answers=self.office.answers(), **world)
        self.company = company
        self.gate = self.world.gate(company)
        self.case = self.world.case(company)

    async def act(self, name: str, **given: Any) -> Outcome:
        return await self.gate.act(self.case, name, given, self.world)

    async def waits(self) -> str:
        """The deed that a supervisor is asked about."""
        await self.act("refund", order_id="4712", amount="80.00")
        return (await self.yes()).deed_id

    async def decide(self, deed_id: str, state: Any, **more: Any) -> None:
        await self.world.approvals.decide(f"{deed_id}.approval", state=state, by="maria", **more)

    async def supervised(self, deed_id: str) -> Outcome:
        return await self.gate.supervised(self.case, deed_id, self.world)

    async def yes(self) -> Outcome:
        assert self.case.proposal is not None
        said = Said(text="yes", by="voice", heard=self.case.proposal.question.sentence)
        outcome = await self.gate.hear(self.case, said, self.world)
        assert outcome is not None
        return outcome


async def test_a_step_is_decided_by_its_own_rules() -> None:
    no = Rule(id="no_end", actions=("end_contract",), when="true", then="deny", reason="never")
    held = Held(replace(SHOP, policy=replace(SHOP.policy, rules=(*SHOP.policy.rules, no))))
    await held.act("leave", order_id="4712")
    assert (await held.yes()).name == "compensated"
    assert held.office.ended == set()


async def test_what_another_customer_holds_is_not_told() -> None:
    refund = next(it for it in SHOP.actions if it.name == "refund")
    ownerless = replace(refund, owner=None)
    others = tuple(ownerless if it is refund else it for it in SHOP.actions)
    held = Held(replace(SHOP, actions=others))
    await held.act("refund", **REFUND)
    assert (await held.yes()).name == "done"
    held.world.answers["findCustomer"] = (200, [{"customer_id": "C-9"}])
    held.case = held.world.case(held.company, call_id="call-2")
    outcome = await held.act("refund", **REFUND)
    assert (outcome.name, outcome.facts, dict(outcome.arguments)) == ("denied", {}, {})


async def test_an_undo_does_not_reach_past_a_deed_of_unknown_end() -> None:
    held = Held()
    await held.act("leave", order_id="4712")
    await held.yes()
    held.world.faults["createRefund"] = ["lost_before"]
    await held.act("refund", **REFUND)
    assert (await held.yes()).name == "unknown"
    assert (await held.act("undo_last")).name == "unknown"
    assert held.office.ended


async def test_one_undo_takes_back_one_deed() -> None:
    held = Held()
    await held.act("leave", order_id="4712")
    await held.yes()
    await held.act("refund", **REFUND)
    await held.yes()
    assert (await held.act("undo_last")).name == "undone"
    assert (await held.act("undo_last")).name == "nothing_to_undo"
    assert held.office.ended


async def test_a_wait_is_taken_up_by_the_callers_next_call() -> None:
    held = Held()
    await held.act("refund", order_id="4712", amount="80.00")
    waiting = await held.yes()
    held.case = held.world.case(SHOP, call_id="call-2")
    again = await held.act("refund", order_id="4712", amount="80.00")
    assert (again.name, again.deed_id) == ("waiting", waiting.deed_id)
    await held.world.approvals.decide(f"{waiting.deed_id}.approval", state="approved", by="maria")
    outcome = await held.gate.supervised(held.case, waiting.deed_id, held.world)
    assert (outcome.name, held.office.refunded) == ("done", 8000)


async def test_less_of_what_a_record_says_cannot_be_done() -> None:
    refund = next(it for it in SHOP.actions if it.name == "refund")
    by_record = replace(refund, amount="order.paid", limits=())
    others = tuple(by_record if it is refund else it for it in SHOP.actions)
    held = Held(replace(SHOP, actions=others))
    await held.act("refund", **REFUND)
    waiting = await held.yes()
    assert waiting.name == "waiting"
    approval, less = f"{waiting.deed_id}.approval", Money.of("5.00", "EUR")
    await held.world.approvals.decide(approval, state="approved", by="maria", amount=less)
    outcome = await held.gate.supervised(held.case, waiting.deed_id, held.world)
    assert (outcome.name, held.office.refunded) == ("denied", 0)


async def test_what_was_agreed_to_elsewhere_is_done_to_its_end_when_the_call_is_over() -> None:
    held = Held()
    deed_id = await held.waits()
    await held.decide(deed_id, "approved")
    held.case = held.world.case(SHOP, call_id="call-2")
    goes_on = asyncio.Event()

    async def wait() -> None:
        await goes_on.wait()

    held.world.before_answer = wait
    caller = asyncio.create_task(held.supervised(deed_id))
    while held.world.calls[-1][0] != "createRefund":
        await asyncio.tasks.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert held.office.refunded == 0
    goes_on.set()
    await held.gate.settle()
    assert held.office.refunded == 8000
    assert [done.outcome for done in held.world.told(ActionDone)] == ["done"]


@pytest.mark.parametrize("state", ["doing", "unknown"])
async def test_what_a_job_is_doing_has_not_ended(state: Any) -> None:
    held = Held()
    deed_id = await held.waits()
    await held.decide(deed_id, "approved")
    ledger = held.world.ledger
    for to in ("reserved", "doing", state):
        deed = ledger.deeds[deed_id]
        ledger.deeds[deed_id] = deed if deed.state == to else deed.moved(to, held.world.clock.now())
    outcome = await held.supervised(deed_id)
    assert outcome.name == "unknown"
    assert held.world.told(ActionDone) == []


async def test_a_job_that_begins_at_the_same_moment_does_it_alone() -> None:
    held = Held()
    deed_id = await held.waits()
    await held.decide(deed_id, "approved")
    ledger = held.world.ledger
    honest = ledger.replace

    async def overtaken(deed: Any, expected_version: int) -> bool:
        if deed.state == "doing":
            ledger.deeds[deed_id] = replace(deed, version=deed.version + 1)
            return False
        return await honest(deed, expected_version)

    ledger.replace = overtaken  # type: ignore[method-assign]  # one race, at one moment
    assert (await held.supervised(deed_id)).name == "unknown"
    assert held.world.told(ActionDone) == []
    assert held.office.refunded == 0


@pytest.mark.parametrize("decision", [None, "approved", "denied", "lowered"])
async def test_what_the_caller_called_off_is_not_answered(decision: str | None) -> None:
    """Whatever the supervisor decided in the same moment."""
    held = Held()
    deed_id = await held.waits()
    proposal = held.case.waiting[deed_id]
    if decision is not None:
        less = Money.of("5.00", "EUR") if decision == "lowered" else None
        await held.decide(deed_id, "denied" if decision == "denied" else "approved", amount=less)
    assert (await held.act("undo_last")).name == "nothing_done"
    assert held.case.waiting == {}
    if decision is None:
        assert held.world.approvals.asked[f"{deed_id}.approval"].state == "expired"
    held.case.waiting[deed_id] = proposal  # as who waited since before
    outcome = await held.supervised(deed_id)
    assert (outcome.name, outcome.say, held.office.refunded) == ("withdrawn", "", 0)
    assert (held.case.proposal, held.case.waiting) == (None, {})
    assert [it for it in held.world.told(ActionDone) if it.action_id == deed_id] == []


async def test_what_nobody_decided_in_time_is_refused_in_words_of_its_own() -> None:
    held = Held()
    deed_id = await held.waits()
    await held.decide(deed_id, "expired")
    outcome = await held.supervised(deed_id)
    assert outcome.name == "denied"
    assert outcome.say == "Nobody could agree to that in time, so I have not done it."
    assert held.world.ledger.deeds[deed_id].state == "refused"
    assert [it.decision for it in held.world.told(ApprovalDecided)] == ["expired"]
