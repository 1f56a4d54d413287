"""Fills customers' files: notes, and the refunds that invoices tell of."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from simulator.company.records.customers import Note
from simulator.company.records.invoices import Invoice
from simulator.company.records.refunds import Refund
from simulator.company.seed.data import Catalogue, Heroes, read

FIRST_NUMBER = 401


def notes(today: date) -> dict[str, Note]:
    written = [
        Note(
            note_id=f"N-{FIRST_NUMBER + place}",
            customer_id=planned.customer_id,
            order_id=None,
            text=planned.text,
            written_at=_morning(today + timedelta(days=planned.written)),
        )
        for place, planned in enumerate(read(Heroes).notes)
    ]
    return {note.note_id: note for note in written}


def refunds(invoices: dict[str, Invoice]) -> dict[str, Refund]:
    made = [
        Refund(
            refund_id=f"RF-{invoice.order_id}",
            customer_id=invoice.customer_id,
            invoice_id=invoice.invoice_id,
            order_id=invoice.order_id,
            amount=payment.amount,
            reason="Paid back before today",
            state="settled",
            created_at=_morning(payment.on),
            settles_at=_morning(payment.on) + timedelta(minutes=30),
        )
        for invoice in invoices.values()
        for payment in invoice.payments
        if payment.kind == "refund"
    ]
    return {refund.refund_id: refund for refund in made}


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(9, 30), ZoneInfo(read(Catalogue).shop.zone))
