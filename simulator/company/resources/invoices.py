"""Invoices with their payments and disputes."""

from simulator.company.desk import Desk, TheWrite, Write, next_number, require
from simulator.company.office import TheOffice, look_up
from simulator.company.records.invoices import Dispute, Invoice, NewDispute
from simulator.company.records.kept import Money
from simulator.company.records.refunds import Credit
from simulator.company.resources.goodwill import LASTS
from simulator.company.rules.paying_back import refundable

desk = Desk("invoices")


@desk.read("/customers/{customer_id}/invoices", "listInvoices", "List a customer's invoices, newest first")
def list_of_customer(office: TheOffice, customer_id: str) -> list[Invoice]:
    look_up(office.customers, customer_id, "customer")
    theirs = [invoice for invoice in office.invoices.values() if invoice.customer_id == customer_id]
    return sorted(theirs, key=lambda invoice: (invoice.issued_on, invoice.invoice_id), reverse=True)


@desk.read("/invoices/{invoice_id}", "getInvoice", "Get an invoice")
def get_invoice(office: TheOffice, invoice_id: str) -> Invoice:
    return look_up(office.invoices, invoice_id, "invoice")


@desk.read("/disputes/{dispute_id}", "getDispute", "Get a dispute")
def get_dispute(office: TheOffice, dispute_id: str) -> Dispute:
    return look_up(office.disputes, dispute_id, "dispute")


@desk.write(
    "/invoices/{invoice_id}/disputes",
    "openDispute",
    "Open a case about a charge that the customer does not accept",
    "already_disputed",
    "exceeds_paid",
    status=201,
)
async def open_dispute(write: TheWrite, invoice_id: str, wanted: NewDispute) -> Dispute:
    """Undone by `withdrawDispute`."""
    office = write.office
    invoice = write.find(office.invoices, invoice_id, "invoice")
    require(
        not any(dispute.state == "open" for dispute in invoice.disputes),
        "already_disputed",
        f"Invoice {invoice_id} has an open dispute.",
    )
    left = refundable(office, invoice)
    require(wanted.amount_minor <= left, "exceeds_paid", f"Of invoice {invoice_id}, {left} cents are paid.")
    number = next_number("D", office.disputes)
    dispute = Dispute(
        dispute_id=number,
        invoice_id=invoice_id,
        customer_id=invoice.customer_id,
        opened_on=office.today,
        reason=wanted.reason,
        amount=Money(amount_minor=wanted.amount_minor, currency=wanted.currency),
        state="open",
        note=wanted.note,
    )
    kept = write.keep(office.disputes, number, dispute)
    write.change(office.invoices, invoice_id, disputes=[*invoice.disputes, kept])
    return kept


@desk.write(
    "/disputes/{dispute_id}/withdraw",
    "withdrawDispute",
    "Withdraw an open dispute; its provisional credit is taken back",
    "dispute_closed",
)
async def withdraw(write: TheWrite, dispute_id: str) -> Dispute:
    office = write.office
    dispute = write.find(office.disputes, dispute_id, "dispute")
    require(dispute.state == "open", "dispute_closed", f"Dispute {dispute_id} is {dispute.state}.")
    lent = dispute.provisional_credit_id
    if lent is not None and office.credits[lent].state == "active":
        write.change(office.credits, lent, state="revoked")
    return _change(write, dispute_id, state="withdrawn")


@desk.write(
    "/disputes/{dispute_id}/provisional-credit",
    "grantProvisionalCredit",
    "Lend the disputed amount as credit until the dispute is decided",
    "dispute_closed",
    "already_granted",
    status=201,
)
async def grant_credit(write: TheWrite, dispute_id: str) -> Credit:
    """Undone by `revokeCredit`."""
    office = write.office
    dispute = write.find(office.disputes, dispute_id, "dispute")
    require(dispute.state == "open", "dispute_closed", f"Dispute {dispute_id} is {dispute.state}.")
    lent = dispute.provisional_credit_id
    require(
        lent is None or office.credits[lent].state == "revoked",
        "already_granted",
        f"Credit {lent} was granted for dispute {dispute_id}.",
    )
    number = next_number("CR", office.credits)
    credit = Credit(
        credit_id=number,
        customer_id=dispute.customer_id,
        order_id=office.invoices[dispute.invoice_id].order_id,
        dispute_id=dispute_id,
        amount=dispute.amount,
        reason="Provisional, until the dispute is decided",
        state="active",
        created_at=write.now,
        expires_on=office.today + LASTS,
    )
    _change(write, dispute_id, provisional_credit_id=number)
    return write.keep(office.credits, number, credit)


def _change(write: Write, dispute_id: str, **changes: object) -> Dispute:
    """The invoice holds the new version too."""
    office = write.office
    changed = write.change(office.disputes, dispute_id, **changes)
    invoice = office.invoices[changed.invoice_id]
    held = [changed if one.dispute_id == dispute_id else one for one in invoice.disputes]
    write.change(office.invoices, invoice.invoice_id, disputes=held)
    return changed
