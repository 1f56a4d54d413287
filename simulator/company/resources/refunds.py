"""Refunds: money back for orders."""

from simulator.company.desk import Desk, TheWrite, require
from simulator.company.office import TheOffice, look_up
from simulator.company.records.refunds import NewRefund, Refund
from simulator.company.rules.paying_back import paid_back, pay_back, refunds_of, take_back

desk = Desk("refunds")


@desk.write(
    "/refunds",
    "createRefund",
    "Pay money back for an order or one of its lines",
    "not_paid",
    "exceeds_paid",
    "exceeds_line",
    status=201,
)
async def create(write: TheWrite, wanted: NewRefund) -> Refund:
    """Never more than was paid. Undone by `cancelRefund` until `settles_at`."""
    office = write.office
    order = write.find(office.orders, wanted.order_id, "order")
    invoice = office.invoices[order.invoice_id]
    if wanted.line_id is not None:
        line = look_up({item.line_id: item for item in order.items}, wanted.line_id, "line")
        price = line.quantity * line.unit_price.amount_minor
        left = price - paid_back(office, invoice.invoice_id, line.line_id)
        require(
            wanted.amount_minor <= left, "exceeds_line", f"For line {line.line_id}, {left} cents can go back."
        )
    return pay_back(write, invoice, wanted.amount_minor, wanted.reason, line_id=wanted.line_id)


@desk.read("/refunds/{refund_id}", "getRefund", "Get a refund")
def get(office: TheOffice, refund_id: str) -> Refund:
    return look_up(office.refunds, refund_id, "refund").at(office.now())


@desk.read("/orders/{order_id}/refunds", "listOrderRefunds", "List the refunds of an order, oldest first")
def list_of_order(office: TheOffice, order_id: str) -> list[Refund]:
    return refunds_of(office, look_up(office.orders, order_id, "order").invoice_id)


@desk.write(
    "/refunds/{refund_id}/cancel",
    "cancelRefund",
    "Cancel a refund that is not paid out yet",
    "refund_settled",
    "refund_cancelled",
)
async def cancel(write: TheWrite, refund_id: str) -> Refund:
    write.find(write.office.refunds, refund_id, "refund")
    return take_back(write, refund_id)
