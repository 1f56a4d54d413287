"""What was bought, and the parcel it came in."""

from datetime import date, datetime
from typing import Literal

from simulator.company.records.kept import Address, Money, Record

OrderState = Literal[
    "placed",
    "paid",
    "packed",
    "dispatched",
    "in_transit",
    "out_for_delivery",
    "delivered",
    "delayed",
    "lost",
    "cancelled",
    "returned",
    "exchange_pending",
    "refunded",
    "partially_delivered",
]
ItemState = Literal["open", "sent", "delivered", "backordered", "cancelled", "returned"]
ShipmentState = Literal[
    "announced", "in_transit", "out_for_delivery", "delivered", "delayed", "lost", "returned"
]
ScanEvent = Literal[
    "announced", "collected", "sorted", "out_for_delivery", "delivered", "held", "missing", "sent_back"
]
PaymentMethod = Literal["card", "paypal", "bank_transfer"]


class OrderItem(Record):
    """One line of an order."""

    line_id: str
    sku: str
    name: str
    quantity: int
    unit_price: Money
    state: ItemState


class OrderTotals(Record):
    """What an order costs and what of it was paid back."""

    goods: Money
    delivery: Money
    total: Money
    refunded: Money


class ShipmentSummary(Record):
    """The parcel of an order in one line."""

    carrier: str
    tracking_number: str
    state: ShipmentState
    last_scan: str | None
    """The carrier's latest news, as a sentence."""


class Order(Record):
    """What a customer bought and how far it is."""

    order_id: str
    """Four digits."""
    customer_id: str
    state: OrderState
    placed_on: date
    promised_on: date
    """The day that was promised when the order was placed."""
    expected_on: date | None
    """The day now expected; null once nothing more is to come, or nobody knows."""
    delivered_on: date | None
    items: list[OrderItem]
    totals: OrderTotals
    payment_method: PaymentMethod
    delivery_address: Address
    delivery_note: str | None
    """Written by the customer."""
    shipment: ShipmentSummary | None
    """Null until the carrier has been told of the parcel."""
    invoice_id: str


class Scan(Record):
    """The carrier saw the parcel, or missed it."""

    at: datetime
    place: str
    event: ScanEvent
    text: str


class Shipment(Record):
    """A parcel and its way."""

    order_id: str
    carrier: str
    tracking_number: str
    state: ShipmentState
    promised_on: date
    expected_on: date | None
    delivered_on: date | None
    scans: list[Scan]
    """Oldest first."""
