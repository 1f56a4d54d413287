"""What was billed, paid, paid back and disputed."""

from datetime import date
from typing import Literal

from simulator.company.records.kept import Currency, Minor, Money, Record, Written
from simulator.company.records.orders import PaymentMethod

InvoiceState = Literal["open", "paid", "overdue", "credited"]
DisputeReason = Literal["charged_twice", "wrong_amount", "not_received", "not_recognised"]
DisputeState = Literal["open", "accepted", "rejected", "withdrawn"]


class InvoiceLine(Record):
    """One position of an invoice."""

    text: str
    amount: Money


class Payment(Record):
    """Money that moved for an invoice."""

    payment_id: str
    kind: Literal["charge", "refund"]
    on: date
    method: PaymentMethod
    amount: Money
    state: Literal["settled", "pending", "failed", "cancelled"]


class Dispute(Written):
    """A customer says that a charge is wrong."""

    dispute_id: str
    invoice_id: str
    customer_id: str
    opened_on: date
    reason: DisputeReason
    amount: Money
    state: DisputeState
    note: str | None = None
    provisional_credit_id: str | None = None
    """Lent until the dispute is decided."""


class NewDispute(Record):
    """A charge that the customer does not accept."""

    reason: DisputeReason
    amount_minor: Minor
    currency: Currency = "EUR"
    note: str | None = None


class Invoice(Written):
    """What was billed for an order or for a period of a subscription."""

    invoice_id: str
    customer_id: str
    order_id: str | None
    subscription_id: str | None
    issued_on: date
    due_on: date
    state: InvoiceState
    lines: list[InvoiceLine]
    total: Money
    payments: list[Payment]
    disputes: list[Dispute]
