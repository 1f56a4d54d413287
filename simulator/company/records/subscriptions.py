"""What comes again and again."""

from datetime import date
from typing import Literal

from simulator.company.records.kept import Money, Record

SubscriptionState = Literal["trial", "active", "past_due", "paused", "ending", "cancelled"]


class Subscription(Record):
    """Something that comes, and is paid, again and again."""

    subscription_id: str
    customer_id: str
    plan_id: str
    name: str
    state: SubscriptionState
    price: Money
    """For one period."""
    every_days: int
    """Length of a period."""
    started_on: date
    paid_until: date
    """Last day of the period that was paid."""
    next_charge_on: date | None
    next_delivery_on: date | None
    """Null for services, and while nothing is to come."""
    paused_until: date | None
    ends_on: date | None
