"""What the rules know beside a turn's words: the company's own numbers, and the turns before."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from domain.language import plain
from domain.masking.words import Kind, Topic

SHORTEST_CARD = 13
TURNS = 4
"""Of the caller's, for which a question or an announcement counts."""
_PROBES = tuple("4111111111111111111"[:length] for length in range(SHORTEST_CARD, 20))


class Finding(Protocol):
    """Where a pattern was found."""

    def start(self) -> int: ...
    def end(self) -> int: ...


class CompiledPattern(Protocol):
    """Of `re`, or of an engine whose time grows with the text alone: callers write the text."""

    def fullmatch(self, text: str, /) -> Finding | None: ...
    def finditer(self, text: str, /) -> Iterator[Finding]: ...


@dataclass(frozen=True, kw_only=True)
class Known:
    """What a company's own numbers look like, and what it restricts."""

    shapes: tuple[re.Pattern[str], ...] = ()
    """A whole number matches: an order's `\\d{4}`."""
    restricted: re.Pattern[str] | None = None
    """Phrases, over plain words."""
    restricted_patterns: tuple[CompiledPattern, ...] = ()
    """Over the text as it is written, and over whole runs of digits."""

    @classmethod
    def of(
        cls,
        *,
        shapes: tuple[str, ...] = (),
        words: frozenset[str] = frozenset(),
        patterns: tuple[CompiledPattern, ...] = (),
    ) -> "Known":
        """A pattern that any number matches says nothing and is left out. Raises `re.error`."""
        phrases = sorted((re.escape(plain(word)) for word in words), key=len)
        compiled = (re.compile(shape) for shape in dict.fromkeys(shapes))
        return cls(
            shapes=tuple(shape for shape in compiled if not all(map(shape.fullmatch, _PROBES))),
            restricted=re.compile(rf"\b(?:{'|'.join(reversed(phrases))})\b") if phrases else None,
            restricted_patterns=patterns,
        )

    def is_ours(self, digits: str) -> bool:
        return any(shape.fullmatch(digits) for shape in self.shapes)

    def restricts(self, digits: str) -> bool:
        return any(pattern.fullmatch(digits) for pattern in self.restricted_patterns)


@dataclass(frozen=True, kw_only=True)
class State:
    """What earlier turns tell about the digits of the next."""

    topic: Topic | None = None
    topic_left: int = 0
    """Turns of the caller for which `topic` still counts."""
    unfinished: int = 0
    """Digits that were masked of a card number which goes on."""
    after_card_left: int = 0
    """Turns in which a security code is expected, because a card number was masked."""

    just_ended: int = 0
    """Digits of a number that was long enough when the last turn ended: it may go on."""

    @property
    def carried(self) -> Topic | None:
        return self.topic if self.topic_left else None

    def told(self, topic: Topic | None) -> "State":
        return replace(self, topic=topic, topic_left=TURNS)

    def turn_over(self) -> "State":
        left = max(0, self.topic_left - 1)
        return replace(
            self,
            topic_left=left,
            unfinished=self.unfinished if left and self.topic is Topic.CARD else 0,
            after_card_left=max(0, self.after_card_left - 1),
        )


@dataclass(frozen=True, kw_only=True)
class Secret:
    """A stretch of characters that must not be kept."""

    kind: Kind
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """The secrets of one turn in their order, and what the next turn must know."""

    secrets: tuple[Secret, ...]
    state: State
