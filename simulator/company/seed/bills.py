"""Writes the invoices of orders and subscriptions, with what was paid, paid back and disputed."""

from datetime import date, timedelta

from simulator.company.records.invoices import (
    Dispute,
    DisputeReason,
    DisputeState,
    Invoice,
    InvoiceLine,
    Payment,
)
from simulator.company.records.kept import Money
from simulator.company.records.orders import Order
from simulator.company.records.subscriptions import Subscription
from simulator.company.seed.data import Heroes, PlannedDispute, PlannedOrder, chance, read

DAYS_TO_PAY = 14
REASONS: tuple[DisputeReason, ...] = ("wrong_amount", "not_received", "not_recognised", "charged_twice")
OUTCOMES: tuple[DisputeState, ...] = ("open", "accepted", "rejected", "withdrawn", "open")
DRAWN = 6


def planned_disputes(orders: list[PlannedOrder]) -> dict[str, PlannedDispute]:
    """By order number: the heroes' and one of each reason and outcome among the delivered orders."""
    heroes = {dispute.order_id: dispute for dispute in read(Heroes).disputes}
    named = {order.order_id for order in read(Heroes).orders}
    delivered = [o for o in orders if o.state == "delivered" and o.order_id not in named]
    chosen = chance("disputes").sample(delivered, DRAWN)
    drawn = {
        order.order_id: PlannedDispute(
            order_id=order.order_id,
            reason=REASONS[place % len(REASONS)],
            opened=order.placed + 5,
            state=OUTCOMES[place % len(OUTCOMES)],
        )
        for place, order in enumerate(chosen)
    }
    return heroes | drawn


def invoice_of_order(
    order: Order, planned: PlannedOrder, dispute: PlannedDispute | None, today: date
) -> Invoice:
    lines = [
        InvoiceLine(
            text=f"{item.quantity} x {item.name}",
            amount=Money(amount_minor=item.quantity * item.unit_price.amount_minor),
        )
        for item in order.items
    ]
    return Invoice(
        invoice_id=order.invoice_id,
        customer_id=order.customer_id,
        order_id=order.order_id,
        subscription_id=None,
        issued_on=order.placed_on,
        due_on=order.placed_on + timedelta(days=DAYS_TO_PAY),
        state="open" if order.state == "placed" else "credited" if planned.closed is not None else "paid",
        lines=[*lines, InvoiceLine(text="Delivery", amount=order.totals.delivery)],
        total=order.totals.total,
        payments=_payments(order, planned, dispute, today),
        disputes=[_dispute(order, dispute, today)] if dispute else [],
    )


def _payments(
    order: Order, planned: PlannedOrder, dispute: PlannedDispute | None, today: date
) -> list[Payment]:
    if order.state == "placed":
        return []
    charge = Payment(
        payment_id=f"PAY-{order.order_id}-1",
        kind="charge",
        on=order.placed_on,
        method=order.payment_method,
        amount=order.totals.total,
        state="settled",
    )
    payments = [charge]
    if dispute is not None and dispute.reason == "charged_twice":
        payments.append(charge.model_copy(update={"payment_id": f"PAY-{order.order_id}-2"}))
    if planned.closed is not None:
        on = today + timedelta(days=planned.closed)
        payments.append(
            charge.model_copy(
                update={"payment_id": f"PAY-{order.order_id}-{len(payments) + 1}", "kind": "refund", "on": on}
            )
        )
    return payments


def _dispute(order: Order, dispute: PlannedDispute, today: date) -> Dispute:
    return Dispute(
        dispute_id=f"D-{order.order_id}",
        invoice_id=order.invoice_id,
        customer_id=order.customer_id,
        opened_on=today + timedelta(days=dispute.opened),
        reason=dispute.reason,
        amount=order.totals.total,
        state=dispute.state,
    )


def invoice_of_period(subscription: Subscription) -> Invoice:
    """The latest period's; nothing has been paid of it while the subscription is past due."""
    issued_on = subscription.paid_until - timedelta(days=subscription.every_days - 1)
    unpaid = subscription.state == "past_due"
    if unpaid:
        issued_on = subscription.paid_until + timedelta(days=1)
    number = subscription.subscription_id.replace("-", "")
    charge = Payment(
        payment_id=f"PAY-{number}-1",
        kind="charge",
        on=issued_on,
        method="card",
        amount=subscription.price,
        state="failed" if unpaid else "settled",
    )
    return Invoice(
        invoice_id=f"INV-{number}",
        customer_id=subscription.customer_id,
        order_id=None,
        subscription_id=subscription.subscription_id,
        issued_on=issued_on,
        due_on=issued_on,
        state="overdue" if unpaid else "paid",
        lines=[InvoiceLine(text=subscription.name, amount=subscription.price)],
        total=subscription.price,
        payments=[charge],
        disputes=[],
    )
