"""The back office's memory: every record by its number, for as long as the program runs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, TypeVar

from fastapi import Depends, HTTPException, Request

from simulator.company.records.appointments import Appointment, Slot
from simulator.company.records.customers import Customer, Note, PasswordReset
from simulator.company.records.devices import Configuration, Device, Diagnostic
from simulator.company.records.invoices import Dispute, Invoice
from simulator.company.records.offers import RetentionOffer
from simulator.company.records.orders import Order, Shipment
from simulator.company.records.refunds import Credit, Refund
from simulator.company.records.returns import Exchange, Replacement, Return
from simulator.company.records.stock import Stock
from simulator.company.records.subscriptions import Billing, Plan, Subscription
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
    disputes: dict[str, Dispute]
    """Those that the invoices hold."""
    refunds: dict[str, Refund]
    plans: dict[str, Plan]
    subscriptions: dict[str, Subscription]
    billing: dict[str, Billing]
    """By subscription number."""
    offers: dict[str, RetentionOffer]
    slots: dict[str, Slot]
    """Only those that are free."""
    taken_slots: dict[str, Slot] = field(default_factory=dict)
    appointments: dict[str, Appointment]
    stock: dict[str, Stock]
    tickets: dict[str, Ticket]
    notes: dict[str, Note]
    devices: dict[str, Device]
    faults: dict[str, str]
    """Device number to what is wrong with it, by its name in `devices.toml`."""
    credits: dict[str, Credit] = field(default_factory=dict)
    replacements: dict[str, Replacement] = field(default_factory=dict)
    returns: dict[str, Return] = field(default_factory=dict)
    exchanges: dict[str, Exchange] = field(default_factory=dict)
    resets: dict[str, PasswordReset] = field(default_factory=dict)
    diagnostics: dict[str, Diagnostic] = field(default_factory=dict)
    configurations: dict[str, Configuration] = field(default_factory=dict)


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
