"""What the files in `data/` say, checked as they are read; days are counted from today."""

import random
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from simulator.company.records.appointments import AppointmentState, Service
from simulator.company.records.customers import Tier
from simulator.company.records.invoices import DisputeReason, DisputeState
from simulator.company.records.kept import Address
from simulator.company.records.orders import OrderState, ScanEvent, ShipmentState
from simulator.company.records.subscriptions import SubscriptionState
from simulator.company.records.tickets import TicketState, Topic

FOLDER = Path(__file__).parent.parent / "data"
Range = tuple[int, int]
"""First and last, both included."""


class Entry(BaseModel):
    """A table of a data file; a key that nobody reads is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Article(Entry):
    """Something with a price on a shelf."""

    sku: str
    family: str
    name: str
    price: int
    stock: int
    restock: int | None = None


class Plan(Entry):
    """Something that one subscribes to."""

    plan: str
    family: str
    name: str
    price: int
    every_days: int
    ships: bool


class Visits(Entry):
    """When technicians go out for one service."""

    service: Service
    hours: int
    starts: list[int]


class Shop(Entry):
    """What holds for every order."""

    zone: str
    delivery_price: int
    free_delivery_from: int
    carriers: list[str]


class Catalogue(Entry):
    """`catalogue.toml`."""

    shop: Shop
    articles: list[Article]
    plans: list[Plan]
    technicians: list[str]
    visits: list[Visits]

    def article(self, sku: str) -> Article:
        return next(article for article in self.articles if article.sku == sku)

    def plan(self, plan_id: str) -> Plan:
        return next(plan for plan in self.plans if plan.plan == plan_id)


class PlannedCustomer(Entry):
    """A customer before there is a day."""

    customer_id: str
    name: str
    phones: list[str]
    address: Address
    tier: Tier
    language: str
    since: int
    card_last4: str
    born: date


class PlannedOrder(Entry):
    """An order before there is a day."""

    order_id: Annotated[str, Field(pattern=r"\d{4}")]
    customer_id: str
    state: OrderState
    items: dict[str, int]
    """SKU to quantity."""
    placed: int
    promised: int
    dispatched: int | None = None
    delivered: int | None = None
    expected: int | None = None
    closed: int | None = None
    """When it was cancelled or refunded."""
    note: str | None = None


class PlannedDispute(Entry):
    """A charge that a customer does not accept."""

    order_id: str
    reason: DisputeReason
    opened: int
    state: DisputeState


class PlannedSubscription(Entry):
    """A subscription before there is a day."""

    subscription_id: str
    customer_id: str
    plan: str
    state: SubscriptionState
    started: int
    last_charge: int
    paused_until: int | None = None


class PlannedAppointment(Entry):
    """A visit before there is a day."""

    appointment_id: str
    customer_id: str
    service: Service
    about: str
    state: AppointmentState
    day: int
    hour: int


class PlannedTicket(Entry):
    """A ticket before there is a day."""

    ticket_id: str
    customer_id: str
    order_id: str | None = None
    topic: Topic
    subject: str
    state: TicketState
    created: int


class PlannedNote(Entry):
    """A note in a customer's file before there is a day."""

    customer_id: str
    text: str
    written: int


class Heroes(Entry):
    """`heroes.toml`."""

    customers: list[PlannedCustomer]
    orders: list[PlannedOrder]
    disputes: list[PlannedDispute]
    subscriptions: list[PlannedSubscription]
    appointments: list[PlannedAppointment]
    tickets: list[PlannedTicket]
    notes: list[PlannedNote]


class Story(Entry):
    """What orders of one state have been through; ranges other than `expected` count from the placing."""

    count: int
    age: Range
    promised: Range
    dispatched: Range | None = None
    delivered: Range | None = None
    closed: Range | None = None
    expected: Range | None = None
    open: bool = False
    """The promised day still stands."""
    shipment: ShipmentState | None = None
    scans: list[str] = []


class PlannedScan(Entry):
    """What the carrier sees on the way."""

    event: ScanEvent
    after: Literal["placed", "dispatched", "promised", "delivered", "closed", "today"]
    days: int
    at: str
    place: str
    text: str


class Stories(Entry):
    """`stories.toml`."""

    states: dict[OrderState, Story]
    scans: dict[str, PlannedScan]


class City(Entry):
    """Where invented customers live."""

    postcode: str
    city: str
    country: str


class PhoneRange(Entry):
    """Numbers `first` to `last` after `prefix`, written with `digits` digits."""

    prefix: str
    first: int
    last: int
    digits: int


class People(Entry):
    """`people.toml`."""

    customers: int
    first: list[str]
    last: list[str]
    streets: list[str]
    tiers: list[Tier]
    languages: list[str]
    cities: list[City]
    phones: list[PhoneRange]


File = TypeVar("File", bound=Entry)


@cache
def read(file: type[File]) -> File:
    """Reads the file that bears the class's name, such as `heroes.toml` for `Heroes`."""
    return file.model_validate(tomllib.loads((FOLDER / f"{file.__name__.lower()}.toml").read_text("utf-8")))


def chance(subject: str) -> random.Random:
    """The same draws on every machine and day; each subject has its own, so that one can grow alone."""
    return random.Random(f"larkfield/{subject}")
