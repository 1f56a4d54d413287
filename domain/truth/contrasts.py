"""What contradicts a record without naming an event: gold for silver, "I see no date" where there is one."""

from collections.abc import Collection, Iterator, Sequence

from domain.truth.clauses import Clause
from domain.truth.scope import Scope, is_about_the_caller
from domain.truth.verdict import Unsupported


def contrasts_in(clause: Clause, scope: Scope) -> Iterator[Unsupported]:
    if clause.is_question:
        return
    yield from _others_of_a_kind(clause, scope)
    yield from _denied_though_known(clause, scope)
    yield from _obliged_without_rule(clause, scope)


def _others_of_a_kind(clause: Clause, scope: Scope) -> Iterator[Unsupported]:
    """Of words that exclude each other a clause names one, and the records another: by card, by PayPal."""
    words = scope.words
    possible = words.sets["clauses.possible"] | words.sets["clauses.denials"]
    ours = is_about_the_caller(clause, words) or bool(
        set(clause.words) & (words.sets["clauses.me"] | words.sets["clauses.you"])
    )
    if any(word in possible for word in clause.words):
        return
    known = scope.evidence.stated_kinds
    for found in words.kinds.all(clause.words[: min(clause.supposed_from, clause.quoted_from)]):
        kind, name = found.meaning
        is_rule = not ours and any(found.meaning in each.kinds for each in scope.evidence.passages)
        if known.get(kind) and name not in known[kind] and not is_rule:
            yield Unsupported(kind="thing", words=" ".join(clause.words[found.start : found.end]))


def _denied_though_known(clause: Clause, scope: Scope) -> Iterator[Unsupported]:
    """Said as "I see no delivery date" though a record holds one."""
    evidence = scope.evidence
    for found in scope.words.phrases["clauses.unseen"].all(clause.words):
        after = clause.words[found.end :]
        for role, names in scope.words.table["fields"].items():
            is_named = any(" ".join(after).startswith(name) for name in names)
            if is_named and evidence.has_role(role):
                yield Unsupported(kind="negation", words=" ".join(clause.words[found.start :]))


def _obliged_without_rule(clause: Clause, scope: Scope) -> Iterator[Unsupported]:
    """What the caller must or may do stands in a document, unless it belongs to any call."""
    sets, phrases = scope.words.sets, scope.words.phrases
    asked = sets["clauses.asked_of_callers"]
    stated = clause.words[: min(clause.quoted_from, clause.supposed_from)]
    found = [(each.end, asked) for each in phrases["clauses.obliging"].all(stated)]
    if scope.evidence.passages:
        asked = asked | sets["clauses.open_to_callers"]
        found += [(each.end, asked) for each in phrases["clauses.permitting"].all(stated)]
    for end, free in found:
        if not _is_free_to(clause.words[end:], free, scope):
            yield Unsupported(kind="promise", words=" ".join(clause.words))


def _is_free_to(texts: Sequence[str], free: Collection[str], scope: Scope) -> bool:
    plain = scope.words.plain
    verb = next((text for text in texts if plain.root(text) not in plain.grammar), "")
    root = plain.root(verb)
    if not verb or plain.only_nouns or verb in free or texts[0] in scope.words.sets["clauses.negations"]:
        return True
    rules = (each for each in scope.evidence.passages if not each.is_ours and root in each.roots)
    return scope.evidence.asks_of_callers(root) or any(rules)
