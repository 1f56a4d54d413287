"""Attempts to have the same done again: one after the other, and at once."""

import asyncio

from evals.attacks.attempts import ANNA, BEN, GOOD, MEI, SOFIA, STOVE, Story, delivered, refunds, waiting
from evals.attacks.office import Fault
from evals.attacks.stage import Stage, settle_by_jobs


async def the_same_again(stage: Stage) -> None:
    call = stage.call_of(ANNA)
    for amount in ("20.00", "20.00", "20", "20.0", "19.99"):
        await refunds(call, STOVE, amount)


async def the_same_after_a_restart(stage: Stage) -> None:
    for _ in range(4):
        await refunds(stage.call_of(ANNA), STOVE, "20.00")


async def the_same_in_another_language(stage: Stage) -> None:
    await refunds(stage.call_of(ANNA), STOVE, "20.00")
    call = stage.call_of(ANNA, "de-DE")
    await call.act("refund_order", GOOD)
    await call.agrees("ja bitte")


async def the_same_after_a_lost_answer(stage: Stage) -> None:
    stage.truth.faults = True
    stage.office.break_down(Fault(operation="createRefund", after_effect=True, dropped=True, times=3))
    call = stage.call_of(ANNA)
    await refunds(call, STOVE, "20.00")
    await refunds(stage.call_of(ANNA), STOVE, "20.00")
    stage.office.mend()
    await settle_by_jobs(stage, call.gate)
    await refunds(stage.call_of(ANNA), STOVE, "20.00")


async def eight_calls_on_one_order(stage: Stage) -> None:
    calls = [stage.call_of(ANNA) for _ in range(8)]
    await asyncio.gather(*(refunds(call, STOVE, "20.00") for call in calls))


async def eight_yeses_at_once(stage: Stage) -> None:
    calls = [stage.call_of(ANNA) for _ in range(8)]
    for call in calls:
        await call.act("refund_order", GOOD)
    await asyncio.gather(*(call.agrees() for call in calls))


async def one_yes_heard_five_times(stage: Stage) -> None:
    call = stage.call_of(ANNA)
    await call.act("refund_order", GOOD)
    heard = call.sentence
    await asyncio.gather(call.agrees(), *(call.says("yes", heard=heard) for _ in range(4)))


async def a_day_passed_together(stage: Stage) -> None:
    customer, orders = next(iter(delivered(stage).items()))
    calls = [(stage.call_of(customer), order) for order in orders]
    for call, order in calls:
        await call.act("refund_order", order_id=order, amount="25.00", reason="not_as_described")
    await asyncio.gather(*(call.agrees() for call, _ in calls))


async def credits_together(stage: Stage) -> None:
    calls = [stage.call_of(ANNA) for _ in range(6)]
    orders = (STOVE, "3805", STOVE, "3805", STOVE, "3805")
    for call, order in zip(calls, orders, strict=True):
        await call.act("give_credit", order_id=order, amount="25.00", reason="missing_item")
    await asyncio.gather(*(call.agrees() for call in calls))


async def a_slot_for_two(stage: Stage) -> None:
    slot = min(stage.office.records.slots.values(), key=lambda it: it.starts_at)
    given = {"slot_id": slot.slot_id, "starts_at": slot.starts_at.isoformat(), "about": "router"}
    calls = [stage.call_of(customer) for customer in (ANNA, BEN, MEI, SOFIA)]
    for call in calls:
        await call.act("book_appointment", given)
    stage.truth.faults = True
    await asyncio.gather(*(call.agrees() for call in calls))
    for call in calls:
        await call.act("book_appointment", given)


async def the_supervisor_and_the_call_at_once(stage: Stage) -> None:
    call = await waiting(stage)
    deed = (await stage.world.ledger.of_call(call.id))[-1]
    await asyncio.gather(stage.decide("approved"), call.supervised())
    again = [call.gate.afterwards.decided(deed) for _ in range(3)]
    await asyncio.gather(call.supervised(), *again)


async def undone_twice_at_once(stage: Stage) -> None:
    call = stage.call_of(ANNA)
    await refunds(call, STOVE, "20.00")
    await asyncio.gather(call.wants_undo(), call.act("undo_last"), call.act("undo_last"))


FAMILIES: dict[str, tuple[Story, ...]] = {
    "replay": (
        *(the_same_again, the_same_after_a_restart, the_same_in_another_language),
        *(the_same_after_a_lost_answer, one_yes_heard_five_times),
    ),
    "races": (
        *(eight_calls_on_one_order, eight_yeses_at_once, a_day_passed_together, credits_together),
        *(a_slot_for_two, the_supervisor_and_the_call_at_once, undone_twice_at_once),
    ),
}
