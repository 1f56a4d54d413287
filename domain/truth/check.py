"""The check itself: a sentence is read into claims, and each is held against what this call knows."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from domain.truth.amounts import is_supported
from domain.truth.clauses import Clause, clauses_of
from domain.truth.context import Context
from domain.truth.contrasts import contrasts_in
from domain.truth.events import EventClaim, events_of
from domain.truth.evidence import Evidence
from domain.truth.grounding import invented_in
from domain.truth.happenings import is_borne_out
from domain.truth.leaks import leaks_in
from domain.truth.mentions import mentions_in
from domain.truth.rules import is_too_absolute, moves_a_limit, takes_an_exception, turns_a_rule_round
from domain.truth.scope import Scope
from domain.truth.tokens import tokens_of
from domain.truth.values import ClockTime, Code, Count, Days, Mention, Money, Value
from domain.truth.verdict import Kind, Unsupported, Verdict


def check(sentence: str, evidence: Evidence) -> Verdict:
    """Pure, and under a millisecond or two for a sentence: it stands between the model and the voice."""
    words = evidence.words
    tokens = tokens_of(sentence, words)
    mentions = mentions_in(tokens, words, evidence.today)
    codes = frozenset(
        value.text for mention in mentions for value in mention.readings if isinstance(value, Code)
    )
    records = evidence.records_of(codes)
    named = codes & {code for record in records for code in record.codes}
    scope = Scope(
        evidence=evidence,
        words=words,
        codes=named,
        records=records,
        is_conditional=words.phrases["clauses.ifs"].any([token.text for token in tokens]),
    )
    found = list(leaks_in(sentence, tokens, evidence))
    before: list[EventClaim] = []
    last: EventClaim | None = None
    for clause in clauses_of(tokens, mentions, words):
        events = events_of(clause, before if clause.follows_on else (), words)
        found += _events(events, clause, scope)
        found += _values(events, last, clause, scope, sentence, [token.start for token in tokens])
        if (denied := _against_the_rules(clause, events, scope)) is not None:
            found.append(denied)
        found += invented_in(clause, tokens, events, scope)
        found += contrasts_in(clause, scope)
        before = events or before
        last = events[-1] if events else last
    return Verdict(unsupported=tuple(dict.fromkeys(found)))


def _events(events: Sequence[EventClaim], clause: Clause, scope: Scope) -> Iterator[Unsupported]:
    for event in events:
        if is_borne_out(event, clause, scope):
            continue
        kind: Kind = "promise" if event.phase in {"coming", "present"} else "event"
        yield Unsupported(
            kind="negation" if event.is_negated else kind,
            words=" ".join(clause.words[event.at : event.end]),
            about=event.family,
        )


def _against_the_rules(clause: Clause, events: Sequence[EventClaim], scope: Scope) -> Unsupported | None:
    """A rule of the documents turned round; what a record has borne out already is none."""
    if clause.is_question:
        return None
    told = any(event.phase == "failed" or (event.phase != "open" and scope.records) for event in events)
    if not _breaks_a_rule(clause, events, scope) and (told or not turns_a_rule_round(clause, scope)):
        return None
    return Unsupported(kind="negation", words=" ".join(clause.words))


def _breaks_a_rule(clause: Clause, events: Sequence[EventClaim], scope: Scope) -> bool:
    return (
        moves_a_limit(clause, events, scope)
        or takes_an_exception(clause, scope)
        or is_too_absolute(clause, scope)
    )


def _values(
    events: Sequence[EventClaim],
    last: EventClaim | None,
    clause: Clause,
    scope: Scope,
    sentence: str,
    starts: Sequence[int],
) -> Iterator[Unsupported]:
    held: dict[int, Mention] = {mention.start: mention for _, mention in clause.mentions}
    unsupported: dict[int, Mention] = {}
    for place, mention in clause.mentions:
        event = _event_at(place, events, last if len(clause.words) <= 6 else None)
        context = Context(
            clause=clause,
            place=place,
            event=event,
            scope=scope,
            amount_roles=_amount_roles(event, clause, scope),
        )
        first = held.get(mention.adds_to) if mention.adds_to is not None else None
        if first is not None and is_supported(_sum(first, mention), context):
            unsupported.pop(first.start, None)
            continue
        if not is_supported(mention, context):
            unsupported[mention.start] = mention
    for start, mention in unsupported.items():
        after = starts[mention.end] if mention.end < len(starts) else len(sentence)
        yield Unsupported(
            kind=_kind(mention.readings[0]), words=sentence[starts[start] : after].strip(" .,!?")
        )


def _event_at(place: int, events: Sequence[EventClaim], last: EventClaim | None) -> EventClaim | None:
    """The event nearest to a value; a short clause without one goes on with the one before."""
    if not events:
        return replace(last, is_negated=False) if last is not None else None
    asserted = [event for event in events if event.phase != "open"]
    return min(
        asserted or events, key=lambda event: (max(event.at - place, place - event.end, 0), event.at > place)
    )


def _amount_roles(event: EventClaim | None, clause: Clause, scope: Scope) -> frozenset[str]:
    """What an amount must stand for, where the verb or its noun makes that clear."""
    if event is not None and event.phase == "open":
        return frozenset()
    if event is not None and scope.words.families[event.family].amounts:
        return scope.words.families[event.family].amounts
    if clause.is_question or clause.supposed_from == 0:
        return frozenset()
    for role, nouns in scope.words.table["amounts"].items():
        if any(noun in clause.words for noun in nouns):
            return frozenset({role})
    return frozenset()


def _sum(first: Mention, second: Mention) -> Mention:
    """What is added aloud: "twenty euros plus five" says twenty-five."""
    one, other = first.readings[0], second.readings[0]
    if not (isinstance(one, Money) and isinstance(other, Money)):
        return second
    return replace(second, readings=(Money(one.minor + other.minor, other.currency),))


def _kind(value: Value) -> Kind:
    match value:
        case Money():
            return "amount"
        case Days():
            return "day"
        case ClockTime():
            return "time"
        case Count():
            return "number"
        case Code():
            return "identifier"
