"""Whether an event that a sentence claims, denies or promises is borne out by records, deeds or documents."""

from collections.abc import Sequence

from domain.truth.clauses import Clause
from domain.truth.deeds import AGREED, DeedStatus
from domain.truth.events import EventClaim
from domain.truth.known import ON_THE_ROAD, Record, minor_of
from domain.truth.opening import IS_HOURS, hours_say
from domain.truth.rules import document_says, is_excepted
from domain.truth.scope import Scope, is_about_the_caller, is_general, objects_of, records_of, things_of
from domain.truth.values import ClockTime, Count, Days

_ANY_DEED = frozenset({"anything", "solve"})
_BY_DOCUMENT = frozenset({"assure", "own"})
_NEEDS_PROOF_TO_DENY = frozenset({"pay", "lose", "delay", "fail"})
"""What a caller relies on when we say that it will not happen."""
_MESSAGES = frozenset({"notify", "sms"})
"""Once written they wait for nobody's consent, only for the carrier."""
_NEARBY = 5
"""Words around an event among which stands what it was done to."""


def is_borne_out(event: EventClaim, clause: Clause, scope: Scope) -> bool:
    if event.phase == "open":
        return True
    if event.phase == "failed":
        return _has_failed(event, scope) or not _happened(event, clause, scope)
    if event.family in IS_HOURS:
        return hours_say(event, clause, scope)
    if event.is_negated:
        return _may_be_denied(event, clause, scope)
    if event.family in _BY_DOCUMENT:
        return document_says(event, clause, scope)
    if event.family == "free":
        return document_says(event, clause, scope) or _is_free(clause, scope)
    match event.phase:
        case "done":
            return _happened(event, clause, scope) or _is_rule(event, clause, scope)
        case "stands":
            comes = _has_moment(clause) and _is_coming(event, clause, scope)
            return _happened(event, clause, scope) or comes or _is_rule(event, clause, scope)
        case "present" | "coming":
            is_done = scope.words.families[event.family].is_ours or event.phase == "present"
            if scope.is_conditional and _deed_is(event, ("waiting",), clause, scope):
                return True
            return (
                _is_coming(event, clause, scope)
                or (is_done and _happened(event, clause, scope))
                or document_says(event, clause, scope)
            )


def _has_failed(event: EventClaim, scope: Scope) -> bool:
    """What "could not be sent" may be a message as well as a parcel."""
    families = {event.family} | (_MESSAGES if event.family == "dispatch" else frozenset())
    return any(scope.evidence.deeds.has(family, ("failed", "refused"), scope.codes) for family in families)


def _deed_is(
    event: EventClaim, statuses: Sequence[DeedStatus], clause: Clause, scope: Scope, *, brings: bool = False
) -> bool:
    near = clause.words[max(0, event.at - _NEARBY) : event.end + _NEARBY]
    objects = objects_of(near, scope.words)
    deeds = scope.evidence.deeds
    return deeds.has(event.family, statuses, scope.codes, objects) or (
        brings and deeds.announces(event.family, scope.codes, objects)
    )


def _happened(event: EventClaim, clause: Clause, scope: Scope) -> bool:
    evidence, family = scope.evidence, event.family
    if family in ON_THE_ROAD and _is_another(clause, scope):
        shipped = [record for record in evidence.records if record.source == "deed" and record.is_known]
        if shipped:
            return any(family in record.done for record in shipped)
    if family in _ANY_DEED and evidence.deeds.has("anything", ("done",), scope.codes):
        return True
    if family == "refund" and _is_dearer_than_named(clause, scope):
        return False
    if _deed_is(event, ("done",), clause, scope, brings=event.by_me) or evidence.deeds.has_status(family):
        return True
    if event.by_me or (family in ON_THE_ROAD and _is_another(clause, scope)):
        return False
    records = records_of(clause, scope)
    if family == "on_time":
        late = {"delay", "lose", "cancel", "return"}
        is_late = any(record.done & late for record in records)
        return not is_late and any(record.is_known for record in records)
    if family == "part":
        return any("part" in record.done for record in records)
    if any(family in record.done for record in records):
        return True
    is_part = any(word in scope.words.sets["clauses.partly"] for word in clause.words)
    return is_part and any(family in record.partly_done for record in records)


def _is_dearer_than_named(clause: Clause, scope: Scope) -> bool:
    """What was refunded is more than the thing named costs, and so was for another."""
    names = {thing.name for thing in things_of(clause, scope)}
    money = list(scope.evidence.all_money())
    prices = [minor_of(known) for known in money if names and known.thing in names]
    refunds = [minor_of(known) for known in money if known.source == "deed" and known.role == "refund"]
    return bool(prices and refunds) and min(refunds) > max(prices)


def _is_another(clause: Clause, scope: Scope) -> bool:
    """Speaks of a new one, of which the first one's record says nothing."""
    return any(word in scope.words.sets["clauses.another"] for word in clause.words)


def _is_coming(event: EventClaim, clause: Clause, scope: Scope) -> bool:
    family, records = event.family, records_of(clause, scope)
    if family in {"near", "delay", "on_time", "free"}:
        return any(family in record.done for record in records)
    statuses = (*AGREED, "waiting") if family in _MESSAGES else AGREED
    if _deed_is(event, statuses, clause, scope, brings=True):
        return True
    return any(family in record.coming and not _is_called_off(record, scope) for record in records)


def _is_called_off(record: Record, scope: Scope) -> bool:
    """Cancelled in this call, after the record was read."""
    return scope.evidence.deeds.has("cancel", ("done",), record.codes)


def _may_be_denied(event: EventClaim, clause: Clause, scope: Scope) -> bool:
    """Our own ledger is complete; a record must be there before it can be said what it does not show."""
    if _counts_times(clause) or is_excepted(clause, scope):
        return True
    family, is_ours = event.family, scope.words.families[event.family].is_ours
    known = [record for record in records_of(clause, scope) if record.is_known]
    if event.phase in {"coming", "present"}:
        if _has_moment(clause):
            return True
        if _is_coming(event, clause, scope):
            return False
        if family in _NEEDS_PROOF_TO_DENY:
            return document_says(event, clause, scope)
        return is_ours or bool(known) or document_says(event, clause, scope)
    if any(record.has_not(family) for record in known):
        return not _deed_is(event, ("done",), clause, scope)
    if _happened(event, clause, scope):
        return _has_moment(clause)
    return is_ours or bool(known) or document_says(event, clause, scope)


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


def _is_rule(event: EventClaim, clause: Clause, scope: Scope) -> bool:
    if event.by_me or (event.is_news and not is_general(clause, scope.words)):
        return False
    return not is_about_the_caller(clause, scope.words) and document_says(event, clause, scope)


def _is_free(clause: Clause, scope: Scope) -> bool:
    if _has_moment(clause) and any("free" in record.done for record in scope.records):
        return True
    numbers = {record.number for record in scope.records}
    return any(
        known.record in numbers for known in scope.evidence.money(0) if known.role not in {"refund", "credit"}
    )
