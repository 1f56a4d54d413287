"""What people look into."""

from datetime import datetime
from typing import Literal

from simulator.company.records.kept import Reason, Record, Written

Topic = Literal[
    "delivery", "damaged_item", "return", "billing", "subscription", "appointment", "account", "other"
]
TicketState = Literal["open", "waiting_for_customer", "solved"]


class NewTicket(Record):
    """What somebody asks to be looked into."""

    customer_id: str
    topic: Topic
    subject: str
    description: str = ""
    order_id: str | None = None


class Ticket(Written):
    """A case that a person works on."""

    ticket_id: str
    customer_id: str
    order_id: str | None
    topic: Topic
    subject: str
    description: str
    state: TicketState
    created_at: datetime
    resolution: str | None = None


class Closing(Record):
    """How a ticket was solved."""

    resolution: Reason
