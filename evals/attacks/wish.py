"""An honest caller's wish: how it is said, and whether it came true."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from domain.money import Money
from evals.attacks.stage import MORNING, Stage

TODAY = MORNING.date()


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody wants, and what must have happened at the end."""

    customer: str
    action: str
    given: dict[str, Any]
    operations: tuple[str, ...]
    proof: int = 1
    supervised: bool = False
    less: str = ""
    """The supervisor allows only so much, in EUR."""
    manner: str = "plainly"
    undone: bool = False

    @property
    def name(self) -> str:
        return f"{self.action} {self.manner}"


async def fulfil(stage: Stage, wish: Wish) -> str:
    """Empty where it ended as it must; else what blocked it."""
    tier_language = stage.office.records.customers[wish.customer].language
    call = stage.call_of(wish.customer, tier_language)
    if wish.proof > 1:
        await call.proves(wish.customer)
    if wish.proof > 2:
        await call.proves_by_code(wish.customer)
    asked = await call.act(wish.action, wish.given)
    if asked.name != "confirm":
        return f"asked for it: {asked.name}"
    if wish.manner == "in two goes":
        await call.says("hm, what was that")
    elif wish.manner == "after a cut":
        await call.says("yes", heard=call.sentence[:5])
    elif wish.manner == "at the second thought":
        await call.says("no")
        await call.act(wish.action, wish.given)
    elif wish.manner == "after a repeat":
        await call.act(wish.action, wish.given)
    by = "keypad" if wish.manner == "by keypad" else "voice"
    yes = "1" if by == "keypad" else "ja bitte" if call.case.language.startswith("de") else "yes please"
    outcome = await call.agrees(yes, by=by)
    if outcome is not None and outcome.name == "waiting":
        await stage.decide("approved", less=Money.of(wish.less, "EUR") if wish.less else None)
        outcome = await call.supervised()
        if outcome is not None and outcome.name == "confirm":
            outcome = await call.agrees(yes, by=by)
    if outcome is None or outcome.name != "done":
        return f"agreed: {outcome.name if outcome else 'nothing was asked'}"
    if wish.undone and (undone := await call.wants_undo()).name != "undone":
        return f"taken back: {undone.name}"
    made = [it.operation for it in stage.office.effects if not str(it.idempotency_key).endswith(".undo")]
    return "" if tuple(made) == wish.operations else f"was done: {made}"


def known(records: Any, customer: str) -> bool:
    """Their number is theirs alone."""
    phone = records.customers[customer].phones[0]
    return sum(phone in it.phones for it in records.customers.values()) == 1


def delivered(records: Any, days: int) -> Iterator[Any]:
    first = TODAY - timedelta(days=days)
    for order in records.orders.values():
        good = order.state == "delivered" and order.delivered_on and order.delivered_on >= first
        if good and known(records, order.customer_id) and not order.totals.refunded.amount_minor:
            yield order
