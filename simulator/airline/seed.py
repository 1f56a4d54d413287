"""The airline as it stands on a day: six travellers, a few flights, and bookings that each show something."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from simulator.airline.records import Booking, Flight, Records, Traveller

_TRAVELLERS = (
    Traveller(
        traveller_id="T-1001",
        name="Amelia Hartley",
        surname="Hartley",
        born="1988-04-12",
        phone="+447700900111",
        email="amelia.hartley@example.com",
        tier="silver",
    ),
    Traveller(
        traveller_id="T-1002",
        name="Oliver Brand",
        surname="Brand",
        born="1975-11-30",
        phone="+447700900222",
        email="oliver.brand@example.com",
    ),
    Traveller(
        traveller_id="T-1003",
        name="Priya Nair",
        surname="Nair",
        born="1993-07-08",
        phone="+447700900333",
        email="priya.nair@example.com",
        tier="gold",
    ),
    Traveller(
        traveller_id="T-1004",
        name="Tomos Rees",
        surname="Rees",
        born="2001-01-19",
        phone="+447700900444",
        email="tomos.rees@example.com",
    ),
    Traveller(
        traveller_id="T-1005",
        name="Grace Okafor",
        surname="Okafor",
        born="1969-02-27",
        phone="+447700900555",
        email="grace.okafor@example.com",
    ),
    Traveller(
        traveller_id="T-1006",
        name="Edwin Okafor",
        surname="Okafor",
        born="1967-09-03",
        phone="+447700900555",
        email="edwin.okafor@example.com",
    ),
)
_ROUTES: dict[str, dict[str, Any]] = {
    "WH101": {
        "origin": "London",
        "destination": "Edinburgh",
        "kilometres": 530,
        "minutes": 80,
        "at": time(7, 30),
        "fares": {"saver": 45_00, "standard": 80_00, "flex": 140_00},
    },
    "WH103": {
        "origin": "London",
        "destination": "Edinburgh",
        "kilometres": 530,
        "minutes": 80,
        "at": time(13, 10),
        "fares": {"saver": 55_00, "standard": 95_00, "flex": 140_00},
    },
    "WH105": {
        "origin": "London",
        "destination": "Edinburgh",
        "kilometres": 530,
        "minutes": 80,
        "at": time(19, 45),
        "fares": {"saver": 39_00, "standard": 70_00, "flex": 120_00},
    },
    "WH240": {
        "origin": "Manchester",
        "destination": "Lisbon",
        "kilometres": 1780,
        "minutes": 165,
        "at": time(9, 0),
        "fares": {"saver": 90_00, "standard": 160_00, "flex": 260_00},
    },
    "WH242": {
        "origin": "Manchester",
        "destination": "Lisbon",
        "kilometres": 1780,
        "minutes": 165,
        "at": time(16, 20),
        "fares": {"saver": 85_00, "standard": 150_00, "flex": 250_00},
    },
}
_BOOKINGS = (
    ("K7QM2P", "T-1001", "WH101", 4, "standard", 80_00, "4C"),
    ("B3XR9D", "T-1001", "WH103", 1, "saver", 55_00, "11A"),
    ("H5TN8W", "T-1001", "WH101", -1, "standard", 80_00, "6F"),
    ("M4ZC6V", "T-1002", "WH105", 5, "saver", 39_00, ""),
    ("P9GL3T", "T-1003", "WH240", 6, "flex", 260_00, "2A"),
    ("R2FJ7K", "T-1003", "WH240", -1, "flex", 260_00, "2A"),
    ("C8VD4N", "T-1004", "WH242", -1, "standard", 150_00, ""),
)
"""Locator, traveller, flight, days ahead, fare, pence paid, seat."""
_DAYS = 10
_ZONE = ZoneInfo("Europe/London")


def found(today: date) -> Records:
    """Flights from yesterday on."""
    flights = {
        (number, flight.day.isoformat()): flight
        for number in _ROUTES
        for ahead in range(-1, _DAYS)
        for flight in [_flight(number, today + timedelta(days=ahead))]
    }

    def on(number: str, ahead: int) -> Flight:
        return flights[number, (today + timedelta(days=ahead)).isoformat()]

    _disturb(on("WH240", -1), state="landed", delay_minutes=260, cause="ours")
    _disturb(on("WH242", -1), state="landed", delay_minutes=300, cause="outside")
    _disturb(on("WH101", -1), state="landed", delay_minutes=200, cause="ours")
    _disturb(on("WH103", 1), state="cancelled", cause="ours")
    on("WH105", 3).seats_left = 0
    bookings = [
        Booking(locator=locator, traveller_id=who, flight=on(number, ahead), fare=fare, paid=paid, seat=seat)
        for locator, who, number, ahead, fare, paid, seat in _BOOKINGS
    ]
    for booking in bookings:
        booking.flight.taken |= {booking.seat} - {""}
    return Records(
        travellers={it.traveller_id: it for it in _TRAVELLERS},
        flights=flights,
        bookings={it.locator: it for it in bookings},
    )


def _flight(number: str, day: date) -> Flight:
    route = dict(_ROUTES[number])
    departs_at = datetime.combine(day, route.pop("at"), _ZONE)
    route["fares"] = dict(route["fares"])
    return Flight(number=number, departs_at=departs_at, gate=f"A{int(number[-1])}", **route)


def _disturb(flight: Flight, *, state: str, cause: str, delay_minutes: int = 0) -> None:
    flight.state, flight.cause, flight.delay_minutes = state, cause, delay_minutes
