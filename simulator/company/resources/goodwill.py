"""Credits: money for a customer's next orders."""

from datetime import timedelta

from fastapi import HTTPException

from simulator.company.desk import Desk, TheWrite, next_number, require
from simulator.company.office import TheOffice, look_up
from simulator.company.records.kept import Money
from simulator.company.records.refunds import Credit, NewCredit

LASTS = timedelta(days=730)

desk = Desk("credits")


@desk.write("/credits", "createCredit", "Give a customer credit for their next orders", status=201)
async def create(write: TheWrite, wanted: NewCredit) -> Credit:
    """Undone by `revokeCredit`."""
    office = write.office
    look_up(office.customers, wanted.customer_id, "customer")
    if wanted.order_id is not None:
        order = look_up(office.orders, wanted.order_id, "order")
        if order.customer_id != wanted.customer_id:
            raise HTTPException(404, f"Customer {wanted.customer_id} has no order {wanted.order_id}.")
    number = next_number("CR", office.credits)
    credit = Credit(
        credit_id=number,
        customer_id=wanted.customer_id,
        order_id=wanted.order_id,
        amount=Money(amount_minor=wanted.amount_minor, currency=wanted.currency),
        reason=wanted.reason,
        state="active",
        created_at=write.now,
        expires_on=office.today + LASTS,
    )
    return write.keep(office.credits, number, credit)


@desk.read("/credits/{credit_id}", "getCredit", "Get a credit")
def get(office: TheOffice, credit_id: str) -> Credit:
    return look_up(office.credits, credit_id, "credit")


@desk.read(
    "/customers/{customer_id}/credits", "listCustomerCredits", "List a customer's credits, oldest first"
)
def list_of_customer(office: TheOffice, customer_id: str) -> list[Credit]:
    look_up(office.customers, customer_id, "customer")
    return [credit for credit in office.credits.values() if credit.customer_id == customer_id]


@desk.write("/credits/{credit_id}/revoke", "revokeCredit", "Take a credit back", "credit_revoked")
async def revoke(write: TheWrite, credit_id: str) -> Credit:
    credit = write.find(write.office.credits, credit_id, "credit")
    require(credit.state == "active", "credit_revoked", f"Credit {credit_id} was revoked before.")
    return write.change(write.office.credits, credit_id, state="revoked")
