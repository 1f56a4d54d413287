"""What the company's documents bear out: their rules, with the conditions under which each holds."""

from collections.abc import Sequence

from domain.truth.clauses import Clause
from domain.truth.events import EventClaim
from domain.truth.passages import PassageSentence, coverage, is_denial, stems_of
from domain.truth.scope import Scope

_ENOUGH = 0.5
"""Of a claim's telling words, what one sentence of a document must share with it to bear it out."""
_TURNED_ROUND = 0.65
"""The same for a claim that says the opposite of a document."""

_EXCEPTED = 0.6
_ALL = 0.99


def document_says(event: EventClaim, clause: Clause, scope: Scope) -> bool:
    """The event itself is in the sentence, however it is worded; the rest of the clause must fit."""
    outside = (*clause.words[: event.at], *clause.words[event.end :])
    stems = stems_of(outside, scope.words) | {event.family}
    is_promise = event.phase == "coming" and not scope.is_conditional
    return any(
        (event.family, event.is_negated) in sentence.families
        and not (is_promise and sentence.is_conditional)
        and applies(sentence, clause, scope)
        and coverage(stems, sentence.around | {event.family}) >= _ENOUGH
        for sentence in scope.evidence.passages
    )


def turns_a_rule_round(clause: Clause, scope: Scope) -> bool:
    """Whether a document says the opposite: that a gift card cannot be paid out, say."""
    if clause.supposed_from == 0 and not any(
        word in scope.words.sets["clauses.denials"] for word in clause.words
    ):
        return False
    stems = stems_of(clause.words, scope.words)
    if is_denial(clause.words, scope.words) and is_excepted(clause, scope):
        return False
    is_allowed = any(text in scope.words.sets["clauses.allows"] for text in clause.words)
    is_denied = is_denial(clause.words, scope.words)
    alike, against = 0.0, 0.0
    for sentence in scope.evidence.passages:
        shared = coverage(stems, sentence.stems)
        if len(stems & sentence.stems) < 2 or not (
            (is_allowed and shared > _ALL) or _share_values(clause, sentence)
        ):
            continue
        if sentence.is_denial == is_denied:
            alike = max(alike, shared)
        else:
            against = max(against, shared)
    return against >= _TURNED_ROUND and against > alike


def applies(sentence: PassageSentence, clause: Clause, scope: Scope) -> bool:
    """A rule for gold members is none for a silver one, unless the claim says for whom it holds."""
    said = {found.meaning for found in scope.words.kinds.all(clause.words)}
    known = scope.evidence.stated_kinds
    return all(
        not known.get(kind) or name in known[kind] or (kind, name) in said
        for kind, name in sentence.kinds
        if kind in scope.words.table["ranks"]["kinds"]
    )


def is_excepted(clause: Clause, scope: Scope) -> bool:
    """Whether a document names as an exception what is spoken of."""
    plain = scope.words.plain
    roots = {plain.root(text) for text in clause.words if text[0].isalpha()} - plain.grammar
    return any(
        coverage(frozenset(roots), sentence.excepted - sentence.included) >= _ENOUGH
        for sentence in scope.evidence.passages
    )


def is_too_absolute(clause: Clause, scope: Scope) -> bool:
    """Says "only", "never" or "always" where the documents that speak of it do not."""
    words = scope.words
    said = set(clause.words[: clause.supposed_from]) & words.sets["clauses.absolute"]
    ruling = words.sets["clauses.allows"] | words.sets["clauses.you"] | words.sets["clauses.us"] | said
    rules = set(clause.words) & (ruling - said) or clause.words[0] in ruling
    if not said or not rules:
        return False
    if set(clause.words) & words.sets["clauses.me"]:
        return False
    stems = stems_of([text for text in clause.words if text not in said], words)
    near = [sentence for sentence in scope.evidence.passages if coverage(stems, sentence.around) >= _ENOUGH]
    roots = frozenset(map(words.plain.root, said))
    denied = said & words.sets["clauses.negations"]
    return bool(near) and not any(
        roots & sentence.roots or (denied and sentence.is_denial) for sentence in near
    )


def takes_an_exception(clause: Clause, scope: Scope) -> bool:
    """Whether a claim holds for what a document excepts: "it covers faults, not normal wear"."""
    words, plain = scope.words, scope.words.plain
    if is_denial(clause.words, words) or any(
        text in words.sets["clauses.excepting"] for text in clause.words
    ):
        return False
    roots = {plain.root(text) for text in clause.words if text[0].isalpha()} - plain.grammar
    for sentence in scope.evidence.passages:
        excepted = roots & (sentence.excepted - plain.everyday)
        rest = roots - excepted
        fits = coverage(frozenset(rest), sentence.roots) >= _EXCEPTED
        if excepted and fits and not excepted & sentence.included:
            return True
    return False


def moves_a_limit(clause: Clause, events: Sequence[EventClaim], scope: Scope) -> bool:
    """Whether a document sets another limit to the same: "until it is packed", not "until it arrives"."""
    supposed = clause.words[clause.supposed_from :]
    if clause.supposed_from == 0 or not supposed or supposed[0] not in scope.words.sets["clauses.limits"]:
        return False
    main = stems_of(clause.words[: clause.supposed_from], scope.words)
    plain = scope.words.plain
    limit = {plain.root(text) for text in supposed[1:] if text[0].isalpha()} - plain.everyday
    rules = [sentence for sentence in scope.evidence.passages if coverage(main, sentence.around) >= _ENOUGH]
    limited = [sentence for sentence in rules if sentence.has_limit]
    families = {event.family for event in events if event.at >= clause.supposed_from}
    if families and limited:
        return not any(family in families for sentence in rules for family, _ in sentence.families)
    return bool(limit and limited) and not any(limit & sentence.roots for sentence in rules)


def _share_values(clause: Clause, sentence: PassageSentence) -> bool:
    stated = {reading for mention in sentence.mentions for reading in mention.readings}
    return all(stated & set(mention.readings) for _, mention in clause.mentions)
