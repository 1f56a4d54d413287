"""Whether a stated value is borne out: an amount, a day, a time, a count, an identifier."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations

from domain.truth.clauses import Clause
from domain.truth.events import EventClaim
from domain.truth.evidence import folded
from domain.truth.happenings import Scope, hours_bear_out, is_about_the_caller
from domain.truth.passages import coverage, is_denial, stems_of
from domain.truth.records import Known
from domain.truth.values import ClockTime, Code, Count, Days, Mention, Money, Value

_ROUND = Decimal("0.03")
"""How far "about" reaches, as a part of the value; never less than a whole unit of money."""
_CASE = frozenset({"record", "deed"})
_MOST_SUMMED = 14
"""Amounts of one record that are added and subtracted."""
_BESIDE_THE_POINT = 0.75


@dataclass(frozen=True, kw_only=True)
class Context:
    """Where a value stands: with which event, and what of the caller's own words may be named there."""

    clause: Clause
    place: int
    event: EventClaim | None
    scope: Scope
    amount_roles: frozenset[str] = frozenset()

    @property
    def is_asserted(self) -> bool:
        return self.event is not None and self.event.phase != "open"

    @property
    def is_denied(self) -> bool:
        return self.is_asserted and self.event is not None and self.event.is_negated


def is_supported(mention: Mention, context: Context) -> bool:
    """One of its readings must hold; beside opening hours a number is a time."""
    readings = mention.readings
    if context.event is not None and context.event.family in {"staffed", "closed"}:
        readings = tuple(each for each in readings if isinstance(each, ClockTime)) or readings
    return any(_holds(reading, mention, context) for reading in readings)


def _holds(reading: Value, mention: Mention, context: Context) -> bool:
    evidence = context.scope.evidence
    if context.clause.is_spoken_for(context.place) and evidence.heard(reading):
        return True
    match reading:
        case Money():
            return _money_holds(reading, mention.is_hedged, context)
        case Days():
            return _days_hold(reading, context)
        case ClockTime():
            return _time_holds(reading, context)
        case Count():
            is_length = not any(isinstance(each, Days) for each in mention.readings)
            return _count_holds(reading, mention.is_hedged, is_length, context)
        case Code(text=text):
            nearby = context.clause.words[max(0, context.place - 4) : context.place]
            is_ending = any(word in context.scope.words.sets["identifiers.ending"] for word in nearby)
            return evidence.knows_code(text) or (is_ending and evidence.ends_code(text))


# -- money --------------------------------------------------------------------------------------------


def _money_holds(money: Money, hedged: bool, context: Context) -> bool:
    evidence = context.scope.evidence
    fits = [known for known in evidence.money(money.minor) if _same_currency(known, money)]
    if any(_may_serve(known, context) for known in fits):
        return True
    if hedged:
        slack = max(Decimal(100), abs(money.minor) * _ROUND)
        near = (known for known in evidence.all_money() if _same_currency(known, money))
        if any(abs(_minor(known) - money.minor) <= slack and _may_serve(known, context) for known in near):
            return True
    return any(money.minor == total for total in _totals(money, context))


def _minor(known: Known) -> int:
    return known.value.minor if isinstance(known.value, Money) else 0


def _same_currency(known: Known, money: Money) -> bool:
    currency = known.value.currency if isinstance(known.value, Money) else ""
    return not currency or not money.currency or currency == money.currency


def _may_serve(known: Known, context: Context) -> bool:
    """A price is no refund: where the verb is clear, the amount must be of its kind."""
    if not _in_scope(known, context) or _beside_the_point(known, context):
        return False
    roles = context.amount_roles
    if not roles:
        return True
    if known.source in _CASE:
        return known.role in roles or not known.role
    is_done = context.event is not None and context.event.phase in {"done", "stands"}
    return not is_done and not context.is_denied


def _in_scope(known: Known, context: Context) -> bool:
    """A sentence that names an order speaks of its values only."""
    if known.source != "record" or not context.scope.codes:
        return True
    return any(record.number == known.record for record in context.scope.records)


def _beside_the_point(known: Known, context: Context) -> bool:
    """Another sentence of the documents fits the clause better, and it states another value."""
    if known.place < 0:
        return False
    passages = context.scope.evidence.passages
    clause = context.clause
    stated = clause.words[: clause.supposed_from] if context.place < clause.supposed_from else clause.words
    stems = stems_of(stated, context.scope.words)
    own = coverage(stems, passages[known.place].around)
    kind = type(known.value)
    for at, sentence in enumerate(passages):
        if at == known.place or coverage(stems, sentence.around) < max(_BESIDE_THE_POINT, own + 0.01):
            continue
        readings = [reading for mention in sentence.mentions for reading in mention.readings]
        if any(type(reading) is kind for reading in readings) and known.value not in readings:
            return True
    return False


def _totals(money: Money, context: Context) -> Iterator[int]:
    """Sums and differences of what one record states: two things of one order and what is left of its price.

    What was refunded or credited is never worked out: it stands in the ledger, or it is not so.
    """
    if context.amount_roles & {"refund", "credit"}:
        return
    by_record: dict[int, list[int]] = {}
    for known in context.scope.evidence.all_money():
        if known.source in _CASE and _same_currency(known, money) and _in_scope(known, context):
            by_record.setdefault(known.record, []).append(_minor(known))
    for amounts in by_record.values():
        several = [minor for minor in amounts if minor > 0][:_MOST_SUMMED]
        for one, other in combinations(several, 2):
            yield one + other
            yield abs(one - other)


