"""The built-in rules about money and number: what one deed may cost, and how much there may be in a scope."""

from collections.abc import Iterator

from domain.actions import Action, Limit
from domain.money import Money
from domain.ports.ledger import Spent
from tools.policy.opinion import Opinion
from tools.policy.scope import money_at, scope_of
from tools.policy.snapshot import Snapshot


def money_opinions(action: Action, snapshot: Snapshot) -> Iterator[Opinion]:
    """An undo is never bounded: what was done may always be taken back."""
    if snapshot.asked_by == "undo":
        return
    amount = None
    if action.amount is not None:
        amount = money_at(scope_of(snapshot), action.amount)
        nothing_asked = amount is not None and amount.minor == 0 and action.amount.startswith("args.")
        if amount is None or nothing_asked:
            what = "missing" if amount is None else "zero"
            yield Opinion(verdict="deny", rule=f"amount.{what}", reason="the deed has no amount to count")
            return
        if any(amount.currency != currency for currency in _currencies(action, snapshot)):
            yield Opinion(verdict="deny", rule="amount.currency", reason="its bounds are in another currency")
            return
        yield from _authority(action, amount, snapshot)
    for limit in action.limits:
        yield from _limit(limit, amount, snapshot.spent)


def _currencies(action: Action, snapshot: Snapshot) -> Iterator[str]:
    yield from (limit.amount.currency for limit in action.limits if limit.amount)
    policy = snapshot.rules.policy
    bounds = (policy.authority("agent", action.name), policy.authority("supervisor", action.name))
    yield from (bound.currency for bound in bounds if bound)
    if snapshot.approved and snapshot.approved.amount:
        yield snapshot.approved.amount.currency


def _authority(action: Action, amount: Money, snapshot: Snapshot) -> Iterator[Opinion]:
    policy = snapshot.rules.policy
    own, supervisor = policy.authority("agent", action.name), policy.authority("supervisor", action.name)
    if supervisor is not None and not amount <= supervisor:
        yield Opinion(
            verdict="hand_over", rule="authority.supervisor", reason=f"{amount} is above {supervisor}"
        )
    elif own is not None and not amount <= own and not is_approved(snapshot):
        yield Opinion(verdict="approve", rule="authority.agent", reason=f"{amount} is above {own}")


def is_approved(snapshot: Snapshot) -> bool:
    """A supervisor's yes is to no more than they allowed, whatever rule asked for it."""
    if snapshot.approved is None or snapshot.action is None:
        return False
    if snapshot.action.amount is None:
        return True
    amount, allowed = money_at(scope_of(snapshot), snapshot.action.amount), snapshot.approved.amount
    return (
        amount is not None
        and allowed is not None
        and amount.currency == allowed.currency
        and amount <= allowed
    )


def _limit(limit: Limit, amount: Money | None, spent: Spent) -> Iterator[Opinion]:
    minor, count = _so_far(limit, spent)
    if limit.amount is not None:
        if amount is None:
            yield Opinion(verdict="deny", rule=f"limit.{limit.per}.amount", reason="no amount to count")
        elif minor + amount.minor > limit.amount.minor:
            yield _reached(limit, "amount", str(limit.amount))
    if limit.count is not None and count + 1 > limit.count:
        yield _reached(limit, "count", str(limit.count))


def _so_far(limit: Limit, spent: Spent) -> tuple[int, int]:
    """(minor units, deeds) that count already."""
    match limit.per:
        case "action":
            return 0, 0
        case "call":
            return spent.call_amount, spent.call_count
        case "customer_day":
            return spent.customer_day_amount, spent.customer_day_count
        case "company_day":
            return spent.company_day_amount, spent.company_day_count


def _reached(limit: Limit, what: str, bound: str) -> Opinion:
    return Opinion(
        verdict="hand_over",
        rule=f"limit.{limit.per}.{what}",
        reason=f"it would pass {bound} per {limit.per.replace('_', ' and ')}",
    )
