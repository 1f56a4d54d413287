"""Draws the orders that no hero placed, and turns every planned order into the order of a day."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from simulator.company.records.customers import Customer
from simulator.company.records.kept import Money
from simulator.company.records.orders import (
    ItemState,
    Order,
    OrderItem,
    OrderState,
    OrderTotals,
    PaymentMethod,
    Shipment,
    ShipmentSummary,
)
from simulator.company.seed.data import Catalogue, Heroes, PlannedOrder, Range, Stories, Story, chance, read

NEWEST_NUMBER = 4745
NUMBERS_A_DAY = 15
METHODS: tuple[PaymentMethod, ...] = ("paypal", "card", "card", "card", "bank_transfer")
ITEM_STATES: dict[OrderState, ItemState] = {
    "placed": "open",
    "paid": "open",
    "packed": "open",
    "dispatched": "sent",
    "in_transit": "sent",
    "out_for_delivery": "sent",
    "delayed": "sent",
    "lost": "sent",
    "delivered": "delivered",
    "exchange_pending": "delivered",
    "refunded": "delivered",
    "partially_delivered": "delivered",
    "cancelled": "cancelled",
    "returned": "returned",
}
PAID_BACK: frozenset[OrderState] = frozenset({"cancelled", "returned", "refunded"})


def planned_orders(strangers: list[str]) -> list[PlannedOrder]:
    """Heroes' orders and those drawn for `strangers`, the numbers of the other customers."""
    heroes, draw = read(Heroes).orders, chance("orders")
    taken = {int(order.order_id) for order in heroes}
    drawn = []
    for state, story in read(Stories).states.items():
        for _ in range(story.count):
            age = draw.randint(*story.age)
            number, owner = _number(age, taken), draw.choice(strangers)
            drawn.append(_planned(draw, state, story, age, number=number, customer_id=owner))
    return [*heroes, *drawn]


def _number(age: int, taken: set[int]) -> str:
    """The older an order, the lower its number."""
    number = next(n for n in range(NEWEST_NUMBER - NUMBERS_A_DAY * age, 999, -1) if n not in taken)
    taken.add(number)
    return str(number)


def _planned(
    draw: random.Random, state: OrderState, story: Story, age: int, *, number: str, customer_id: str
) -> PlannedOrder:
    def after_placing(days: Range | None) -> int | None:
        return None if days is None else draw.randint(*days) - age

    promised = draw.randint(*story.promised) - age
    fewest = 2 if state == "partially_delivered" else 1
    articles = draw.sample(read(Catalogue).articles, draw.choice([fewest, 2, 3]))
    return PlannedOrder(
        order_id=number,
        customer_id=customer_id,
        state=state,
        items={article.sku: draw.choice([1, 1, 1, 2]) for article in articles},
        placed=-age,
        promised=promised,
        dispatched=after_placing(story.dispatched),
        delivered=after_placing(story.delivered),
        closed=after_placing(story.closed),
        expected=draw.randint(*story.expected) if story.expected else promised if story.open else None,
    )


def order_of(planned: PlannedOrder, today: date, customer: Customer, shipment: Shipment | None) -> Order:
    def day(offset: int | None) -> date | None:
        return None if offset is None else today + timedelta(days=offset)

    items = list(_items(planned))
    return Order(
        order_id=planned.order_id,
        customer_id=customer.customer_id,
        state=planned.state,
        placed_on=today + timedelta(days=planned.placed),
        promised_on=today + timedelta(days=planned.promised),
        expected_on=day(planned.expected),
        delivered_on=day(planned.delivered),
        items=items,
        totals=_totals(items, planned.state),
        payment_method=METHODS[int(planned.order_id) % len(METHODS)],
        delivery_address=customer.address,
        delivery_note=planned.note,
        shipment=None if shipment is None else _in_one_line(shipment),
        invoice_id=f"INV-{planned.order_id}",
    )


def _items(planned: PlannedOrder) -> Iterator[OrderItem]:
    for place, (sku, quantity) in enumerate(planned.items.items(), start=1):
        article = read(Catalogue).article(sku)
        to_come = planned.state == "partially_delivered" and place == len(planned.items)
        yield OrderItem(
            line_id=f"{planned.order_id}-{place}",
            sku=sku,
            name=article.name,
            quantity=quantity,
            unit_price=Money(amount_minor=article.price),
            state="backordered" if to_come else ITEM_STATES[planned.state],
        )


def _totals(items: list[OrderItem], state: OrderState) -> OrderTotals:
    shop = read(Catalogue).shop
    goods = sum(item.quantity * item.unit_price.amount_minor for item in items)
    delivery = 0 if goods >= shop.free_delivery_from else shop.delivery_price
    return OrderTotals(
        goods=Money(amount_minor=goods),
        delivery=Money(amount_minor=delivery),
        total=Money(amount_minor=goods + delivery),
        refunded=Money(amount_minor=goods + delivery if state in PAID_BACK else 0),
    )


def _in_one_line(shipment: Shipment) -> ShipmentSummary:
    return ShipmentSummary(
        carrier=shipment.carrier,
        tracking_number=shipment.tracking_number,
        state=shipment.state,
        last_scan=shipment.scans[-1].text if shipment.scans else None,
    )
