"""Whether we are open: held against the company's own calendar, whatever any document says."""

from datetime import date, timedelta

from domain.truth.clauses import Clause
from domain.truth.events import EventClaim
from domain.truth.evidence import Evidence
from domain.truth.scope import Scope
from domain.truth.values import ClockTime, Days

IS_HOURS = frozenset({"staffed", "closed"})
"""Families of events that the calendar decides."""


def hours_say(event: EventClaim, clause: Clause, scope: Scope) -> bool:
    """Open and closed days by the company's own calendar; the times are looked at with the values."""
    hours = scope.evidence.hours
    if hours is None:
        return True
    closes = any(isinstance(each, ClockTime) for _, mention in clause.mentions for each in mention.readings)
    is_open = (event.family == "staffed" or closes) != event.is_negated
    for _, mention in clause.mentions:
        for reading in mention.readings:
            if isinstance(reading, Days) and reading.ranges:
                days = _days_of(reading, scope.evidence.today)
                if not any((bool(hours_on(day, scope.evidence))) == is_open for day in days):
                    return False
    return True


def _days_of(reading: Days, today: date) -> list[date]:
    """The days that are meant; a bare weekday is the coming one."""
    spans = [span for span in reading.ranges if span[1] >= today] or list(reading.ranges)
    first, last = spans[0]
    return [first + timedelta(days=ahead) for ahead in range(min((last - first).days, 7) + 1)]


def hours_on(day: date, evidence: Evidence) -> frozenset[int]:
    """Minutes of the day at which we open or close; none where we are closed."""
    if evidence.hours is None or day in evidence.hours.closed_on:
        return frozenset()
    spans = evidence.hours.weekly.get(day.weekday(), ())
    return frozenset(moment.hour * 60 + moment.minute for span in spans for moment in span)


def hours_bear_out(times: frozenset[int], clause: Clause, scope: Scope) -> bool:
    """A time of opening or closing must belong to a day that the clause names, or to any."""
    hours = scope.evidence.hours
    if hours is None:
        return True
    days = [
        day
        for _, mention in clause.mentions
        for reading in mention.readings
        if isinstance(reading, Days)
        for day in _days_of(reading, scope.evidence.today)
    ] or [scope.evidence.today + timedelta(days=ahead) for ahead in range(7)]
    return any(times & hours_on(day, scope.evidence) for day in days)
