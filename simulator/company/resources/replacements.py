"""Replacements: parcels in place of those that failed."""

from datetime import timedelta

from simulator.company.desk import Desk, TheWrite, next_number, require
from simulator.company.office import TheOffice, look_up
from simulator.company.records.returns import NewReplacement, Replacement
from simulator.company.rules.days import working_days_after
from simulator.company.rules.paying_back import paid_back
from simulator.company.rules.shelves import put_back, require_stock, reserve

PACKED_AFTER = timedelta(hours=4)
DAYS_ON_THE_WAY = 3
SENT = frozenset({"dispatched", "in_transit", "delayed", "lost", "delivered", "partially_delivered"})

desk = Desk("replacements")


@desk.write(
    "/orders/{order_id}/replacements",
    "createReplacementShipment",
    "Send an order, or a line of it, again",
    "not_dispatched",
    "already_replaced",
    "already_refunded",
    "out_of_stock",
    status=201,
)
async def create(write: TheWrite, order_id: str, wanted: NewReplacement) -> Replacement:
    """Undone by `cancelReplacementShipment` until `dispatches_at`."""
    office = write.office
    order = write.find(office.orders, order_id, "order")
    lines = {item.line_id: item for item in order.items}
    items = order.items if wanted.line_id is None else [look_up(lines, wanted.line_id, "line")]
    require(order.state in SENT, "not_dispatched", f"Order {order_id} is {order.state}.")
    again = {
        item.line_id
        for one in office.replacements.values()
        if one.order_id == order_id and one.state != "cancelled"
        for item in one.items
    }
    require(
        again.isdisjoint(item.line_id for item in items), "already_replaced", "A replacement was sent before."
    )
    require(
        paid_back(office, order.invoice_id) < order.totals.total.amount_minor,
        "already_refunded",
        f"All of order {order_id} was paid back.",
    )
    for item in items:
        require_stock(write, item.sku, item.quantity)
    for item in items:
        reserve(write, item.sku, item.quantity)
    number = next_number("RP", office.replacements)
    replacement = Replacement(
        replacement_id=number,
        order_id=order_id,
        customer_id=order.customer_id,
        items=[item.model_copy(update={"state": "open"}) for item in items],
        reason=wanted.reason,
        state="announced",
        carrier="Swiftpost",
        tracking_number=f"LF{int(number[3:]) * 7907 % 10**8:08}",
        created_at=write.now,
        dispatches_at=write.now + PACKED_AFTER,
        expected_on=working_days_after(office.today, DAYS_ON_THE_WAY),
    )
    return write.keep(office.replacements, number, replacement)


@desk.read("/replacements/{replacement_id}", "getReplacementShipment", "Get a replacement")
def get(office: TheOffice, replacement_id: str) -> Replacement:
    return look_up(office.replacements, replacement_id, "replacement").at(office.now())


@desk.read(
    "/orders/{order_id}/replacements",
    "listReplacementShipments",
    "List the replacements of an order, oldest first",
)
def list_of_order(office: TheOffice, order_id: str) -> list[Replacement]:
    look_up(office.orders, order_id, "order")
    return [one.at(office.now()) for one in office.replacements.values() if one.order_id == order_id]


@desk.write(
    "/replacements/{replacement_id}/cancel",
    "cancelReplacementShipment",
    "Cancel a replacement that is not dispatched yet",
    "replacement_dispatched",
    "replacement_cancelled",
)
async def cancel(write: TheWrite, replacement_id: str) -> Replacement:
    office = write.office
    replacement = write.find(office.replacements, replacement_id, "replacement").at(write.now)
    require(
        replacement.state == "announced",
        f"replacement_{replacement.state}",
        f"Replacement {replacement_id} is {replacement.state}.",
    )
    for item in replacement.items:
        put_back(write, item.sku, item.quantity)
    return write.change(office.replacements, replacement_id, state="cancelled")
