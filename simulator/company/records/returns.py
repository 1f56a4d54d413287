"""Goods that go back, goods that go out again."""

from datetime import date, datetime
from typing import Literal

from simulator.company.records.kept import Money, Reason, Record, Written
from simulator.company.records.orders import OrderItem

ReplacementReason = Literal["late", "lost", "damaged", "wrong_item", "missing_item"]


class NewReplacement(Record):
    """What is sent again."""

    line_id: str | None = None
    """The whole order where it is left out."""
    reason: ReplacementReason


class Replacement(Written):
    """A parcel in place of one that failed."""

    replacement_id: str
    order_id: str
    customer_id: str
    items: list[OrderItem]
    reason: ReplacementReason
    state: Literal["announced", "dispatched", "cancelled"]
    carrier: str
    tracking_number: str
    created_at: datetime
    dispatches_at: datetime
    """It can be cancelled before."""
    expected_on: date

    def at(self, now: datetime) -> "Replacement":
        """As it stands at `now`."""
        gone = self.state == "announced" and now >= self.dispatches_at
        return self.model_copy(update={"state": "dispatched"}) if gone else self


class NewReturn(Record):
    """What a customer sends back."""

    line_id: str | None = None
    """The whole order where it is left out."""
    reason: Reason


class Return(Written):
    """A label for goods that go back."""

    return_id: str
    order_id: str
    customer_id: str
    line_ids: list[str]
    reason: str
    state: Literal["label_sent", "cancelled"]
    label_number: str
    label_sent_to: str
    """E-mail address."""
    postage: Money
    """What the customer pays to send it."""
    send_by: date
    created_at: datetime


class NewExchange(Record):
    """One line of an order for another size or colour."""

    line_id: str
    sku: str
    """The article that the customer wants instead."""


class Exchange(Written):
    """An article is reserved and goes out when the old one is on its way back."""

    exchange_id: str
    order_id: str
    customer_id: str
    line_id: str
    quantity: int
    returned_sku: str
    sent_sku: str
    sent_name: str
    price_difference_minor: int
    """Cents that the customer pays; they get them back if it is negative."""
    state: Literal["reserved", "cancelled"]
    label_number: str
    label_sent_to: str
    send_by: date
    """The reservation ends after this day."""
    expected_on: date
    """If the old article is handed in today; every day later makes it one later."""
    created_at: datetime
