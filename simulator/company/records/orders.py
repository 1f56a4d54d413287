"""What was bought, and the parcel it came in."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from simulator.company.records.kept import Address, Money, Reason, Record, Written

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


class OrderCancellation(Record):
    """How an order was called off before it was packed."""

    state_before: OrderState
    reason: str
    refund_id: str | None
    """Null where nothing had been paid."""


class Order(Written):
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
    previous_address: Address | None = None
    """What `restoreOrderAddress` goes back to."""
    previous_item: OrderItem | None = None
    """The line that was changed last, as it was."""
    cancellation: OrderCancellation | None = None


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


class NewOrderCancellation(Record):
    """Why an order is called off."""

    reason: Reason


class NewItem(Record):
    """How a line of an order changes; what is left out stays."""

    quantity: Annotated[int, Field(strict=True, ge=1, le=20)] | None = None
    sku: str | None = None
    """Another size or colour of the same article."""


class NewAddress(Record):
    """Where an order goes instead."""

    street: Annotated[str, Field(min_length=1, max_length=100)]
    postcode: Annotated[str, Field(min_length=2, max_length=10)]
    city: Annotated[str, Field(min_length=1, max_length=60)]
    country: Literal["DE", "IE", "NL"]
    """Larkfield delivers nowhere else."""
