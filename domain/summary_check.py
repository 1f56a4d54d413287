"""What a summary of a call must not lose: its numbers and names, what was done, and what we promised.

Pure: turns go in, and what of them a summary lacks comes out, in the call's own words.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

SHORT_NAME = 60
"""Characters; a longer text of an action is prose, of which only what holds a number is a fact."""
TELLING_DIGITS = 2
"""So many digits in words are a number; a single one ("one moment") is mostly a manner of speaking."""

_SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"\w(?:[^\s\"()\[\]{}<>]*\w)?")
"""From its first letter or digit to its last, with whatever joins them: `TW-4712`, `19.90`, `14:30`."""


class Promising(Protocol):
    """What the check must know of a language."""

    def digit_runs(self, text: str) -> tuple[str, ...]: ...

    def promises(self, sentence: str) -> bool:
        """Whether these words of ours bind us."""
        ...


@dataclass(frozen=True, kw_only=True)
class Said:
    """Words of one side, as they were heard."""

    by: Literal["caller", "agent"]
    text: str


@dataclass(frozen=True, kw_only=True)
class Deed:
    """An action and what came of it, as the model was told."""

    action: str
    arguments: Any
    result: Any


Turn = Said | Deed


@dataclass(frozen=True, kw_only=True)
class Point:
    """One thing to keep: what a summary is searched for, and the words that say it."""

    kind: Literal["number", "digits", "name", "outcome", "promise"]
    """`number` as it is written, `digits` as they were spoken."""
    value: str
    words: str


def points(turns: Sequence[Turn], language: Promising) -> list[Point]:
    """Everything in these turns that must not be lost, in its order, each once."""
    found: dict[Point, None] = {}
    for turn in turns:
        match turn:
            case Said():
                found.update(dict.fromkeys(_of_speech(turn, language)))
            case Deed():
                found.update(dict.fromkeys(_of_deed(turn)))
    return list(found)


def missing(kept: Sequence[Point], summary: str, language: Promising) -> list[Point]:
    """Those that the summary, or the words of another one of them, does not hold."""
    lacking: list[Point] = []
    text = summary
    for point in kept:
        if not _holds(text, point, language):
            lacking.append(point)
            text = f"{text}\n{point.words}"
    return lacking


def _holds(text: str, point: Point, language: Promising) -> bool:
    match point.kind:
        case "number":
            return point.value in _numbers(text)
        case "digits":
            return point.value in _numbers(text) or point.value in language.digit_runs(text)
        case "name":
            return _bare(point.value) in _bare(text)
        case _:
            return point.words in text


def _of_speech(said: Said, language: Promising) -> Iterator[Point]:
    for sentence in _SENTENCE_ENDS.split(said.text):
        words = f"{said.by}: {sentence.strip()}"
        if said.by == "agent" and language.promises(sentence):
            yield Point(kind="promise", value=sentence, words=words)
        for number in _numbers(sentence):
            yield Point(kind="number", value=number, words=words)
        for digits in language.digit_runs(sentence):
            if len(digits) >= TELLING_DIGITS:
                yield Point(kind="digits", value=digits, words=words)


def _of_deed(deed: Deed) -> Iterator[Point]:
    given = ", ".join(f"{name} {value}" for name, value in _leaves(deed.arguments))
    name = f"{deed.action} ({given})" if given else deed.action
    for number in _numbers(given):
        yield Point(kind="number", value=number, words=name)
    for path, value in _leaves(deed.result):
        if path == "outcome":
            yield Point(kind="outcome", value=value, words=f"{name}: {value}")
            continue
        for sentence in [value] if len(value) <= SHORT_NAME else _SENTENCE_ENDS.split(value):
            words = f"{name}: {f'{path} ' if path else ''}{sentence.strip()}"
            numbers = _numbers(sentence)
            for number in numbers:
                yield Point(kind="number", value=number, words=words)
            if not numbers and len(value) <= SHORT_NAME and any(map(str.isalpha, value)):
                yield Point(kind="name", value=value, words=words)


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(dotted path, value as text) of every plain value in a record."""
    match value:
        case Mapping():
            for name, inner in value.items():
                yield from _leaves(inner, f"{path}.{name}" if path else str(name))
        case list() | tuple():
            for inner in value:
                yield from _leaves(inner, path)
        case None | "":
            return
        case _:
            yield path, str(value)


def _numbers(text: str) -> tuple[str, ...]:
    """Amounts, dates, times and identifiers: every word with a digit in it."""
    words = (word.casefold() for word in _WORD.findall(text))
    return tuple(dict.fromkeys(word for word in words if any(map(str.isdigit, word))))


def _bare(text: str) -> str:
    return " ".join(text.casefold().split())
