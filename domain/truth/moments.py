"""Whether a stated day or time of day is borne out."""

from collections.abc import Collection

from domain.truth.context import CASE, Context, in_scope
from domain.truth.known import Known
from domain.truth.opening import IS_HOURS, hours_bear_out
from domain.truth.passages import is_denial
from domain.truth.scope import is_about_the_caller
from domain.truth.values import ClockTime, Days


def days_hold(days: Days, context: Context) -> bool:
    event, scope = context.event, context.scope
    if event is not None and event.family in IS_HOURS:
        return True  # judged with the event, by the calendar
    if not days.ranges:
        return False
    if context.clause.is_question and any(
        word in scope.words.sets["clauses.you"] for word in context.clause.words
    ):
        return True  # "Did you get it yesterday?" asks the caller
    family = scope.words.families[event.family] if event is not None and context.is_asserted else None
    if days.is_now and (
        family is None or (family.is_ours and event is not None and event.phase not in {"coming", "present"})
    ):
        return True
    if not context.is_asserted and _is_the_same_day(days, context):
        return True
    if not _may_be_earlier(context):
        days = days.exactly
    roles: Collection[str] = ()
    if family is not None and event is not None:
        roles = family.days if event.phase == "done" else family.days | family.coming_days
        roles = family.coming_days if event.phase == "coming" else roles
    if days.is_bound and not roles:
        days = days.exactly
    if context.is_denied and roles:
        case = (known for known in scope.evidence.days() if known.source in CASE)
        if any(_day_fits(known, days, roles, context) for known in case):
            return False
        return bool(scope.records) or any(
            _day_fits(each, days, roles, context) for each in scope.evidence.days()
        )
    meant = _of_the_deed(scope.evidence.days(), context)
    return any(_day_fits(known, days, roles, context) for known in meant)


def _is_the_same_day(days: Days, context: Context) -> bool:
    """Two names of one day, which the calendar proves: "tomorrow is Sunday"."""
    others = (mention for place, mention in context.clause.mentions if place != context.place)
    named = (reading for other in others for reading in other.readings)
    return any(isinstance(each, Days) and set(each.ranges) & set(days.ranges) for each in named)


def _may_be_earlier(context: Context) -> bool:
    """By Friday it may come on Wednesday; what the caller must do by Friday is due on Friday."""
    return context.event is not None and context.event.phase in {"coming", "present", "stands"}


def _of_the_deed(known: list[Known], context: Context) -> list[Known]:
    """Where a deed of this call settled it, no other record's days or times may be named."""
    event = context.event
    if event is None or not context.is_asserted:
        return known
    proofs = context.scope.evidence.deeds.proofs(event.family, brought=event.phase != "done")
    own = [each for each in known if each.record in proofs]
    return [*own, *(each for each in known if each.source not in CASE)] if own else known


def _day_fits(known: Known, days: Days, roles: Collection[str], context: Context) -> bool:
    value = known.value
    if not isinstance(value, Days) or not in_scope(known, context):
        return False
    if known.source in CASE:
        if known.role == "promised" and _is_overtaken(known, context):
            return False
        return (not roles or not known.role or known.role in roles) and any(
            days.holds(first) for first, _ in value.ranges
        )
    if (known.role == "hours" and context.is_asserted) or (roles and not _is_general(context)):
        return False
    if known.place >= 0:
        denied = is_denial(context.clause.words, context.scope.words)
        if denied != context.scope.evidence.passages[known.place].is_denial:
            return False
    if value.weekday is not None:
        return days.weekday == value.weekday
    return bool(set(days.ranges) & set(value.ranges))


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


def time_holds(time: ClockTime, context: Context) -> bool:
    event, scope = context.event, context.scope
    if event is not None and event.family in IS_HOURS:
        return hours_bear_out(time.minutes, context.clause, scope)
    known = [known for minute in time.minutes for known in scope.evidence.minutes(minute)]
    if event is not None and context.is_asserted:
        proofs = scope.evidence.deeds.proofs(event.family, brought=event.phase != "done")
        if scope.evidence.tells_times(proofs):
            known = [each for each in known if each.record in proofs or each.source not in CASE]
        if scope.words.families[event.family].coming_days:
            known = [each for each in known if each.source in CASE or _is_general(context)]
    return any(in_scope(each, context) for each in known)
