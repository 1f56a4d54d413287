"""Invoices with their payments and disputes."""

from simulator.company.access import responses
from simulator.company.office import TheOffice, look_up
from simulator.company.records.invoices import Invoice
from simulator.company.watch import watched_router

router = watched_router("invoices")


@router.get(
    "/customers/{customer_id}/invoices",
    operation_id="listInvoices",
    summary="List a customer's invoices, newest first",
    responses=responses(404),
)
def list_of_customer(office: TheOffice, customer_id: str) -> list[Invoice]:
    look_up(office.customers, customer_id, "customer")
    theirs = [invoice for invoice in office.invoices.values() if invoice.customer_id == customer_id]
    return sorted(theirs, key=lambda invoice: (invoice.issued_on, invoice.invoice_id), reverse=True)


@router.get(
    "/invoices/{invoice_id}", operation_id="getInvoice", summary="Get an invoice", responses=responses(404)
)
def get_invoice(office: TheOffice, invoice_id: str) -> Invoice:
    return look_up(office.invoices, invoice_id, "invoice")
