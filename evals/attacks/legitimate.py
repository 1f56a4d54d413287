"""Honest callers: sequences made from the records of the day, each with the effects that it must have."""

from dataclasses import replace
from itertools import cycle
from typing import Any

from evals.attacks import wishes_of_customers, wishes_of_orders
from evals.attacks.wish import Wish

MANNERS = ("plainly", "by keypad", "in two goes", "after a cut", "at the second thought", "after a repeat")


def wishes(records: Any) -> list[Wish]:
    """More than three hundred, of every goal that changes something."""
    found = (
        *wishes_of_orders.refunds(records),
        *wishes_of_orders.credits_given(records),
        *wishes_of_orders.orders(records),
        *wishes_of_orders.returns(records),
        *wishes_of_orders.exchanges(records),
        *wishes_of_orders.disputes(records),
        *wishes_of_customers.subscriptions(records),
        *wishes_of_customers.visits(records),
        *wishes_of_customers.accounts(records),
    )
    manners = cycle(MANNERS)
    return [replace(wish, manner=next(manners)) for wish in found]
