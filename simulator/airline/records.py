"""What the airline knows: travellers, flights on a day, bookings; as records that a tool answers with."""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

CURRENCY = "GBP"
GONE = frozenset({"boarding", "departed", "landed"})
ROWS, LETTERS = 30, "ABCDEF"


class Refusal(Exception):
    """The request is understood and not carried out; nothing has changed."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail


def pounds(minor: int) -> dict[str, Any]:
    """`minor` in pence."""
    return {"amount_minor": minor, "currency": CURRENCY}


@dataclass(kw_only=True)
class Traveller:
    """A customer."""

    traveller_id: str
    name: str
    surname: str
    born: str
    phone: str
    email: str
    tier: str = "blue"

    def record(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(kw_only=True)
class Flight:
    """One flight on one day."""

    number: str
    departs_at: datetime
    """Local time of the airport."""
    minutes: int
    origin: str
    destination: str
    kilometres: int
    fares: dict[str, int]
    """Kind of fare to its price today, in pence."""
    state: str = "scheduled"
    delay_minutes: int = 0
    cause: str = ""
    """`ours` where the airline answers for a delay or a cancellation, `outside` where it does not."""
    gate: str = ""
    taken: set[str] = field(default_factory=set)
    seats_left: int = 40

    @property
    def day(self) -> date:
        return self.departs_at.date()

    @property
    def disrupted(self) -> bool:
        return self.state == "cancelled" or self.delay_minutes >= 180

    def record(self) -> dict[str, Any]:
        leaves = self.departs_at + timedelta(minutes=self.delay_minutes)
        return {
            "flight_number": self.number,
            "day": self.day.isoformat(),
            "origin": self.origin,
            "destination": self.destination,
            "planned_at": self.departs_at.isoformat(),
            "departs_at": leaves.isoformat(),
            "arrives_at": (leaves + timedelta(minutes=self.minutes)).isoformat(),
            "state": self.state,
            "delay_minutes": self.delay_minutes,
            "disrupted": self.disrupted,
            "gate": self.gate,
        }


@dataclass(kw_only=True)
class Booking:
    """One traveller's place on one flight."""

    locator: str
    traveller_id: str
    flight: Flight
    fare: str
    paid: int
    """Pence."""
    seat: str = ""
    meal: str = "standard"
    state: str = "confirmed"
    revision: int = 1
    """Counts changes: what was agreed for one revision says nothing of the next."""

    def record(self) -> dict[str, Any]:
        return {
            "locator": self.locator,
            "traveller_id": self.traveller_id,
            "state": self.state,
            "fare": self.fare,
            "paid": pounds(self.paid),
            "seat": self.seat or None,
            "meal": self.meal,
            "revision": self.revision,
            "flight": self.flight.record(),
        }


@dataclass(kw_only=True)
class Records:
    """Everything, in memory."""

    travellers: dict[str, Traveller]
    flights: dict[tuple[str, str], Flight]
    """By number and ISO day."""
    bookings: dict[str, Booking]
    claims: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Compensation paid, by its id."""
    bags: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Reports of baggage, by their id."""

    def booking(self, locator: str) -> Booking:
        if (found := self.bookings.get(locator.upper())) is None:
            raise Refusal(404, "not_found", "There is no such booking.")
        return found

    def flight(self, number: str, day: str) -> Flight:
        if (found := self.flights.get((number.upper(), day))) is None:
            raise Refusal(404, "not_found", "There is no such flight on that day.")
        return found
