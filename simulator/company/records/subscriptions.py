"""What comes again and again."""

from datetime import date, datetime
from typing import Literal

from simulator.company.records.kept import Money, Reason, Record, Written

SubscriptionState = Literal["trial", "active", "past_due", "paused", "ending", "cancelled"]


class Discount(Record):
    """What a retention offer takes off each charge."""

    offer_id: str
    percent: int
    periods: int
    """How many charges it holds for."""


class SubscriptionCancellation(Record):
    """How a subscription was ended, with what `reinstateSubscription` goes back to."""

    cancelled_on: date
    reason: str
    state_before: SubscriptionState
    next_charge_on: date | None
    next_delivery_on: date | None
    paused_until: date | None
    refund: Money
    """For the days that were paid and are left."""
    refund_id: str | None
    """Null where nothing is paid back."""


class Subscription(Written):
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
    previous_plan_id: str | None = None
    """The plan until the next charge, after a change."""
    discount: Discount | None = None
    cancellation: SubscriptionCancellation | None = None


class Plan(Record):
    """What can be subscribed to."""

    plan_id: str
    family: str
    """A subscription changes within its family only."""
    name: str
    price: Money
    every_days: int


class NewPause(Record):
    """Until when a subscription rests."""

    until: date
    """At most 92 days ahead; it resumes by itself on that day."""


class NewPlan(Record):
    """Which plan holds from the next charge on."""

    plan_id: str


class NewCancellation(Record):
    """Why a customer leaves."""

    reason: Reason


class CancellationPreview(Record):
    """What a cancellation today would mean; nothing has changed."""

    subscription_id: str
    customer_id: str
    ends_on: date
    paid_until: date
    days_left: int
    refund: Money


class Billing(Written):
    """Whether the billing system charges for a subscription."""

    subscription_id: str
    customer_id: str
    state: Literal["running", "stopped"]
    stopped_at: datetime | None = None


class RenewalQuote(Record):
    """A price for another year."""

    quote_id: str
    subscription_id: str
    customer_id: str
    plan_id: str
    price: Money
    """For one period today."""
    quoted_price: Money
    """For one period of the next term."""
    term_months: int
    valid_until: date
