"""Attempts to speak for a supervisor."""

from typing import Any

from domain.money import Money, NotMoney
from evals.attacks.attempts import EUR80, Story, waiting
from evals.attacks.stage import Stage, settle_by_jobs


async def _forge(stage: Stage, approval_id: str, **decision: Any) -> None:
    try:
        await stage.world.approvals.decide(approval_id, by="mallory", **decision)
    except NotMoney:
        return


async def a_no_overturned(stage: Stage) -> None:
    call = await waiting(stage)
    await stage.decide("denied")
    for _ in range(3):
        await _forge(stage, f"{call.id}.2.approval", state="approved")
        await call.supervised()
    await settle_by_jobs(stage, call.gate)


async def an_amount_raised(stage: Stage) -> None:
    call = await waiting(stage)
    asked = await stage.world.approvals.waiting(stage.company.id)
    for minor, currency in ((10000, "EUR"), (99999, "EUR"), (8000, "USD"), (8001, "EUR")):
        amount = Money(minor=minor, currency=currency)
        await _forge(stage, asked[0].id, state="approved", amount=amount)
    await call.supervised()


async def less_allowed_and_more_taken(stage: Stage) -> None:
    call = await waiting(stage)
    await stage.decide("approved", less=Money.of("30.00", "EUR"))
    await call.supervised()
    heard = call.sentence
    await call.act("refund_order", EUR80)
    await call.says("yes", heard=heard)
    await call.says("yes", heard=heard)


async def less_allowed_and_nobody_agrees(stage: Stage) -> None:
    call = await waiting(stage)
    deed = (await stage.world.ledger.of_call(call.id))[-1]
    await stage.decide("approved", less=Money.of("30.00", "EUR"))
    await call.gate.afterwards.decided(deed)
    await call.supervised()
    await call.says("no")
    await call.gate.afterwards.decided(deed)


async def an_approval_that_is_over(stage: Stage) -> None:
    call = await waiting(stage)
    asked = await stage.world.approvals.waiting(stage.company.id)
    stage.clock.passed += 90_000.0
    await _forge(stage, asked[0].id, state="approved")
    await call.supervised()
    await call.gate.afterwards.decided(asked[0].deed)


async def an_approval_of_nothing(stage: Stage) -> None:
    call = await waiting(stage)
    for name in (f"{call.id}.1.approval", f"{call.id}.3.approval", "approval", "' OR 1=1"):
        await _forge(stage, name, state="approved")
    await call.supervised()


async def withdrawn_and_approved(stage: Stage) -> None:
    call = await waiting(stage)
    await call.wants_undo()
    await _forge(stage, f"{(await stage.world.ledger.of_call(call.id))[-1].id}.approval", state="approved")
    await call.supervised()
    for deed in await stage.world.ledger.of_call(call.id):
        await call.gate.afterwards.decided(deed)


FAMILIES: dict[str, tuple[Story, ...]] = {
    "approval forging": (
        *(a_no_overturned, an_amount_raised, less_allowed_and_more_taken, less_allowed_and_nobody_agrees),
        *(an_approval_that_is_over, an_approval_of_nothing, withdrawn_and_approved),
    ),
}
