"""Who buys."""

from datetime import date
from typing import Literal

from simulator.company.records.kept import Address, Record

Tier = Literal["gold", "silver", "standard"]


class Customer(Record):
    """A person who buys from Larkfield."""

    customer_id: str
    name: str
    phones: list[str]
    """E.164."""
    email: str
    address: Address
    tier: Tier
    language: str
    """BCP 47."""
    customer_since: date
    card_last4: str
