"""What a fare lets a traveller do, and what a disruption gives them; pure arithmetic in pence."""

from dataclasses import dataclass

from simulator.airline.records import GONE, Booking, Flight


@dataclass(frozen=True, kw_only=True)
class Fare:
    """The conditions of one kind of fare."""

    changeable: bool
    change_fee: int
    """Pence, beside the difference to today's price."""
    refund_percent: int


FARES = {
    "saver": Fare(changeable=False, change_fee=0, refund_percent=0),
    "standard": Fare(changeable=True, change_fee=35_00, refund_percent=50),
    "flex": Fare(changeable=True, change_fee=0, refund_percent=100),
}
_COMPENSATION = ((1500, 220_00), (3500, 350_00))
"""Up to so many kilometres, so many pence."""
_FAR = 520_00
_LATE_MINUTES = 180


def changeable(booking: Booking) -> bool:
    return booking.flight.disrupted or FARES[booking.fare].changeable


def price_of_change(booking: Booking, to: Flight) -> int:
    """A dearer flight costs the difference, a cheaper one gives nothing back; free after a disruption."""
    if booking.flight.disrupted:
        return 0
    return max(0, to.fares[booking.fare] - booking.paid) + FARES[booking.fare].change_fee


def refund(booking: Booking) -> int:
    if booking.flight.disrupted:
        return booking.paid
    if booking.flight.state in GONE:
        return 0
    return booking.paid * FARES[booking.fare].refund_percent // 100


def compensation(flight: Flight) -> int:
    """Nothing for what is outside the airline's control."""
    late = flight.state == "cancelled" or flight.delay_minutes >= _LATE_MINUTES
    if not late or flight.cause != "ours":
        return 0
    return next((pence for upto, pence in _COMPENSATION if flight.kilometres <= upto), _FAR)
