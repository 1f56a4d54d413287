"""Whether what a sentence speaks of was ever named: other things, places and causes are invented."""

from collections.abc import Iterator, Sequence

from domain.truth.clauses import Clause
from domain.truth.events import EventClaim
from domain.truth.scope import Scope
from domain.truth.tokens import Token
from domain.truth.verdict import Unsupported


def invented_in(
    clause: Clause, tokens: Sequence[Token], events: Sequence[EventClaim], scope: Scope
) -> Iterator[Unsupported]:
    words, plain = scope.words, scope.words.plain
    refuses = words.phrases["never.refusing"].any(clause.words)
    if clause.is_question or refuses or not plain.is_known:
        return
    free = plain.grammar if _gives_a_cause(clause, tokens, scope) else plain.everyday
    spoken_for = _judged(clause, events, scope)
    for at, text in enumerate(clause.words[: _stated_until(clause, scope)]):
        token = tokens[clause.places[at]]
        if token.kind != "word" or text.startswith("<") or at in spoken_for or len(text) == 1:
            continue
        if plain.only_nouns and not (token.is_capital and clause.places[at] > 0):
            continue
        root = plain.root(text)
        if root in free or scope.evidence.knows_root(root) or _is_number(text, scope):
            continue
        if text in words.sets["clauses.everyday_names"] or (
            plain.only_nouns and scope.evidence.holds_part_of(root)
        ):
            continue
        yield Unsupported(kind="thing", words=text)
    yield from _deeds_by_other_words(clause, spoken_for, scope)


def _deeds_by_other_words(clause: Clause, spoken_for: set[int], scope: Scope) -> Iterator[Unsupported]:
    """What the speaker says to have done, in a word that no event is known by: "I have set"."""
    words, plain = scope.words, scope.words.plain
    for found in words.phrases["clauses.i_have"].starting(clause.words[: clause.supposed_from]):
        at = found.end
        while at < len(clause.words) and clause.words[at] in words.sets["clauses.light"]:
            at += 1
        if at >= min(len(clause.words), clause.quoted_from) or at in spoken_for:
            continue
        text = clause.words[at]
        if (
            text.startswith("<")
            or text in words.sets["clauses.negations"] | words.sets["clauses.determiners"]
        ):
            continue
        root = plain.root(text)
        if root not in plain.perceives and not scope.evidence.did(root):
            yield Unsupported(kind="event", words=text)


def _stated_until(clause: Clause, scope: Scope) -> int:
    """What is supposed need not be known, but for a limit: "until the driver rings"."""
    supposed = clause.words[clause.supposed_from :]
    limits = bool(supposed) and supposed[0] in scope.words.sets["clauses.limits"]
    return clause.quoted_from if limits else min(clause.quoted_from, clause.supposed_from)


def _gives_a_cause(clause: Clause, tokens: Sequence[Token], scope: Scope) -> bool:
    """A cause is news however plain its words are."""
    speakers = scope.words.sets["clauses.me"] | scope.words.sets["clauses.you"]
    if scope.evidence.deeds.has_status("fail") or set(clause.words) & speakers:
        return False
    before = clause.places[0] - 1
    causes = scope.words.sets["clauses.causes"]
    return (before >= 0 and tokens[before].text in causes) or any(text in causes for text in clause.words)


def _judged(clause: Clause, events: Sequence[EventClaim], scope: Scope) -> set[int]:
    """Words of events, which are looked at by themselves, and of set phrases."""
    of_events = {
        at
        for event in events
        for at in range(event.at, event.end)
        if clause.words[at] in scope.words.sense_words
    }
    phrases = (
        *scope.words.harmless.all(clause.words),
        *scope.words.phrases["talk.phrases"].all(clause.words),
    )
    stated = {
        at
        for found in scope.words.kinds.all(clause.words)
        if found.meaning[0] in scope.evidence.stated_kinds
        for at in range(found.start, found.end)
    }
    return of_events | stated | {at for found in phrases for at in range(found.start, found.end)}


def _is_number(text: str, scope: Scope) -> bool:
    digits = scope.words.digits
    return (
        text in digits.small
        or text in digits.tens
        or text in digits.hundred
        or text in digits.thousand
        or text in digits.only_among_digits
        or text in digits.repeats
        or text in scope.words.ordinals
        or bool(scope.words.currencies.get(text))
    )
