"""The things of records by the names that people give them: how many there are, and how each fares."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.truth.plain import Plain

_ON_THE_SHELF = frozenset({"in_stock", "sold_out"})


@dataclass(frozen=True, kw_only=True)
class Thing:
    """One line of a record, such as two kettles of an order."""

    name: str
    record: int
    quantity: int | None
    done: frozenset[str]
    coming: frozenset[str]
    maybe: frozenset[str]
    state: str


class Things:
    """What a call's records list."""

    def __init__(self, plain: Plain) -> None:
        self._plain = plain
        self._by_root: dict[str, list[Thing]] = {}
        self._by_record: dict[int, list[Thing]] = {}

    def learn(self, things: Iterable[Thing]) -> None:
        for thing in things:
            self._by_record.setdefault(thing.record, []).append(thing)
            words = thing.name.split()
            for word in {*words[:1], *words[-1:]}:
                self._by_root.setdefault(self._plain.root(word), []).append(thing)

    def named(self, texts: Sequence[str]) -> list[Thing]:
        """Those that a clause names by first or last word; the best fit where names share a word."""
        roots = {self._plain.root(text) for text in texts}
        found = [thing for root in roots for thing in self._by_root.get(root, ())]
        fits = {
            thing.name: sum(self._plain.root(word) in roots for word in thing.name.split()) for thing in found
        }
        return [thing for thing in found if fits[thing.name] == max(fits.values())]

    def quantities_of(self, text: str) -> set[int]:
        """How many of it were ordered, whether it is said in the singular or plural."""
        return {thing.quantity for thing in self.named([text]) if thing.quantity is not None}

    def fare_apart(self, thing: Thing) -> bool:
        """Whether the lines of its record are in different states, so that its own must be looked at."""
        return (
            thing.state in _ON_THE_SHELF or len({other.state for other in self._by_record[thing.record]}) > 1
        )

    def is_one_of_several(self, record: int) -> bool:
        return len({thing.name for thing in self._by_record.get(record, ())}) > 1
