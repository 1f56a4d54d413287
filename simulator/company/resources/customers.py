"""Customers: found by number or telephone, and how they are reached."""

from typing import Annotated

from fastapi import Query

from simulator.company.access import Refusal
from simulator.company.desk import Desk, TheWrite, require
from simulator.company.office import TheOffice, look_up
from simulator.company.records.customers import Contact, Customer, NewContact, NewMarketingPreference

desk = Desk("customers")


@desk.read("/customers", "findCustomerByPhone", "Find customers by telephone number")
def find_by_phone(
    office: TheOffice,
    phone: Annotated[str, Query(pattern=r"^\+[1-9]\d{6,14}$", description="E.164, such as +14155550111.")],
) -> list[Customer]:
    """A household may share a number: all its customers are listed, or none is known by it."""
    return [customer for customer in office.customers.values() if phone in customer.phones]


@desk.read("/customers/{customer_id}", "getCustomer", "Get a customer")
def get_customer(office: TheOffice, customer_id: str) -> Customer:
    return look_up(office.customers, customer_id, "customer")


@desk.write(
    "/customers/{customer_id}/contact",
    "updateCustomerContact",
    "Change a customer's telephone number or e-mail address",
    "email_in_use",
    method="PATCH",
)
async def change_contact(write: TheWrite, customer_id: str, wanted: NewContact) -> Customer:
    """Undone by `restoreCustomerContact`."""
    customers = write.office.customers
    customer = write.find(customers, customer_id, "customer")
    if wanted.phone is None and wanted.email is None:
        raise Refusal(422, "invalid", "Give a phone, an email or both.")
    others = {one.email.lower() for one in customers.values() if one.customer_id != customer_id}
    require(
        wanted.email is None or wanted.email.lower() not in others,
        "email_in_use",
        "Another customer has this e-mail address.",
    )
    rest = [phone for phone in customer.phones[1:] if phone != wanted.phone]
    return write.change(
        customers,
        customer_id,
        phones=[wanted.phone, *rest] if wanted.phone else customer.phones,
        email=wanted.email or customer.email,
        previous_contact=Contact(phones=customer.phones, email=customer.email),
    )


@desk.write(
    "/customers/{customer_id}/contact/restore",
    "restoreCustomerContact",
    "Go back to the contact before the last change",
    "nothing_to_restore",
)
async def restore_contact(write: TheWrite, customer_id: str) -> Customer:
    before = write.find(write.office.customers, customer_id, "customer").previous_contact
    require(before is not None, "nothing_to_restore", "The contact was not changed.")
    assert before is not None
    return write.change(
        write.office.customers, customer_id, phones=before.phones, email=before.email, previous_contact=None
    )


@desk.write(
    "/customers/{customer_id}/marketing",
    "setMarketingPreference",
    "Allow or forbid advertisements on a channel",
    method="PUT",
)
async def set_marketing(write: TheWrite, customer_id: str, wanted: NewMarketingPreference) -> Customer:
    customer = write.find(write.office.customers, customer_id, "customer")
    return write.change(
        write.office.customers,
        customer_id,
        marketing=customer.marketing.model_copy(update={wanted.channel: wanted.allowed}),
    )
