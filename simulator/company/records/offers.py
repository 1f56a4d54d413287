"""What keeps a customer who wants to leave."""

from datetime import date
from typing import Literal

from simulator.company.records.kept import Money, Written


class RetentionOffer(Written):
    """A discount on a subscription; one of a customer's offers may be applied at a time."""

    offer_id: str
    customer_id: str
    subscription_id: str
    text: str
    percent: int
    periods: int
    """How many charges it holds for."""
    worth: Money
    """Over all its periods."""
    state: Literal["available", "applied"]
    valid_until: date
