"""Money that goes back, and money that is lent or given."""

from datetime import date, datetime
from typing import Literal

from simulator.company.records.kept import Currency, Minor, Money, Reason, Record, Written


class NewRefund(Record):
    """What shall be paid back of an order."""

    order_id: str
    line_id: str | None = None
    """Left out where it is for the order as a whole."""
    amount_minor: Minor
    currency: Currency
    reason: Reason


class Refund(Written):
    """Money that goes back the way it came."""

    refund_id: str
    customer_id: str
    invoice_id: str
    order_id: str | None
    subscription_id: str | None = None
    line_id: str | None = None
    amount: Money
    reason: str
    state: Literal["pending", "settled", "cancelled"]
    created_at: datetime
    settles_at: datetime
    """It can be cancelled before."""

    def at(self, now: datetime) -> "Refund":
        """As it stands at `now`: what was not cancelled in time is paid."""
        due = self.state == "pending" and now >= self.settles_at
        return self.model_copy(update={"state": "settled"}) if due else self


class NewCredit(Record):
    """What a customer is given for their next orders."""

    customer_id: str
    order_id: str | None = None
    amount_minor: Minor
    currency: Currency
    reason: Reason


class Credit(Written):
    """Money that a customer may spend at Larkfield."""

    credit_id: str
    customer_id: str
    order_id: str | None
    dispute_id: str | None = None
    """Of a provisional credit, which is lent."""
    amount: Money
    reason: str
    state: Literal["active", "revoked"]
    created_at: datetime
    expires_on: date
