"""The back office's memory: every record by its number, for as long as the program runs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, TypeVar

from fastapi import Depends, HTTPException, Request

from simulator.company.records.appointments import Appointment, Slot
from simulator.company.records.customers import Customer
from simulator.company.records.invoices import Invoice
from simulator.company.records.orders import Order, Shipment
from simulator.company.records.stock import Stock
from simulator.company.records.subscriptions import Subscription
from simulator.company.records.tickets import Ticket

Kept = TypeVar("Kept")


@dataclass(frozen=True, kw_only=True)
class Office:
    """All records, as they stand on `today`."""

    today: date
    now: Callable[[], datetime]
    """Stamps what is written; timezone aware."""
    customers: dict[str, Customer]
    orders: dict[str, Order]
    shipments: dict[str, Shipment]
    """By order number."""
    invoices: dict[str, Invoice]
    subscriptions: dict[str, Subscription]
    slots: dict[str, Slot]
    """Only those that are free."""
    appointments: dict[str, Appointment]
    stock: dict[str, Stock]
    tickets: dict[str, Ticket]
    ticket_of_key: dict[str, str] = field(default_factory=dict)
    """Idempotency key to the ticket that it made."""


def office_of(request: Request) -> Office:
    office = request.app.state.office
    assert isinstance(office, Office)
    return office


TheOffice = Annotated[Office, Depends(office_of)]


def look_up(records: dict[str, Kept], number: str, what: str) -> Kept:
    """Raises 404 with a sentence such as: there is no order 9999."""
    try:
        return records[number]
    except KeyError:
        raise HTTPException(404, f"There is no {what} {number}.") from None
