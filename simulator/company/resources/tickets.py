"""Tickets: what a person at Larkfield has to look into."""

from typing import Annotated

from fastapi import Header, HTTPException
from pydantic.json_schema import SkipJsonSchema

from simulator.company.access import responses
from simulator.company.office import Office, TheOffice, look_up
from simulator.company.records.tickets import NewTicket, Ticket
from simulator.company.watch import watched_router

router = watched_router("tickets")


@router.get(
    "/customers/{customer_id}/tickets",
    operation_id="listTickets",
    summary="List a customer's tickets, newest first",
    responses=responses(404),
)
def list_of_customer(office: TheOffice, customer_id: str) -> list[Ticket]:
    look_up(office.customers, customer_id, "customer")
    theirs = [ticket for ticket in office.tickets.values() if ticket.customer_id == customer_id]
    return sorted(theirs, key=lambda ticket: (ticket.created_at, ticket.ticket_id), reverse=True)


@router.post(
    "/tickets",
    operation_id="createTicket",
    summary="Open a ticket",
    status_code=201,
    responses=responses(404),
)
def create_ticket(
    office: TheOffice,
    wanted: NewTicket,
    idempotency_key: Annotated[
        str | SkipJsonSchema[None],
        Header(alias="Idempotency-Key", description="Asking again with the same key opens no second ticket."),
    ] = None,
) -> Ticket:
    if idempotency_key in office.ticket_of_key:
        return office.tickets[office.ticket_of_key[idempotency_key]]
    look_up(office.customers, wanted.customer_id, "customer")
    if wanted.order_id is not None:
        order = look_up(office.orders, wanted.order_id, "order")
        if order.customer_id != wanted.customer_id:
            raise HTTPException(404, f"Customer {wanted.customer_id} has no order {wanted.order_id}.")
    ticket = Ticket(
        ticket_id=_next_number(office), state="open", created_at=office.now(), **wanted.model_dump()
    )
    office.tickets[ticket.ticket_id] = ticket
    if idempotency_key is not None:
        office.ticket_of_key[idempotency_key] = ticket.ticket_id
    return ticket


def _next_number(office: Office) -> str:
    return f"T-{max(int(number[2:]) for number in office.tickets) + 1}"
