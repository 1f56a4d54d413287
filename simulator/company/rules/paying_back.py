"""Money goes back the way it came, and never more than came."""

from datetime import timedelta

from simulator.company.access import conflict
from simulator.company.desk import Write, next_number, require
from simulator.company.office import Office
from simulator.company.records.invoices import Invoice, Payment
from simulator.company.records.kept import Money
from simulator.company.records.refunds import Refund

GRACE = timedelta(minutes=30)
"""How long a refund waits before it is paid."""


def refunds_of(office: Office, invoice_id: str) -> list[Refund]:
    """Oldest first, as they stand now."""
    now = office.now()
    return [one.at(now) for one in office.refunds.values() if one.invoice_id == invoice_id]


def paid(invoice: Invoice) -> int:
    """Cents that came in."""
    return sum(
        one.amount.amount_minor for one in invoice.payments if (one.kind, one.state) == ("charge", "settled")
    )


def paid_back(office: Office, invoice_id: str, line_id: str | None = None) -> int:
    """Cents that went back or are about to; for one line where it is given."""
    return sum(
        one.amount.amount_minor
        for one in refunds_of(office, invoice_id)
        if one.state != "cancelled" and line_id in (None, one.line_id)
    )


def refundable(office: Office, invoice: Invoice) -> int:
    return max(0, paid(invoice) - paid_back(office, invoice.invoice_id))


def pay_back(
    write: Write, invoice: Invoice, amount_minor: int, reason: str, *, line_id: str | None = None
) -> Refund:
    """Raises 409 where it is more than came in."""
    left = refundable(write.office, invoice)
    require(paid(invoice) > 0, "not_paid", f"Nothing was paid of invoice {invoice.invoice_id}.")
    require(
        amount_minor <= left, "exceeds_paid", f"Of invoice {invoice.invoice_id}, {left} cents can go back."
    )
    number = next_number("RF", write.office.refunds)
    refund = Refund(
        refund_id=number,
        customer_id=invoice.customer_id,
        invoice_id=invoice.invoice_id,
        order_id=invoice.order_id,
        subscription_id=invoice.subscription_id,
        line_id=line_id,
        amount=Money(amount_minor=amount_minor),
        reason=reason,
        state="pending",
        created_at=write.now,
        settles_at=write.now + GRACE,
    )
    kept = write.keep(write.office.refunds, number, refund)
    _mirror(write, kept)
    return kept


def take_back(write: Write, refund_id: str) -> Refund:
    """Raises 409 once it was paid or cancelled."""
    refund = write.office.refunds[refund_id].at(write.now)
    if refund.state != "pending":
        raise conflict(f"refund_{refund.state}", f"Refund {refund_id} is {refund.state}.")
    kept = write.change(write.office.refunds, refund_id, state="cancelled")
    _mirror(write, kept)
    return kept


def _mirror(write: Write, refund: Refund) -> None:
    """The invoice and the order tell of it too."""
    office = write.office
    invoice = office.invoices[refund.invoice_id]
    payment = Payment(
        payment_id=f"PAY-{refund.refund_id}",
        kind="refund",
        on=refund.created_at.date(),
        method="card" if refund.order_id is None else office.orders[refund.order_id].payment_method,
        amount=refund.amount,
        state="cancelled" if refund.state == "cancelled" else "pending",
    )
    others = [one for one in invoice.payments if one.payment_id != payment.payment_id]
    write.change(office.invoices, invoice.invoice_id, payments=[*others, payment])
    if refund.order_id is not None:
        totals = office.orders[refund.order_id].totals
        back = Money(amount_minor=paid_back(office, refund.invoice_id))
        write.change(office.orders, refund.order_id, totals=totals.model_copy(update={"refunded": back}))
