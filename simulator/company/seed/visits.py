"""Fills the technicians' calendar: free slots of the next two weeks, and visits past and to come."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from simulator.company.records.appointments import Appointment, AppointmentState, Service, Slot
from simulator.company.records.customers import Customer
from simulator.company.records.kept import Money
from simulator.company.rules.days import working_day_before
from simulator.company.seed.data import Catalogue, Heroes, PlannedAppointment, Visits, chance, read

FIRST_NUMBER = 311
DAYS_AHEAD = 14
SHARE_TAKEN = 0.45
SUNDAY = 6
LATE_FEE = Money(amount_minor=2500)
DAYS_OF_STATE: dict[AppointmentState, tuple[int, int]] = {
    "booked": (4, 13),
    "confirmed": (1, 3),
    "completed": (-60, -2),
    "missed": (-20, -2),
    "cancelled": (-10, 10),
}
ABOUT: dict[Service, list[str]] = {
    "installation": ["washing machine", "floor lamp", "garden table"],
    "repair": ["coffee machine", "washing machine"],
    "internet_installation": ["wireless router"],
}


def free_slots(today: date) -> dict[str, Slot]:
    """From tomorrow on, soonest first. Which ones are taken depends on the distance to today alone."""
    draw = chance("slots")
    slots = {}
    for ahead in range(1, DAYS_AHEAD + 1):
        for visits in read(Catalogue).visits:
            for hour in visits.starts:
                taken = draw.random() < SHARE_TAKEN
                day = today + timedelta(days=ahead)
                if not taken and day.weekday() != SUNDAY:
                    slot = _slot(visits, day, hour)
                    slots[slot.slot_id] = slot
    return dict(sorted(slots.items(), key=lambda named: named[1].starts_at))


def _slot(visits: Visits, day: date, hour: int) -> Slot:
    starts_at = _at(day, hour)
    return Slot(
        slot_id=slot_number(visits.service, starts_at),
        service=visits.service,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=visits.hours),
    )


def slot_number(service: Service, starts_at: datetime) -> str:
    return f"{service}-{starts_at:%m%d}-{starts_at:%H}"


def free_until(starts_at: datetime) -> datetime:
    """Noon of the working day before."""
    return datetime.combine(working_day_before(starts_at.date()), time(12), starts_at.tzinfo)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo(read(Catalogue).shop.zone))


def appointments(today: date, customers: dict[str, Customer], strangers: list[str]) -> dict[str, Appointment]:
    planned = [*read(Heroes).appointments, *_drawn(strangers)]
    return {one.appointment_id: _appointment(one, today, customers[one.customer_id]) for one in planned}


def _drawn(strangers: list[str]) -> list[PlannedAppointment]:
    draw = chance("appointments")
    states = [state for state in DAYS_OF_STATE for _ in range(4)]
    owners = draw.sample(strangers, len(states))
    drawn = []
    for place, (state, owner) in enumerate(zip(states, owners, strict=True)):
        visits = draw.choice(read(Catalogue).visits)
        drawn.append(
            PlannedAppointment(
                appointment_id=f"A-{FIRST_NUMBER + place}",
                customer_id=owner,
                service=visits.service,
                about=draw.choice(ABOUT[visits.service]),
                state=state,
                day=draw.randint(*DAYS_OF_STATE[state]),
                hour=draw.choice(visits.starts),
            )
        )
    return drawn


def _appointment(planned: PlannedAppointment, today: date, customer: Customer) -> Appointment:
    catalogue = read(Catalogue)
    visits = next(one for one in catalogue.visits if one.service == planned.service)
    day = today + timedelta(days=planned.day)
    if day.weekday() == SUNDAY:
        day += timedelta(days=1 if planned.day > 0 else -1)
    starts_at = _at(day, planned.hour)
    return Appointment(
        appointment_id=planned.appointment_id,
        slot_id=slot_number(planned.service, starts_at),
        customer_id=customer.customer_id,
        service=planned.service,
        about=planned.about,
        state=planned.state,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=visits.hours),
        technician=catalogue.technicians[int(planned.appointment_id[2:]) % len(catalogue.technicians)],
        address=customer.address,
        free_until=free_until(starts_at),
        late_fee=LATE_FEE,
    )
