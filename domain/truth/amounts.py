"""Whether a stated value is borne out: an amount, a day, a time, a count, an identifier."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import combinations

from domain.truth.context import CASE, Context, beside_the_point, in_scope
from domain.truth.evidence import folded
from domain.truth.known import Known, minor_of
from domain.truth.moments import days_hold, time_holds
from domain.truth.scope import things_of
from domain.truth.values import ClockTime, Code, Count, Days, Mention, Money, Value

_ROUND = Decimal("0.03")
"""How far "about" reaches, as a part of the value; never less than a whole unit of money."""
_ABOUT_DAYS = 0.25
"""How far "about" reaches for a stretch of days, as a part of it."""
_MOST_SUMMED = 14
"""Amounts of one record that are added and subtracted."""


def is_supported(mention: Mention, context: Context) -> bool:
    """One of its readings must hold; beside opening hours a number is a time."""
    readings = mention.readings
    if context.event is not None and context.event.family in {"staffed", "closed"}:
        readings = tuple(each for each in readings if isinstance(each, ClockTime)) or readings
    family = context.scope.words.families[context.event.family] if context.event is not None else None
    if family is not None and context.is_asserted and "visit" in family.days:
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
            return days_hold(reading, context)
        case ClockTime():
            return time_holds(reading, context)
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
    if any(known.role == "difference" and not _same_direction(known, context) for known in fits):
        return False
    if any(_may_serve(known, context) for known in fits):
        return True
    if hedged:
        slack = max(Decimal(100), abs(money.minor) * _ROUND)
        near = (known for known in evidence.all_money() if _same_currency(known, money))
        if any(abs(minor_of(known) - money.minor) <= slack and _may_serve(known, context) for known in near):
            return True
    return any(money.minor == total for total in _totals(money, context))


def _same_currency(known: Known, money: Money) -> bool:
    currency = known.value.currency if isinstance(known.value, Money) else ""
    return not currency or not money.currency or currency == money.currency


def _may_serve(known: Known, context: Context) -> bool:
    """A price is no refund: where the verb is clear, the amount must be of its kind."""
    if known.role == "each" and _names_several(known, context):
        return False
    if not in_scope(known, context) or beside_the_point(known, context):
        return False
    roles = context.amount_roles
    if not roles:
        return True
    if known.source in CASE:
        return known.role in roles or not known.role
    is_done = context.event is not None and context.event.phase in {"done", "stands"}
    return not is_done and not context.is_denied


def _names_several(known: Known, context: Context) -> bool:
    """Two bags are named with the price of one."""
    words = context.scope.words
    if any(text in words.sets["clauses.each"] for text in context.clause.words):
        return False
    counts = {
        int(reading.value)
        for _, mention in context.clause.mentions
        for reading in mention.readings
        if isinstance(reading, Count) and reading.value > 1
    }
    things = context.scope.evidence.things.named(context.clause.words)
    return any(thing.name == known.thing and thing.quantity in counts for thing in things)


def _may_differ(one: int, other: int, context: Context) -> bool:
    """What is called dearer must be the thing with the higher price."""
    words, sets = set(context.clause.words), context.scope.words.sets
    named = {thing.name for thing in things_of(context.clause, context.scope)}
    own = {minor_of(known) for known in context.scope.evidence.all_money() if named and known.thing in named}
    if len(own & {one, other}) != 1:
        return True
    is_dearer = max(one, other) in own
    return not words & sets["clauses.less" if is_dearer else "clauses.more"]


def _same_direction(known: Known, context: Context) -> bool:
    """A difference above nothing is "more", and never "cheaper"."""
    words, sets = set(context.clause.words), context.scope.words.sets
    return not words & sets["clauses.less" if minor_of(known) > 0 else "clauses.more"]


def _totals(money: Money, context: Context) -> Iterator[int]:
    """Sums and differences of what one record states: two things of one order and what is left of its price.

    What was refunded or credited is never worked out: it stands in the ledger, or it is not so.
    """
    if context.amount_roles & {"refund", "credit"}:
        return
    words, sets = set(context.clause.words), context.scope.words.sets
    compares = bool(words & (sets["clauses.more"] | sets["clauses.less"] | sets["clauses.rest"]))
    together = bool(words & sets["clauses.together"])
    groups: dict[int, list[int]] = {}
    for known in context.scope.evidence.all_money():
        compared = compares and known.source in CASE
        if not _same_currency(known, money) or not (compared or in_scope(known, context)):
            continue
        if known.source in CASE:
            groups.setdefault(-1 if together or compares else known.record, []).append(minor_of(known))
        elif compares:
            groups.setdefault(-2, []).append(minor_of(known))
    for amounts in groups.values():
        several = [minor for minor in amounts if minor > 0][:_MOST_SUMMED]
        for one, other in combinations(several, 2):
            if compares and _may_differ(one, other, context):
                yield abs(one - other)
            yield one + other


# -- counts -------------------------------------------------------------------------------------------


def _count_holds(count: Count, hedged: bool, is_length: bool, context: Context) -> bool:
    evidence = context.scope.evidence
    is_only = context.before in context.scope.words.sets["clauses.absolute"]
    if not count.unit and count.value == 1 and not is_only:
        return True
    if things := _things_after(context):
        return count.value in things
    known = evidence.counts(count)
    is_length = is_length and context.before not in context.scope.words.sets["clauses.periodic"]
    if is_length and count.unit in {"day", "week"} and int(folded(count).value) in _stretches(context):
        return True
    if count.unit == "time" and context.is_denied:
        return True
    if any(in_scope(each, context) and not beside_the_point(each, context) for each in known):
        return True
    if not count.unit and count.value >= 100 and evidence.knows_code(str(count.value)):
        return True
    if not hedged:
        return False
    if is_length and count.unit in {"day", "week"}:
        days = int(folded(count).value)
        if any(abs(stretch - days) <= days * _ABOUT_DAYS for stretch in _stretches(context)):
            return True
    reach = abs(count.value) * Decimal("0.1")
    return any(
        isinstance(each.value, Count)
        and each.value.unit == count.unit
        and abs(each.value.value - count.value) <= reach
        for each in evidence.all_counts()
    )


def _stretches(context: Context) -> set[int]:
    """Days from today to each day of a record or, where two days are compared, from one to the other."""
    evidence, sets = context.scope.evidence, context.scope.words.sets
    is_delay = context.event is not None and context.event.family == "delay"
    near = context.clause.words[max(0, context.place - 2) : context.place + 3]
    compares = is_delay or any(text in sets["clauses.apart"] for text in near)
    by_record: dict[int, list[date]] = {}
    for known in evidence.days():
        is_meant = known.role in {"promised", "expected", "delivered"} or not is_delay
        if is_meant and known.source in CASE and isinstance(known.value, Days) and in_scope(known, context):
            by_record.setdefault(known.record, []).append(known.value.ranges[0][0])
    stretches = set()
    for days in by_record.values():
        pairs = combinations(days[:_MOST_SUMMED], 2) if compares else ((day, evidence.today) for day in days)
        stretches |= {abs((one - other).days) for one, other in pairs}
    return stretches


def _things_after(context: Context) -> set[int]:
    """How many there are of the thing named right after a count: "three kettles"."""
    after = context.clause.words[context.place + 1 : context.place + 3]
    found = (context.scope.evidence.things.quantities_of(word) for word in after)
    return next((quantities for quantities in found if quantities), set())
