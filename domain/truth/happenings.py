"""Whether an event that a sentence claims, denies or promises is borne out by records, deeds or documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.truth.clauses import Clause
from domain.truth.deeds import AGREED
from domain.truth.events import EventClaim
from domain.truth.evidence import Evidence
from domain.truth.passages import PassageSentence, coverage, is_denial, stems_of
from domain.truth.records import Record
from domain.truth.values import ClockTime, Count, Days
from domain.truth.words import Words

_ENOUGH = 0.5
"""Of a claim's telling words, what one sentence of a document must share with it to bear it out."""
_TURNED_ROUND = 0.65
"""The same for a claim that says the opposite of a document."""
_ANY_DEED = frozenset({"anything", "solve"})
_BY_DOCUMENT = frozenset({"assure", "own"})
_NEEDS_PROOF_TO_DENY = frozenset({"pay", "lose", "delay", "fail"})
"""What a caller relies on when we say that it will not happen."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What one sentence is about."""

    evidence: Evidence
    words: Words
    codes: frozenset[str]
    records: Sequence[Record]


def is_borne_out(event: EventClaim, clause: Clause, scope: Scope) -> bool:
    if event.phase == "open":
        return True
    if event.family in {"staffed", "closed"}:
        return _hours_say(event, clause, scope)
    if event.is_negated:
        return _may_be_denied(event, clause, scope)
    if event.family in _BY_DOCUMENT:
        return _document_says(event, clause, scope)
    if event.family == "free":
        return _document_says(event, clause, scope) or any(_is_free(scope))
    match event.phase:
        case "done":
            return _happened(event.family, clause, scope) or _is_rule(event, clause, scope)
        case "stands":
            comes = _has_moment(clause) and _is_coming(event.family, scope)
            return _happened(event.family, clause, scope) or comes or _is_rule(event, clause, scope)
        case "present" | "coming":
            is_done = scope.words.families[event.family].is_ours or event.phase == "present"
            return (
                _is_coming(event.family, scope)
                or (is_done and _happened(event.family, clause, scope))
                or _document_says(event, clause, scope)
            )


def _happened(family: str, clause: Clause, scope: Scope) -> bool:
    evidence = scope.evidence
    if family in _ANY_DEED and evidence.deeds.has("anything", ("done",), scope.codes):
        return True
    if family == "on_time":
        late = {"delay", "lose", "cancel", "return"}
        return any(record.is_known and not record.done & late for record in scope.records)
    if family == "part":
        return any("part" in record.done for record in scope.records)
    if evidence.deeds.has(family, ("done",), scope.codes) or evidence.deeds.has_status(family):
        return True
    if any(family in record.done for record in scope.records):
        return True
    is_part = any(word in scope.words.sets["clauses.partly"] for word in clause.words)
    return is_part and any(family in record.partly_done for record in scope.records)


def _is_coming(family: str, scope: Scope) -> bool:
    if family in {"near", "delay", "on_time", "free"}:
        return any(family in record.done for record in scope.records)
    evidence = scope.evidence
    return (
        evidence.deeds.has(family, AGREED, scope.codes)
        or evidence.deeds.announces(family, scope.codes)
        or any(family in record.coming and not _is_called_off(record, scope) for record in scope.records)
    )


def _is_called_off(record: Record, scope: Scope) -> bool:
    """Cancelled in this call, after the record was read."""
    return scope.evidence.deeds.has("cancel", ("done",), record.codes)


def _may_be_denied(event: EventClaim, clause: Clause, scope: Scope) -> bool:
    """Our own ledger is complete; a record must be there before it can be said what it does not show."""
    if _counts_times(clause):
        return True
    family, is_ours = event.family, scope.words.families[event.family].is_ours
    known = [record for record in scope.records if record.is_known]
    if event.phase in {"coming", "present"}:
        if _has_moment(clause):
            return True
        if _is_coming(family, scope):
            return False
        if family in _NEEDS_PROOF_TO_DENY:
            return _document_says(event, clause, scope)
        return is_ours or bool(known) or _document_says(event, clause, scope)
    if any(record.has_not(family) for record in known):
        return not scope.evidence.deeds.has(family, ("done",), scope.codes)
    if _happened(family, clause, scope):
        return _has_moment(clause)
    return is_ours or bool(known) or _document_says(event, clause, scope)


def _counts_times(clause: Clause) -> bool:
    """Said as "not twice": it is the count that is denied, not the event."""
    return any(
        isinstance(reading, Count) and reading.unit == "time"
        for _, mention in clause.mentions
        for reading in mention.readings
    )


def _has_moment(clause: Clause) -> bool:
    """A day or time stands with it, which is judged by itself."""
    return any(
        isinstance(reading, Days | ClockTime)
        for _, mention in clause.mentions
        for reading in mention.readings
    )


def is_about_the_caller(clause: Clause, words: Words) -> bool:
    """Speaks of this caller's own things, and not of what is usual."""
    if words.phrases["clauses.generic"].any(clause.words):
        return False
    return any(word in words.sets["clauses.ours"] for word in clause.words)


def _is_rule(event: EventClaim, clause: Clause, scope: Scope) -> bool:
    return not is_about_the_caller(clause, scope.words) and _document_says(event, clause, scope)


def _document_says(event: EventClaim, clause: Clause, scope: Scope) -> bool:
    stems = stems_of(clause.words, scope.words)
    return any(
        (event.family, event.is_negated) in sentence.families and coverage(stems, sentence.stems) >= _ENOUGH
        for sentence in scope.evidence.passages
    )


def turns_a_rule_round(clause: Clause, scope: Scope) -> bool:
    """Whether a document says the opposite: that a gift card cannot be paid out, say."""
    if clause.supposed_from == 0 and not any(
        word in scope.words.sets["clauses.denials"] for word in clause.words
    ):
        return False
    stems = stems_of(clause.words, scope.words)
    is_denied = is_denial(clause.words, scope.words)
    alike, against = 0.0, 0.0
    for sentence in scope.evidence.passages:
        shared = coverage(stems, sentence.stems)
        if len(stems & sentence.stems) < 2 or not _share_values(clause, sentence):
            continue
        if sentence.is_denial == is_denied:
            alike = max(alike, shared)
        else:
            against = max(against, shared)
    return against >= _TURNED_ROUND and against > alike


def _share_values(clause: Clause, sentence: PassageSentence) -> bool:
    stated = {reading for mention in sentence.mentions for reading in mention.readings}
    return all(stated & set(mention.readings) for _, mention in clause.mentions)


def _is_free(scope: Scope) -> list[bool]:
    numbers = {record.number for record in scope.records}
    return [known.record in numbers for known in scope.evidence.money(0) if known.role != "refund"]


# -- opening hours ------------------------------------------------------------------------------------


def _hours_say(event: EventClaim, clause: Clause, scope: Scope) -> bool:
    """Open and closed days by the company's own calendar; the times are looked at with the values."""
    hours = scope.evidence.hours
    if hours is None:
        return True
    is_open = (event.family == "staffed") != event.is_negated
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
