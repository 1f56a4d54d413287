"""Technicians' time, free and taken."""

from datetime import datetime
from typing import Literal

from simulator.company.records.kept import Address, Money, Reason, Record, Written

Service = Literal["installation", "repair", "internet_installation"]
AppointmentState = Literal["booked", "confirmed", "completed", "missed", "cancelled"]


class Slot(Record):
    """A time in which a technician is free."""

    slot_id: str
    service: Service
    starts_at: datetime
    ends_at: datetime


class Appointment(Written):
    """A technician's visit at a customer's home."""

    appointment_id: str
    slot_id: str
    customer_id: str
    service: Service
    about: str
    state: AppointmentState
    starts_at: datetime
    ends_at: datetime
    technician: str
    address: Address
    free_until: datetime
    """Moving or cancelling is free of charge before."""
    late_fee: Money
    """Charged after."""
    fee: Money | None = None
    """What the last move or the cancellation cost."""
    previous_slot_id: str | None = None
    """Where it was before it was moved."""


class NewAppointment(Record):
    """Which free time a customer takes."""

    customer_id: str
    slot_id: str
    about: Reason


class NewTime(Record):
    """Where a visit is moved to."""

    slot_id: str
