"""Visits of technicians, and when they have time."""

from datetime import date
from typing import Annotated

from fastapi import HTTPException, Query
from pydantic.json_schema import SkipJsonSchema

from simulator.company.desk import Desk, TheWrite, Write, next_number, require
from simulator.company.office import TheOffice, look_up
from simulator.company.records.appointments import Appointment, NewAppointment, NewTime, Service, Slot
from simulator.company.records.kept import Money
from simulator.company.seed.data import Catalogue, read
from simulator.company.seed.visits import LATE_FEE, free_until

TO_COME = frozenset({"booked", "confirmed"})
NO_FEE = Money(amount_minor=0)

desk = Desk("appointments")


@desk.read(
    "/appointment-slots", "listAppointmentSlots", "List times in which a technician is free, soonest first"
)
def list_slots(
    office: TheOffice,
    service: Service | SkipJsonSchema[None] = None,
    first_day: Annotated[date | SkipJsonSchema[None], Query(description="No slot before this day.")] = None,
    last_day: Annotated[date | SkipJsonSchema[None], Query(description="No slot after this day.")] = None,
) -> list[Slot]:
    return [
        slot
        for slot in sorted(office.slots.values(), key=lambda slot: slot.starts_at)
        if service in (None, slot.service)
        and (first_day or date.min) <= slot.starts_at.date() <= (last_day or date.max)
    ]


@desk.read(
    "/customers/{customer_id}/appointments", "listAppointments", "List a customer's visits, soonest first"
)
def list_of_customer(office: TheOffice, customer_id: str) -> list[Appointment]:
    look_up(office.customers, customer_id, "customer")
    theirs = [visit for visit in office.appointments.values() if visit.customer_id == customer_id]
    return sorted(theirs, key=lambda visit: visit.starts_at)


@desk.read("/appointments/{appointment_id}", "getAppointment", "Get a visit")
def get(office: TheOffice, appointment_id: str) -> Appointment:
    return look_up(office.appointments, appointment_id, "appointment")


@desk.write("/appointments", "bookAppointment", "Book a visit", "slot_taken", "customer_busy", status=201)
async def book(write: TheWrite, wanted: NewAppointment) -> Appointment:
    """Undone by `cancelAppointment`."""
    office = write.office
    customer = look_up(office.customers, wanted.customer_id, "customer")
    slot = _free(write, wanted.slot_id)
    theirs = [one for one in office.appointments.values() if one.customer_id == wanted.customer_id]
    require(
        not any(
            one.state in TO_COME and one.starts_at < slot.ends_at and slot.starts_at < one.ends_at
            for one in theirs
        ),
        "customer_busy",
        "The customer has another visit at that time.",
    )
    technicians = read(Catalogue).technicians
    number = next_number("A", office.appointments)
    visit = Appointment(
        appointment_id=number,
        slot_id=slot.slot_id,
        customer_id=wanted.customer_id,
        service=slot.service,
        about=wanted.about,
        state="booked",
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        technician=technicians[int(number[2:]) % len(technicians)],
        address=customer.address,
        free_until=free_until(slot.starts_at),
        late_fee=LATE_FEE,
    )
    _take(write, slot)
    return write.keep(office.appointments, number, visit)


@desk.write(
    "/appointments/{appointment_id}/move",
    "moveAppointment",
    "Move a visit to another free time",
    "slot_taken",
    "other_service",
    "visit_over",
)
async def move(write: TheWrite, appointment_id: str, wanted: NewTime) -> Appointment:
    """After `free_until` it costs `late_fee`. Undone by the same with `previous_slot_id`."""
    visit, slot = _to_come(write, appointment_id), _free(write, wanted.slot_id)
    require(slot.service == visit.service, "other_service", f"That time is for {slot.service}.")
    _take(write, slot)
    _give_back(write, visit)
    return write.change(
        write.office.appointments,
        appointment_id,
        slot_id=slot.slot_id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        free_until=free_until(slot.starts_at),
        fee=_fee(write, visit),
        previous_slot_id=visit.slot_id,
    )


@desk.write("/appointments/{appointment_id}/cancel", "cancelAppointment", "Cancel a visit", "visit_over")
async def cancel(write: TheWrite, appointment_id: str) -> Appointment:
    """After `free_until` it costs `late_fee`. Its time is free again: `bookAppointment` may take it anew."""
    visit = _to_come(write, appointment_id)
    _give_back(write, visit)
    return write.change(write.office.appointments, appointment_id, state="cancelled", fee=_fee(write, visit))


def _to_come(write: Write, appointment_id: str) -> Appointment:
    visit = write.find(write.office.appointments, appointment_id, "appointment")
    over = visit.state not in TO_COME or visit.starts_at <= write.now
    require(not over, "visit_over", f"Visit {appointment_id} is {visit.state}.")
    return visit


def _fee(write: Write, visit: Appointment) -> Money:
    return NO_FEE if write.now < visit.free_until else visit.late_fee


def _free(write: Write, slot_id: str) -> Slot:
    """Raises 409 where somebody has it, and 404 where there never was such a time."""
    office = write.office
    taken = any(one.slot_id == slot_id and one.state in TO_COME for one in office.appointments.values())
    if slot_id in office.slots:
        return office.slots[slot_id]
    require(not taken, "slot_taken", f"Time {slot_id} is taken.")
    raise HTTPException(404, f"There is no time {slot_id}.")


def _take(write: Write, slot: Slot) -> None:
    del write.office.slots[slot.slot_id]


def _give_back(write: Write, visit: Appointment) -> None:
    write.office.slots[visit.slot_id] = Slot(
        slot_id=visit.slot_id, service=visit.service, starts_at=visit.starts_at, ends_at=visit.ends_at
    )
