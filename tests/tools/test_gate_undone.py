"""An undo that went wrong: looked up, done again only where nothing was done, and only within its grace."""

from dataclasses import replace
from typing import Any

import pytest

from domain.actions import Binding, Reconcile
from domain.deeds import Deed
from tests.tools.shop import CANCEL_REFUND, SHOP
from tests.tools.test_gate_held import REFUND, Held

SEEN = Reconcile(
    binding=Binding(kind="openapi", name="listRefunds", given={"order_id": "order.order_id"}),
    done_when="answer.exists(refund, refund.refund_id == args.refund_id && refund.cancelled)",
)
LOOKED_UP = replace(
    SHOP,
    actions=tuple(
        replace(action, reconcile=SEEN) if action is CANCEL_REFUND else action for action in SHOP.actions
    ),
)


class Undone(Held):
    """A refund, whose undo gets no answer; and a back office that cancels nothing twice."""

    def __init__(self, fault: Any, company: Any = LOOKED_UP) -> None:
        super().__init__(company, faults={"cancelRefund": [fault]})
        cancel = self.world.answers["cancelRefund"]
        self.world.answers["cancelRefund"] = lambda args, key: (
            cancel(args, key) if self.office.refunded else (409, {"code": "cancelled_before"})
        )

    async def begin(self) -> str:
        await self.act("refund", **REFUND)
        await self.yes()
        return (await self.act("undo_last")).name

    @property
    def deed(self) -> Deed:
        return self.world.ledger.deeds["a-1"]

    async def try_again(self, after_s: float) -> str:
        self.world.clock.passed += after_s
        return await self.gate.afterwards.compensate(self.deed)

    @property
    def attempts(self) -> int:
        return [name for name, _ in self.world.calls].count("cancelRefund")


@pytest.mark.parametrize(("fault", "attempts"), [("lost_after", 1), ("lost_before", 2)])
async def test_it_is_looked_up_before_it_is_done_again(fault: Any, attempts: int) -> None:
    held = Undone(fault)
    assert await held.begin() == "unknown"
    assert await held.try_again(60.0) == "left"  # whoever began may be at it still
    assert held.attempts == 1
    assert await held.try_again(10.0) == "undone"
    assert (held.deed.state, held.attempts, held.office.refunded) == ("undone", attempts, 0)


async def test_it_is_not_done_again_while_nobody_can_look() -> None:
    held = Undone("lost_before")
    await held.begin()
    held.world.faults["listRefunds"] = ["not_done"]
    assert await held.try_again(70.0) == "left"
    assert (held.deed.state, held.attempts) == ("undoing", 1)
    assert await held.try_again(30.0) == "undone"


async def test_one_whose_system_knows_the_key_is_sent_again_under_it() -> None:
    held = Undone("lost_before", SHOP)
    await held.begin()
    keys: list[str] = []
    cancel = held.world.answers["cancelRefund"]

    def note(arguments: dict[str, Any], key: str) -> Any:
        keys.append(key)
        return cancel(arguments, key)

    held.world.answers["cancelRefund"] = note
    assert await held.try_again(70.0) == "undone"
    assert (keys, held.attempts) == (["a-1.undo"], 2)


async def test_one_that_somebody_may_be_at_is_left_to_them() -> None:
    held = Undone("lost_before", SHOP)
    await held.begin()
    held.world.clock.passed += 60.0
    assert (await held.gate.afterwards.recover(held.deed)).state == "undoing"
    assert held.attempts == 1


async def test_an_undo_that_fails_does_not_begin_its_grace_anew() -> None:
    held = Undone("not_done")
    held.world.faults["cancelRefund"] *= 2
    assert await held.begin() == "failed"
    held.world.clock.passed += 599.0
    assert (await held.act("undo_last")).name == "failed"
    held.world.clock.passed += 2.0
    assert (await held.act("undo_last")).name == "too_late"
    assert (held.deed.state, held.attempts, held.office.refunded) == ("done", 2, 2000)
