"""Tickets: what a person at Larkfield has to look into."""

from fastapi import HTTPException

from simulator.company.desk import Desk, TheWrite, next_number, require
from simulator.company.office import TheOffice, look_up
from simulator.company.records.tickets import Closing, NewTicket, Ticket

desk = Desk("tickets")


@desk.read("/customers/{customer_id}/tickets", "listTickets", "List a customer's tickets, newest first")
def list_of_customer(office: TheOffice, customer_id: str) -> list[Ticket]:
    look_up(office.customers, customer_id, "customer")
    theirs = [ticket for ticket in office.tickets.values() if ticket.customer_id == customer_id]
    return sorted(theirs, key=lambda ticket: (ticket.created_at, ticket.ticket_id), reverse=True)


@desk.read("/tickets/{ticket_id}", "getTicket", "Get a ticket")
def get_ticket(office: TheOffice, ticket_id: str) -> Ticket:
    return look_up(office.tickets, ticket_id, "ticket")


@desk.write("/tickets", "createTicket", "Open a ticket", status=201)
async def create_ticket(write: TheWrite, wanted: NewTicket) -> Ticket:
    """Undone by `closeTicket`."""
    office = write.office
    look_up(office.customers, wanted.customer_id, "customer")
    if wanted.order_id is not None:
        order = look_up(office.orders, wanted.order_id, "order")
        if order.customer_id != wanted.customer_id:
            raise HTTPException(404, f"Customer {wanted.customer_id} has no order {wanted.order_id}.")
    number = next_number("T", office.tickets)
    ticket = Ticket(ticket_id=number, state="open", created_at=write.now, **wanted.model_dump())
    return write.keep(office.tickets, number, ticket)


@desk.write("/tickets/{ticket_id}/close", "closeTicket", "Close a ticket", "ticket_closed")
async def close_ticket(write: TheWrite, ticket_id: str, wanted: Closing) -> Ticket:
    """Undone by `reopenTicket`."""
    ticket = write.find(write.office.tickets, ticket_id, "ticket")
    require(ticket.state != "solved", "ticket_closed", f"Ticket {ticket_id} was closed before.")
    return write.change(write.office.tickets, ticket_id, state="solved", resolution=wanted.resolution)


@desk.write("/tickets/{ticket_id}/reopen", "reopenTicket", "Open a closed ticket again", "ticket_open")
async def reopen_ticket(write: TheWrite, ticket_id: str) -> Ticket:
    ticket = write.find(write.office.tickets, ticket_id, "ticket")
    require(ticket.state == "solved", "ticket_open", f"Ticket {ticket_id} is {ticket.state}.")
    return write.change(write.office.tickets, ticket_id, state="open", resolution=None)
