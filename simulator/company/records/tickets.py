"""What people look into."""

from datetime import datetime
from typing import Literal

from simulator.company.records.kept import Record

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


class Ticket(Record):
    """A case that a person works on."""

    ticket_id: str
    customer_id: str
    order_id: str | None
    topic: Topic
    subject: str
    description: str
    state: TicketState
    created_at: datetime
