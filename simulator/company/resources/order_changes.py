"""What may change about an order until it is packed, and how that is taken back."""

from simulator.company.access import Refusal, conflict
from simulator.company.desk import Desk, TheWrite, Write, require
from simulator.company.office import look_up
from simulator.company.records.invoices import InvoiceLine, Payment
from simulator.company.records.kept import Address, Money
from simulator.company.records.orders import (
    NewAddress,
    NewItem,
    NewOrderCancellation,
    Order,
    OrderCancellation,
    OrderItem,
)
from simulator.company.rules.paying_back import paid, pay_back, refundable, take_back
from simulator.company.rules.shelves import put_back, require_stock, reserve

TOO_LATE = ("order_packed", "order_dispatched", "order_closed")

desk = Desk("orders")


def _open_order(write: Write, order_id: str) -> Order:
    """Raises 404, 412, or 409 with what has become of it."""
    order = write.find(write.office.orders, order_id, "order")
    if order.state in {"placed", "paid"}:
        return order
    match order.state:
        case "packed":
            code = "order_packed"
        case "cancelled" | "returned" | "refunded":
            code = "order_closed"
        case _:
            code = "order_dispatched"
    raise conflict(code, f"Order {order_id} is {order.state}.")


@desk.write("/orders/{order_id}/cancel", "cancelOrder", "Cancel an order that is not packed yet", *TOO_LATE)
async def cancel(write: TheWrite, order_id: str, wanted: NewOrderCancellation) -> Order:
    """What was paid goes back. Undone by `reinstateOrder` until the refund is paid out."""
    office, order = write.office, _open_order(write, order_id)
    invoice = office.invoices[order.invoice_id]
    left = refundable(office, invoice)
    refund_id = pay_back(write, invoice, left, "Order cancelled").refund_id if left else None
    for item in order.items:
        put_back(write, item.sku, item.quantity)
    return write.change(
        office.orders,
        order_id,
        state="cancelled",
        expected_on=None,
        items=[item.model_copy(update={"state": "cancelled"}) for item in order.items],
        cancellation=OrderCancellation(state_before=order.state, reason=wanted.reason, refund_id=refund_id),
    )


@desk.write(
    "/orders/{order_id}/reinstate",
    "reinstateOrder",
    "Take back the cancellation of an order",
    "not_cancelled",
    "refund_settled",
    "refund_cancelled",
    "out_of_stock",
)
async def reinstate(write: TheWrite, order_id: str) -> Order:
    office = write.office
    order = write.find(office.orders, order_id, "order")
    cancellation = order.cancellation
    require(cancellation is not None, "not_cancelled", f"Order {order_id} was not cancelled by a request.")
    assert cancellation is not None
    for item in order.items:
        require_stock(write, item.sku, item.quantity)
    if cancellation.refund_id is not None:
        take_back(write, cancellation.refund_id)
    for item in order.items:
        reserve(write, item.sku, item.quantity)
    return write.change(
        office.orders,
        order_id,
        state=cancellation.state_before,
        expected_on=order.promised_on,
        items=[item.model_copy(update={"state": "open"}) for item in order.items],
        cancellation=None,
    )


@desk.write(
    "/orders/{order_id}/address",
    "changeOrderAddress",
    "Send an order that is not packed yet to another address",
    *TOO_LATE,
    method="PUT",
)
async def change_address(write: TheWrite, order_id: str, wanted: NewAddress) -> Order:
    """Undone by `restoreOrderAddress`."""
    order = _open_order(write, order_id)
    return write.change(
        write.office.orders,
        order_id,
        delivery_address=Address(**wanted.model_dump()),
        previous_address=order.delivery_address,
    )


@desk.write(
    "/orders/{order_id}/address/restore",
    "restoreOrderAddress",
    "Go back to the address before the last change",
    *TOO_LATE,
    "nothing_to_restore",
)
async def restore_address(write: TheWrite, order_id: str) -> Order:
    order = _open_order(write, order_id)
    require(order.previous_address is not None, "nothing_to_restore", "The address was not changed.")
    return write.change(
        write.office.orders, order_id, delivery_address=order.previous_address, previous_address=None
    )


@desk.write(
    "/orders/{order_id}/lines/{line_id}",
    "changeOrderLine",
    "Change the quantity, size or colour of a line of an order that is not packed yet",
    *TOO_LATE,
    "not_a_variant",
    "out_of_stock",
    method="PATCH",
)
async def change_line(write: TheWrite, order_id: str, line_id: str, wanted: NewItem) -> Order:
    """The difference in price is charged or paid back. Undone by the same with `previous_item`."""
    order = _open_order(write, order_id)
    item = look_up({one.line_id: one for one in order.items}, line_id, "line")
    if wanted.quantity is None and wanted.sku is None:
        raise Refusal(422, "invalid", "Give a quantity, a sku or both.")
    changed = _changed(write, item, wanted)
    if changed.sku == item.sku:
        require_stock(write, item.sku, changed.quantity - item.quantity)
    else:
        require_stock(write, changed.sku, changed.quantity)
    put_back(write, item.sku, item.quantity)
    reserve(write, changed.sku, changed.quantity)
    items = [changed if one.line_id == line_id else one for one in order.items]
    _bill_anew(write, order, items)
    return write.change(write.office.orders, order_id, items=items, previous_item=item)


def _changed(write: Write, item: OrderItem, wanted: NewItem) -> OrderItem:
    article = look_up(write.office.stock, wanted.sku or item.sku, "article")
    require(
        article.sku == item.sku or article.sku in write.office.stock[item.sku].variants,
        "not_a_variant",
        f"{article.sku} is another article than {item.sku}, not another size or colour of it.",
    )
    return item.model_copy(
        update={
            "sku": article.sku,
            "name": article.name,
            "unit_price": article.price if article.sku != item.sku else item.unit_price,
            "quantity": wanted.quantity or item.quantity,
        }
    )


def _bill_anew(write: Write, order: Order, items: list[OrderItem]) -> None:
    """The charge for delivery stays as it was agreed."""
    office, was = write.office, order.totals
    goods = sum(item.quantity * item.unit_price.amount_minor for item in items)
    total = goods + was.delivery.amount_minor
    lines = [
        InvoiceLine(
            text=f"{item.quantity} x {item.name}",
            amount=Money(amount_minor=item.quantity * item.unit_price.amount_minor),
        )
        for item in items
    ]
    totals = was.model_copy(update={"goods": Money(amount_minor=goods), "total": Money(amount_minor=total)})
    write.change(office.orders, order.order_id, totals=totals)
    invoice = write.change(
        office.invoices,
        order.invoice_id,
        lines=[*lines, InvoiceLine(text="Delivery", amount=was.delivery)],
        total=Money(amount_minor=total),
    )
    difference = total - was.total.amount_minor
    if paid(invoice) and difference < 0:
        pay_back(write, invoice, -difference, "Order changed")
    elif paid(invoice) and difference > 0:
        charge = Payment(
            payment_id=f"PAY-{order.order_id}-{len(invoice.payments) + 1}",
            kind="charge",
            on=write.now.date(),
            method=order.payment_method,
            amount=Money(amount_minor=difference),
            state="settled",
        )
        write.change(office.invoices, invoice.invoice_id, payments=[*invoice.payments, charge])