# -- days and times -----------------------------------------------------------------------------------


def _days_hold(days: Days, context: Context) -> bool:
    event, scope = context.event, context.scope
    family = scope.words.families[event.family] if event is not None else None
    is_asserted = event is not None and event.phase != "open"
    if event is not None and event.family in {"staffed", "closed"}:
        return True  # judged with the event, by the calendar
    if not days.ranges:
        return False
    if context.clause.is_question and any(
        word in scope.words.sets["clauses.you"] for word in context.clause.words
    ):
        return True  # "Did you get it yesterday?" asks the caller
    if days.is_now and (family is None or not is_asserted or family.is_ours):
        return True
    roles: Collection[str] = ()
    if family is not None and event is not None and is_asserted:
        roles = family.days if event.phase == "done" else family.days | family.coming_days
        roles = family.coming_days if event.phase == "coming" else roles
    if context.is_denied and roles:
        case = (known for known in scope.evidence.days() if known.source in _CASE)
        if any(_day_fits(known, days, roles, context) for known in case):
            return False
        return bool(scope.records) or any(
            _day_fits(each, days, roles, context) for each in scope.evidence.days()
        )
    return any(_day_fits(known, days, roles, context) for known in scope.evidence.days())


def _day_fits(known: Known, days: Days, roles: Collection[str], context: Context) -> bool:
    value = known.value
    if not isinstance(value, Days) or not _in_scope(known, context):
        return False
    if known.source in _CASE:
        if known.role == "promised" and _is_overtaken(known, context):
            return False
        return (not roles or not known.role or known.role in roles) and any(
            days.holds(first) for first, _ in value.ranges
        )
    if roles and (known.role == "hours" or not _is_general(context)):
        return False
    if known.place >= 0:
        denied = is_denial(context.clause.words, context.scope.words)
        if denied != context.scope.evidence.passages[known.place].is_denial:
            return False
    same_weekday = days.weekday is not None and days.weekday == value.weekday
    return same_weekday or bool(set(days.ranges) & set(value.ranges))


def _is_overtaken(known: Known, context: Context) -> bool:
    """The day first promised says nothing of what is to come once another is expected."""
    if context.event is None or context.event.phase not in {"coming", "present", "stands"}:
        return False
    days = context.scope.evidence.days()
    return any(each.record == known.record and each.role == "expected" for each in days)


def _is_general(context: Context) -> bool:
    """Whether it is a rule, such as "parcels arrive on Monday", and no news of this caller's own."""
    is_news = context.event is not None and context.event.phase in {"done", "coming"}
    usual = context.scope.words.phrases["clauses.generic"].any(context.clause.words)
    return usual or not (is_news or is_about_the_caller(context.clause, context.scope.words))


def _time_holds(time: ClockTime, context: Context) -> bool:
    event, scope = context.event, context.scope
    if event is not None and event.family in {"staffed", "closed"}:
        return hours_bear_out(time.minutes, context.clause, scope)
    known = [known for minute in time.minutes for known in scope.evidence.minutes(minute)]
    if event is not None and context.is_asserted and scope.words.families[event.family].coming_days:
        known = [each for each in known if each.source in _CASE or _is_general(context)]
    return any(_in_scope(each, context) for each in known)


# -- counts -------------------------------------------------------------------------------------------


def _count_holds(count: Count, hedged: bool, is_length: bool, context: Context) -> bool:
    evidence = context.scope.evidence
    if not count.unit and count.value == 1:
        return True
    if things := _things_after(context):
        return count.value in things
    known = evidence.counts(count)
    if is_length and count.unit in {"day", "week"} and int(folded(count).value) in _stretches(context):
        return True
    if count.unit == "time" and context.is_denied:
        return True
    if any(_in_scope(each, context) and not _beside_the_point(each, context) for each in known):
        return True
    if not count.unit and count.value >= 100 and evidence.knows_code(str(count.value)):
        return True
    if not hedged:
        return False
    reach = abs(count.value) * Decimal("0.1")
    return any(
        isinstance(each.value, Count)
        and each.value.unit == count.unit
        and abs(each.value.value - count.value) <= reach
        for each in evidence.all_counts()
    )


def _stretches(context: Context) -> set[int]:
    """Days from today to each day of a record, or, of a delay, from the promised to the expected one."""
    evidence = context.scope.evidence
    is_delay = context.event is not None and context.event.family == "delay"
    by_record: dict[int, list[date]] = {}
    for known in evidence.days():
        is_meant = known.role in {"promised", "expected", "delivered"} or not is_delay
        if is_meant and known.source in _CASE and isinstance(known.value, Days) and _in_scope(known, context):
            by_record.setdefault(known.record, []).append(known.value.ranges[0][0])
    stretches = set()
    for days in by_record.values():
        pairs = combinations(days[:_MOST_SUMMED], 2) if is_delay else ((day, evidence.today) for day in days)
        stretches |= {abs((one - other).days) for one, other in pairs}
    return stretches


def _things_after(context: Context) -> set[int]:
    """How many there are of the thing named right after a count: "three kettles"."""
    after = context.clause.words[context.place + 1 : context.place + 3]
    found = (context.scope.evidence.things.quantities_of(word) for word in after)
    return next((quantities for quantities in found if quantities), set())
