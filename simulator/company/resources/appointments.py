"""Visits of technicians, and when they have time."""

from datetime import date
from typing import Annotated

from fastapi import Query
from pydantic.json_schema import SkipJsonSchema

from simulator.company.access import responses
from simulator.company.office import TheOffice, look_up
from simulator.company.records.appointments import Appointment, Service, Slot
from simulator.company.watch import watched_router

router = watched_router("appointments")


@router.get(
    "/appointment-slots",
    operation_id="listAppointmentSlots",
    summary="List times in which a technician is free, soonest first",
)
def list_slots(
    office: TheOffice,
    service: Service | SkipJsonSchema[None] = None,
    first_day: Annotated[date | SkipJsonSchema[None], Query(description="No slot before this day.")] = None,
    last_day: Annotated[date | SkipJsonSchema[None], Query(description="No slot after this day.")] = None,
) -> list[Slot]:
    return [
        slot
        for slot in office.slots.values()
        if service in (None, slot.service)
        and (first_day or date.min) <= slot.starts_at.date() <= (last_day or date.max)
    ]


@router.get(
    "/customers/{customer_id}/appointments",
    operation_id="listAppointments",
    summary="List a customer's visits, soonest first",
    responses=responses(404),
)
def list_of_customer(office: TheOffice, customer_id: str) -> list[Appointment]:
    look_up(office.customers, customer_id, "customer")
    theirs = [visit for visit in office.appointments.values() if visit.customer_id == customer_id]
    return sorted(theirs, key=lambda visit: visit.starts_at)
