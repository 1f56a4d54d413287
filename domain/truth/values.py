"""The values that a sentence can state, told apart from how they are said."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` counts hundredths; `currency` is empty where none was named."""

    minor: int
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Days:
    """The days that may be meant, as ranges of first and last; `weekday` where only that was said."""

    ranges: tuple[tuple[date, date], ...]
    weekday: int | None = None
    is_now: bool = False
    """"Today" and the like, which often says nothing: "how can I help you today?"."""

    is_bound: bool = False
    """Said with "by" or "until": the first range reaches from today, the others are what was said."""

    @property
    def exactly(self) -> "Days":
        """What was said, without the days before it."""
        return Days(self.ranges[1:], weekday=self.weekday) if self.is_bound else self

    def holds(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.ranges)


@dataclass(frozen=True, slots=True)
class ClockTime:
    """Minutes of the day that may be meant: "at nine" is 540 or 1260."""

    minutes: frozenset[int]


@dataclass(frozen=True, slots=True)
class Count:
    """So many of something; `unit` is empty where none was named."""

    value: Decimal
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """An identifier, by its letters and digits alone; an e-mail address keeps its signs."""

    text: str


Value = Money | Days | ClockTime | Count | Code

_MARKS: dict[type, str] = {
    Money: "<money>",
    Days: "<day>",
    ClockTime: "<time>",
    Count: "<count>",
    Code: "<code>",
}


@dataclass(frozen=True, kw_only=True)
class Mention:
    """One value in a sentence, by tokens; any of its readings may be the one that was meant."""

    start: int
    end: int
    readings: tuple[Value, ...]
    is_hedged: bool = False
    """Said with "about", so that fifty may stand for 49.90."""
    adds_to: int | None = None
    """Where the mention starts to which this one is added aloud: "twenty euros plus five"."""

    @property
    def mark(self) -> str:
        return _MARKS[type(self.readings[0])]


def code_of(text: str) -> str:
    """The letters and digits of an identifier, as they compare: "LK-4712 ab" is "lk4712ab"."""
    return "".join(sign for sign in text.lower() if sign.isalnum())
