"""The tools that change flights, seats, meals, baggage and money; each refuses what a system would."""

from typing import Any, Literal

from simulator.airline.fares import changeable, price_of_change, refund
from simulator.airline.records import CURRENCY, GONE, LETTERS, ROWS, Booking, Records, Refusal, pounds

Answer = dict[str, Any]
Meal = Literal["standard", "vegetarian", "vegan", "halal", "kosher", "gluten_free"]


def conflict(code: str, detail: str) -> Refusal:
    """The record is not in a state for this."""
    return Refusal(409, code, detail)


class Changes:
    """Each method is a tool; its docstring is what a client is told of it."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def change_flight(self, locator: str, flight_number: str, day: str, to_pay_minor: int) -> Answer:
        """Move a booking to another flight of its route, for the price quoted in pence."""
        booking, to = self._open(locator), self._records.flight(flight_number, day)
        if not changeable(booking):
            raise conflict("not_changeable", "This fare cannot be changed.")
        if (to.origin, to.destination) != (booking.flight.origin, booking.flight.destination):
            raise conflict("other_route", "That flight goes elsewhere.")
        if price_of_change(booking, to) != to_pay_minor:
            raise conflict("price_changed", "The price is not the one that was quoted.")
        if to.seats_left < 1 or to.state != "scheduled":
            raise conflict("sold_out", "That flight has no seat left.")
        before = booking.flight
        self._give_up_seat(booking)
        before.seats_left, to.seats_left = before.seats_left + 1, to.seats_left - 1
        booking.flight, booking.paid = to, booking.paid + to_pay_minor
        self._revise(booking)
        return {
            **booking.record(),
            "charged": pounds(to_pay_minor),
            "charged_minor": to_pay_minor,
            "from_flight": before.number,
            "from_day": before.day.isoformat(),
        }

    def revert_change(
        self, locator: str, flight_number: str, day: str, paid_minor: int, seat: str | None = None
    ) -> Answer:
        """Put a booking back on its old flight and seat, and pay back what the change cost, in pence."""
        booking, to = self._open(locator), self._records.flight(flight_number, day)
        self._give_up_seat(booking)
        booking.flight.seats_left, to.seats_left = booking.flight.seats_left + 1, to.seats_left - 1
        booking.flight, booking.paid = to, booking.paid - paid_minor
        self._take_seat(booking, seat or "")
        return self._revise(booking)

    def cancel_booking(self, locator: str, refund_minor: int) -> Answer:
        """Cancel a booking and pay back what was quoted, in pence."""
        booking = self._open(locator)
        if refund(booking) != refund_minor:
            raise conflict("price_changed", "The refund is not the one that was quoted.")
        booking.state = "cancelled"
        booking.flight.seats_left += 1
        return {**self._revise(booking), "refunded": pounds(refund_minor)}

    def reinstate_booking(self, locator: str) -> Answer:
        """Take a cancellation back, and with it the refund."""
        booking = self._records.booking(locator)
        if booking.state != "cancelled":
            raise conflict("not_cancelled", "This booking is not cancelled.")
        booking.state = "confirmed"
        booking.flight.seats_left -= 1
        return self._revise(booking)

    def set_seat(self, locator: str, seat: str | None = None) -> Answer:
        """Give a booking this seat, such as 14C, or none."""
        booking = self._open(locator)
        wanted = (seat or "").upper()
        if wanted and (wanted[-1] not in LETTERS or not 1 <= int(wanted[:-1] or 0) <= ROWS):
            raise Refusal(422, "no_such_seat", "The aircraft has no such seat.")
        if wanted and wanted in booking.flight.taken - {booking.seat}:
            raise conflict("seat_taken", "Somebody sits there.")
        before = booking.seat
        self._give_up_seat(booking)
        self._take_seat(booking, wanted)
        return {**self._revise(booking), "previous_seat": before or None}

    def order_meal(self, locator: str, meal: Meal) -> Answer:
        """Order a meal for a booking."""
        booking = self._open(locator)
        before, booking.meal = booking.meal, meal
        return {**self._revise(booking), "previous_meal": before}

    def report_bag(self, locator: str, description: str) -> Answer:
        """Report a bag that did not arrive with its flight."""
        booking = self._records.booking(locator)
        if booking.flight.state != "landed":
            raise conflict("not_landed", "The flight has not landed yet.")
        report_id = f"BR{len(self._records.bags) + 1:04d}"
        report = {
            "report_id": report_id,
            "locator": booking.locator,
            "description": description,
            "state": "searching",
            "place": booking.flight.origin,
        }
        self._records.bags[report_id] = report
        return report

    def close_bag_report(self, report_id: str) -> Answer:
        """Close a report: the bag was found, or it was a mistake."""
        if (report := self._records.bags.get(report_id)) is None:
            raise Refusal(404, "not_found", "There is no such report.")
        report["state"] = "closed"
        return report

    def pay_compensation(self, locator: str, amount_minor: int, currency: str) -> Answer:
        """Pay compensation for a flight that was late or cancelled, in pence, the way the fare was paid."""
        booking = self._records.booking(locator)
        if currency != CURRENCY or amount_minor <= 0:
            raise Refusal(422, "not_an_amount", "Compensation is a positive amount in pounds.")
        claim_id = f"CC{len(self._records.claims) + 1:04d}"
        claim = {
            "claim_id": claim_id,
            "locator": booking.locator,
            "amount_minor": amount_minor,
            "currency": currency,
            "state": "paid",
        }
        self._records.claims[claim_id] = claim
        return claim

    def revoke_compensation(self, claim_id: str) -> Answer:
        """Take compensation back that has not left yet."""
        if (claim := self._records.claims.get(claim_id)) is None:
            raise Refusal(404, "not_found", "There is no such claim.")
        claim["state"] = "revoked"
        return claim

    def _open(self, locator: str) -> Booking:
        booking = self._records.booking(locator)
        if booking.state == "cancelled":
            raise conflict("cancelled", "This booking is cancelled.")
        if booking.flight.state in GONE:
            raise conflict("departed", "That flight has left.")
        return booking

    def _give_up_seat(self, booking: Booking) -> None:
        booking.flight.taken.discard(booking.seat)
        booking.seat = ""

    def _take_seat(self, booking: Booking, seat: str) -> None:
        booking.seat = seat
        booking.flight.taken |= {seat} - {""}

    def _revise(self, booking: Booking) -> Answer:
        booking.revision += 1
        return booking.record()
