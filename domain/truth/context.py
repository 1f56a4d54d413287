"""Where in a sentence a value stands, and which of the known values may be meant there."""

from dataclasses import dataclass

from domain.truth.clauses import Clause
from domain.truth.events import EventClaim
from domain.truth.known import Known
from domain.truth.passages import coverage, stems_of
from domain.truth.rules import applies
from domain.truth.scope import Scope, things_of

CASE = frozenset({"record", "deed"})
"""Sources that tell of this caller's own case."""
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
        return self.event is not None and self.event.phase not in {"open", "failed"}

    @property
    def is_denied(self) -> bool:
        """A value that follows "than" is a bound, which no negation touches: "not later than Friday"."""
        than = self.before in self.scope.words.sets["clauses.than"]
        return self.is_asserted and self.event is not None and self.event.is_negated and not than

    @property
    def before(self) -> str:
        """The word before the value."""
        return self.clause.words[self.place - 1] if self.place else ""


def in_scope(known: Known, context: Context) -> bool:
    """A sentence that names an order, or a thing of it, speaks of its values only."""
    if known.source == "asked":
        return context.event is not None and (context.event.phase == "failed" or context.event.is_negated)
    if known.place >= 0:
        return applies(context.scope.evidence.passages[known.place], context.clause, context.scope)
    if known.source not in CASE:
        return True
    named = {thing.name for thing in things_of(context.clause, context.scope)}
    if named and known.thing and known.thing not in named:
        return False
    if known.source != "record" or not context.scope.codes:
        return True
    return any(record.number == known.record for record in context.scope.records)


def beside_the_point(known: Known, context: Context) -> bool:
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
