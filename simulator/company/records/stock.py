"""What lies in the warehouse."""

from datetime import date

from simulator.company.records.kept import Money, Written


class Stock(Written):
    """An article and how many of it are there."""

    sku: str
    name: str
    price: Money
    available: int
    """Pieces that can be promised now."""
    restocked_on: date | None
    """When more arrive; null if none are on order."""
    variants: list[str]
    """SKUs of the same article in another size or colour."""
