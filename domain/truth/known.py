"""What is known in a call: single values and whole records, each with where it comes from."""

from dataclasses import dataclass, field
from typing import Literal

from domain.truth.things import Thing
from domain.truth.values import Money, Value

Source = Literal["record", "deed", "asked", "passage", "company", "caller"]
""""`asked` is what a deed that failed or was refused would have brought."""

ON_THE_ROAD = frozenset({"dispatch", "deliver", "travel", "near", "pack"})
"""What happens to a parcel, as its own record knows better than the deed that set it going."""


@dataclass(frozen=True, slots=True)
class Known:
    """One value that holds in this call."""

    value: Value
    role: str
    """What it stands for, such as `expected` or `refund`; empty where nobody says."""
    record: int
    source: Source
    place: int = -1
    """The sentence of the passages that says it."""
    thing: str = ""
    """The line of the record to which it belongs."""


@dataclass(kw_only=True)
class Record:
    """One thing in a system of record, such as an order with all that belongs to it."""

    number: int
    source: Source
    codes: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    coming: set[str] = field(default_factory=set)
    maybe: set[str] = field(default_factory=set)
    partly_done: set[str] = field(default_factory=set)
    """What has happened to a part of it only, such as one line of an order."""
    is_known: bool = False
    """It tells a state, so that what is not among `done` and `maybe` has not happened."""

    def has_not(self, family: str) -> bool:
        return self.is_known and family not in self.done | self.maybe


@dataclass(kw_only=True)
class Reading:
    """All that was read from one answer."""

    known: list[Known] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    source: Source = "record"
    texts: list[tuple[str, int]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    """Words of the keys, which may be spoken but name nobody."""
    records: list[Record] = field(default_factory=list)
    passages: list[str] = field(default_factory=list)
    things: list[Thing] = field(default_factory=list)


def minor_of(known: Known) -> int:
    """Of an amount its hundredths; of another value nothing."""
    return known.value.minor if isinstance(known.value, Money) else 0
