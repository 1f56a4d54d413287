"""Finding phrases in a list of words, quickly: by their first word, the longest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

GAP = "_"
"""Stands for up to `LONGEST_GAP` words between the words of a phrase."""
LONGEST_GAP = 5

Meaning = TypeVar("Meaning")


@dataclass(frozen=True, kw_only=True)
class Found(Generic[Meaning]):
    """A phrase at a place; `end` is the first word after it."""

    start: int
    end: int
    meaning: Meaning


class Phrases(Generic[Meaning]):
    """Phrases with their meanings, compiled once."""

    def __init__(self, phrases: Iterable[tuple[str, Meaning]]) -> None:
        by_first: dict[str, list[tuple[tuple[str, ...], Meaning]]] = {}
        for phrase, meaning in phrases:
            words = tuple(phrase.split())
            by_first.setdefault(words[0], []).append((words[1:], meaning))
        for entries in by_first.values():
            entries.sort(key=lambda entry: (-sum(word != GAP for word in entry[0]), GAP in entry[0]))
        self._by_first = by_first

    def at(self, words: Sequence[str], start: int) -> Found[Meaning] | None:
        """The longest phrase that begins here."""
        if start >= len(words):
            return None
        for rest, meaning in self._by_first.get(words[start], ()):
            end = _match(words, start + 1, rest)
            if end is not None:
                return Found(start=start, end=end, meaning=meaning)
        return None

    def all(self, words: Sequence[str]) -> list[Found[Meaning]]:
        """From left to right; phrases do not overlap."""
        found, at = [], 0
        while at < len(words):
            here = self.at(words, at)
            if here is not None:
                found.append(here)
            at = here.end if here is not None else at + 1
        return found

    def starting(self, words: Sequence[str]) -> list[Found[Meaning]]:
        """From left to right, one for each place where one begins; they may overlap."""
        found = (self.at(words, at) for at in range(len(words)))
        return [here for here in found if here is not None]

    def any(self, words: Sequence[str]) -> bool:
        return any(self.at(words, at) is not None for at in range(len(words)))


def _match(words: Sequence[str], at: int, rest: Sequence[str]) -> int | None:
    for place, wanted in enumerate(rest):
        if wanted == GAP:
            ends = range(at, min(at + LONGEST_GAP, len(words)) + 1)
            return next((end for start in ends if (end := _match(words, start, rest[place + 1 :]))), None)
        if at >= len(words) or words[at] != wanted:
            return None
        at += 1
    return at
