"""What attacks have found: steps no rule saw, another's deed, an undo too far, a wait nobody knew."""

from dataclasses import replace
from typing import Any

from domain.confirmation import Said
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
