"""Whether what a sentence speaks of was ever spoken of: a thing, place or cause that nobody named is invented."""

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
        if text in words.sets["clauses.everyday_names"]:
            continue
        yield Unsupported(kind="thing", words=text)


def _stated_until(clause: Clause, scope: Scope) -> int:
    """What is supposed need not be known, but for a limit: "until the driver rings"."""
    supposed = clause.words[clause.supposed_from :]
    limits = bool(supposed) and supposed[0] in scope.words.sets["clauses.limits"]
    return clause.quoted_from if limits else min(clause.quoted_from, clause.supposed_from)


def _gives_a_cause(clause: Clause, tokens: Sequence[Token], scope: Scope) -> bool:
    """A cause is news however plain its words are."""
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
    return of_events | {at for found in phrases for at in range(found.start, found.end)}


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
