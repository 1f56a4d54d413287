"""The tools that only look: who somebody is, where a flight is, what a change would cost."""

from typing import Any

from simulator.airline.fares import changeable, compensation, price_of_change, refund
from simulator.airline.receipts import Receipts
from simulator.airline.records import Records, Refusal, pounds

Answer = dict[str, Any]


class Enquiries:
    """Each method is a tool; its docstring is what a client is told of it."""

    def __init__(self, records: Records, receipts: Receipts) -> None:
        self._records = records
        self._receipts = receipts

    def find_traveller_by_phone(self, phone: str) -> Answer:
        """Find the one traveller with this telephone number, in E.164."""
        found = [it for it in self._records.travellers.values() if it.phone == phone]
        if len(found) != 1:
            raise Refusal(404, "not_found", "No traveller has this number for themselves.")
        return found[0].record()

    def find_traveller(self, locator: str) -> Answer:
        """Find the traveller of a booking, by its locator."""
        return self._records.travellers[self._records.booking(locator).traveller_id].record()

    def find_booking(self, locator: str) -> Answer:
        """Find a booking with its flight, by its locator of six letters and digits."""
        return self._records.booking(locator).record()

    def list_bookings(self, traveller_id: str) -> Answer:
        """List a traveller's bookings."""
        found = [it for it in self._records.bookings.values() if it.traveller_id == traveller_id]
        if not found:
            raise Refusal(404, "not_found", "This traveller has no bookings.")
        return {"bookings": [it.record() for it in sorted(found, key=lambda it: it.flight.departs_at)]}

    def flight_status(self, flight_number: str, day: str) -> Answer:
        """Tell where a flight is on a day: its state, its delay and its gate."""
        return self._records.flight(flight_number, day).record()

    def search_flights(self, origin: str, destination: str, day: str) -> Answer:
        """Search the flights between two cities on a day that have seats left."""
        wanted = (origin.casefold(), destination.casefold(), day)
        found = [
            {**it.record(), "fares": {name: pounds(pence) for name, pence in it.fares.items()}}
            for it in self._records.flights.values()
            if (it.origin.casefold(), it.destination.casefold(), it.day.isoformat()) == wanted
            and it.seats_left
            and it.state == "scheduled"
        ]
        if not found:
            raise Refusal(404, "not_found", "No flight with seats left.")
        return {"flights": found}

    def quote_change(self, locator: str, flight_number: str, day: str) -> Answer:
        """Quote what it costs to move a booking to another flight, by the fare's conditions."""
        booking, to = self._records.booking(locator), self._records.flight(flight_number, day)
        return {
            "changeable": changeable(booking),
            "same_flight": to is booking.flight,
            "same_route": (to.origin, to.destination) == (booking.flight.origin, booking.flight.destination),
            "seats_left": to.seats_left if to.state == "scheduled" else 0,
            "to_pay": pounds(price_of_change(booking, to)),
            "flight": to.record(),
        }

    def quote_cancellation(self, locator: str) -> Answer:
        """Quote what is paid back when a booking is cancelled, by the fare's conditions."""
        booking = self._records.booking(locator)
        return {"refund": pounds(refund(booking)), "paid": pounds(booking.paid), "fare": booking.fare}

    def compensation_due(self, locator: str) -> Answer:
        """Tell what a traveller may claim for a late or cancelled flight, and what was paid already."""
        booking = self._records.booking(locator)
        paid = sum(it["amount_minor"] for it in self._paid_for(locator))
        return {
            "due": pounds(compensation(booking.flight)),
            "paid": pounds(paid),
            "delay_minutes": booking.flight.delay_minutes,
            "cause": booking.flight.cause,
        }

    def bag_status(self, report_id: str) -> Answer:
        """Tell where a bag is that was reported missing."""
        if (found := self._records.bags.get(report_id.upper())) is None:
            raise Refusal(404, "not_found", "There is no such report.")
        return found

    def find_receipt(self, key: str) -> Answer:
        """Tell whether the write with this idempotency key was carried out, and what it answered."""
        effect = self._receipts.of(key)
        return {**effect.answer, "done": True} if effect else {"done": False}

    def _paid_for(self, locator: str) -> list[Answer]:
        claims = self._records.claims.values()
        return [it for it in claims if it["locator"] == locator.upper() and it["state"] == "paid"]
