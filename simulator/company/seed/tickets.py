"""Opens the tickets that lie on Larkfield's desks: heroes' ones, and those about orders that went wrong."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from simulator.company.records.orders import Order, OrderState
from simulator.company.records.tickets import Ticket, TicketState, Topic
from simulator.company.seed.data import Catalogue, Heroes, PlannedTicket, read

FIRST_NUMBER = 511
STATES: tuple[TicketState, ...] = ("open", "waiting_for_customer", "solved")
COMPLAINTS: dict[OrderState, tuple[Topic, str]] = {
    "delayed": ("delivery", "Parcel is late"),
    "lost": ("delivery", "Parcel never came"),
    "exchange_pending": ("return", "Exchange for another size"),
    "partially_delivered": ("delivery", "An article is missing"),
}


def tickets(today: date, orders: dict[str, Order]) -> dict[str, Ticket]:
    heroes = read(Heroes)
    named = {order.order_id for order in heroes.orders}
    troubled = [o for o in orders.values() if o.state in COMPLAINTS and o.order_id not in named]
    drawn = [
        PlannedTicket(
            ticket_id=f"T-{FIRST_NUMBER + place}",
            customer_id=order.customer_id,
            order_id=order.order_id,
            topic=COMPLAINTS[order.state][0],
            subject=COMPLAINTS[order.state][1],
            state=STATES[place % len(STATES)],
            created=-1 - place % 4,
        )
        for place, order in enumerate(troubled)
    ]
    return {one.ticket_id: _ticket(one, today) for one in [*heroes.tickets, *drawn]}


def _ticket(planned: PlannedTicket, today: date) -> Ticket:
    return Ticket(
        ticket_id=planned.ticket_id,
        customer_id=planned.customer_id,
        order_id=planned.order_id,
        topic=planned.topic,
        subject=planned.subject,
        description="",
        state=planned.state,
        created_at=datetime.combine(
            today + timedelta(days=planned.created), time(10, 20), ZoneInfo(read(Catalogue).shop.zone)
        ),
    )
