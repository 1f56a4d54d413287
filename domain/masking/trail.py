"""Groups of digits that passed, turn by turn, because nothing called them a card number."""

import re
from dataclasses import dataclass, replace

from domain.masking.reading import Reading
from domain.masking.rules import LONGEST_CARD, LONGEST_PHONE
from domain.masking.state import SHORTEST_CARD, State
from domain.masking.words import Topic

BETRAYED_BY = 8
"""Digits over two turns that begin as a card number does, where nobody asked for anything else."""
MOST_GROUPS = 5
"""A card number comes in four or five; whoever says a number a turn for longer is counting."""
LONGEST_GROUP = 8
"""Of a card number that is said or keyed with our questions between; a telephone's is longer."""
FEW_WORDS = 2
"""Beside the digits; with more the caller says something else."""
_WHOLE = re.compile(r"(?:4|5[0-8]|2[2-7]|6[0-9])\d{14,}|3[47]\d{13}")
_ISSUER = re.compile(r"4|5[0-8]|2[2-7]|3[47]|6[0-9]")


@dataclass(frozen=True)
class Group:
    """A turn that was little but digits."""

    digits: str
    was: str
    now: str
    """The turn as it reads with its digits masked."""
    started_ms: int
    keyed: bool


@dataclass(frozen=True, kw_only=True)
class Trail:
    """The groups that may be one number, the oldest first."""

    groups: tuple[Group, ...] = ()
    earlier: tuple[Group, ...] = ()
    """Before our last question, so most likely answers to others."""
    spoken_between: bool = False
    """We said a sentence meanwhile, so they may be answers to different questions."""
    named: bool = False
    """The first of them had another name, such as "my number is"."""

    @property
    def digits(self) -> str:
        """A group that repeats the one before it counts once: callers say an order number twice."""
        said = [group.digits for group in self.groups]
        return "".join(now for at, now in enumerate(said) if not at or now != said[at - 1])

    def interrupted(self) -> "Trail":
        """We said a sentence; a number with a name was complete then."""
        return Trail() if self.named else replace(self, spoken_between=bool(self.groups))

    def asked(self) -> "Trail":
        """We put a question; the groups before it count only where they make up a whole card number."""
        return Trail() if self.named else Trail(earlier=(*self.earlier, *self.groups)[-MOST_GROUPS:])

    def betrayed_by(self, reading: Reading, state: State) -> "Trail":
        """The groups that are a card number together with this turn; none where they are not."""
        digits = _bare(reading)
        if self._goes_on(digits, state):
            return Trail(groups=self.groups)
        groups = (*self.earlier, *self.groups) if digits else ()
        for at, first in enumerate(groups):
            rest = [group.digits for group in groups[at + 1 :]] + [digits]
            apart = first.digits != rest[0]
            if apart and max(map(len, rest)) <= LONGEST_GROUP and _is_card(first.digits + "".join(rest)):
                return Trail(groups=groups[at:])
        return Trail()

    def _goes_on(self, digits: str, state: State) -> bool:
        """Whether they make a card number with the groups since our last question, right or misheard."""
        if not self.groups or not digits or digits == self.groups[-1].digits:
            return False
        joined = "".join(group.digits for group in self.groups) + digits
        match state.carried:
            case None if self.named:
                return len(joined) > LONGEST_PHONE
            case None:
                early = not self.spoken_between and _ISSUER.match(joined) is not None
                return len(joined) >= (BETRAYED_BY if early else SHORTEST_CARD)
            case Topic.PHONE | Topic.NUMBER:
                return not self.spoken_between and len(joined) > LONGEST_PHONE
            case _:
                return not self.spoken_between and len(self.digits + digits) >= SHORTEST_CARD

    def after(self, reading: Reading, now: str, started_ms: int) -> "Trail":
        """A turn that passed goes on with the trail, begins another where digits end it, or ends it."""
        if digits := _bare(reading):
            groups = (*self.groups, Group(digits, reading.text, now, started_ms, reading.keyed))
            return replace(self, groups=groups[-MOST_GROUPS:])
        last = reading.runs[-1] if reading.runs else None
        if last is not None and reading.ends_with(last) and not (last.measured or last.international):
            return Trail(
                groups=(Group(last.digits, reading.text, now, started_ms, reading.keyed),),
                named=bool(reading.cues),
            )
        return Trail() if reading.others > FEW_WORDS or reading.cues else self


def _bare(reading: Reading) -> str:
    """The digits of a turn that is little else; empty where it is."""
    plainly_other = any(run.measured or run.international for run in reading.runs)
    if reading.cues or reading.others > FEW_WORDS or plainly_other:
        return ""
    return "".join(run.digits for run in reading.runs)


def _is_card(digits: str) -> bool:
    """A whole one by its length, its issuer and its check digit; several answers are that by rare chance."""
    return _WHOLE.fullmatch(digits) is not None and len(digits) <= LONGEST_CARD and _checks(digits)


def _checks(digits: str) -> bool:
    """Luhn's check digit is right."""
    doubled = (int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits)))
    return sum(it - 9 if it > 9 else it for it in doubled) % 10 == 0
