"""What one sentence, and each clause of it, is about: which records, things and kinds of thing."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.truth.clauses import Clause
from domain.truth.evidence import Evidence
from domain.truth.known import Record
from domain.truth.things import Thing
from domain.truth.words import Words


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What one sentence is about."""

    evidence: Evidence
    words: Words
    codes: frozenset[str]
    records: Sequence[Record]
    is_conditional: bool = False
    """It says somewhere under which condition it holds."""


def is_about_the_caller(clause: Clause, words: Words) -> bool:
    """Speaks of this caller's own things, and not of what is usual."""
    return not is_general(clause, words) and any(word in words.sets["clauses.ours"] for word in clause.words)


def is_general(clause: Clause, words: Words) -> bool:
    """Speaks of what is usual: "parcels usually", "a parcel that"."""
    begins = clause.words[:1] and clause.words[0] in words.sets["clauses.indefinite"]
    return bool(begins) or words.phrases["clauses.generic"].any(clause.words)


def objects_of(texts: Sequence[str], words: Words) -> frozenset[str]:
    """The kinds of thing named: an order, a subscription."""
    return frozenset(kind for kind, nouns in words.table["objects"].items() if set(nouns) & set(texts))


def things_of(clause: Clause, scope: Scope) -> list[Thing]:
    """The lines of records that a clause speaks of; none where it speaks of the whole."""
    if any(word in scope.words.sets["clauses.whole"] for word in clause.words):
        return []
    return scope.evidence.things.named(clause.words)


def records_of(clause: Clause, scope: Scope) -> Sequence[Record]:
    """A line that fares otherwise than the rest of its order stands for itself."""
    numbers = {record.number: record for record in scope.records}
    apart = [
        Record(
            number=thing.record,
            source=numbers[thing.record].source,
            codes=numbers[thing.record].codes,
            done=set(thing.done),
            coming=set(thing.coming),
            maybe=set(thing.maybe),
            is_known=True,
        )
        for thing in things_of(clause, scope)
        if thing.record in numbers and scope.evidence.things.fare_apart(thing)
    ]
    return apart or scope.records
