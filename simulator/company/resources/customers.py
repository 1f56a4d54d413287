"""Customers, found by number or telephone."""

from typing import Annotated

from fastapi import Query

from simulator.company.access import responses
from simulator.company.office import TheOffice, look_up
from simulator.company.records.customers import Customer
from simulator.company.watch import watched_router

router = watched_router("customers")


@router.get("/customers", operation_id="findCustomerByPhone", summary="Find customers by telephone number")
def find_by_phone(
    office: TheOffice,
    phone: Annotated[str, Query(pattern=r"^\+[1-9]\d{6,14}$", description="E.164, such as +14155550111.")],
) -> list[Customer]:
    """A household may share a number: all its customers are listed, or none is known by it."""
    return [customer for customer in office.customers.values() if phone in customer.phones]


@router.get(
    "/customers/{customer_id}",
    operation_id="getCustomer",
    summary="Get a customer",
    responses=responses(404),
)
def get_customer(office: TheOffice, customer_id: str) -> Customer:
    return look_up(office.customers, customer_id, "customer")
