"""Technicians' time, free and taken."""

from datetime import datetime
from typing import Literal

from simulator.company.records.kept import Address, Record

Service = Literal["installation", "repair", "internet_installation"]
AppointmentState = Literal["booked", "confirmed", "completed", "missed", "cancelled"]


class Slot(Record):
    """A time in which a technician is free."""

    slot_id: str
    service: Service
    starts_at: datetime
    ends_at: datetime


class Appointment(Record):
    """A technician's visit at a customer's home."""

    appointment_id: str
    customer_id: str
    service: Service
    about: str
    state: AppointmentState
    starts_at: datetime
    ends_at: datetime
    technician: str
    address: Address
