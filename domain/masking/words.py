"""A language's words around secrets: how callers announce a card number, hesitate, and are misheard."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import resources
from typing import Any

from domain.language import LanguageUnknown, language_for
from domain.spoken_digits import DigitWords


class Kind(Enum):
    """What was masked."""

    CARD = "card"
    CODE = "code"
    EXPIRY = "expiry"
    RESTRICTED = "restricted"


class Topic(Enum):
    """What the digits that follow are, as far as the words before them tell."""

    CARD = "card_number"
    """A card number was asked for or announced."""
    MENTION = "card"
    """A card was named, not its number."""
    CODE = "security_code"
    EXPIRY = "expiry"
    LAST_FOUR = "last_four"
    """Four digits of a card that may be known."""
    PHONE = "phone"
    NUMBER = "number"
    """"My number is": a telephone's, unless a card's was asked for."""
    OTHER = "other"
    """An order, an invoice, a date ...: no secret."""


ANNOUNCES = frozenset({Topic.CARD, Topic.CODE})
"""Topics of which no digits may pass; a word for something else beside them does not undo that."""


@dataclass(frozen=True, kw_only=True)
class MaskingWords:
    """One language, read from its file beside this one. Patterns are matched on plain words."""

    labels: Mapping[Kind, str]
    """What stands in place of a secret; the model reads it."""
    held: str
    """What stands in place of digits that may yet become a secret."""
    cues: Mapping[Topic, re.Pattern[str]]
    digit_words: DigitWords
    number: re.Pattern[str]
    """One word for a number, inside another: "fünfhundertdrei"."""
    compound: re.Pattern[str]
    """A word that is several of them, a scale among them."""
    connectors: frozenset[str]
    """Said between digits without ending the number."""
    misheard: Mapping[str, str]
    """A word that a recogniser writes for a digit, to that digit's word; it counts between digits only."""
    links: frozenset[str]
    """Words that tie digits to the name that follows: "4111 ... is my card number"."""
    parting: frozenset[str]
    """Between two numbers: they are two."""
    units: frozenset[str]
    """A word behind a number that makes it an amount, a time or a count."""
    months: frozenset[str]


def masking_words_for(tag: str) -> MaskingWords:
    """By BCP 47 tag. Raises `LanguageUnknown`."""
    return _load(tag.split("-", 1)[0].lower())


@cache
def _load(primary: str) -> MaskingWords:
    file = resources.files("domain") / "masking" / f"{primary}.toml"
    if not file.is_file():
        raise LanguageUnknown(f"no words for masking in {primary!r}: add domain/masking/{primary}.toml")
    return parse_masking_words(file.read_text(encoding="utf-8"), language_for(primary).digit_words)


def parse_masking_words(toml: str, digit_words: DigitWords) -> MaskingWords:
    """Raises KeyError or ValueError where the file lacks something."""
    data: dict[str, Any] = tomllib.loads(toml)
    labels, around = data["labels"], data["around_digits"]
    number, compound = _compounds(digit_words)
    return MaskingWords(
        labels={kind: labels[kind.value] for kind in Kind},
        held=labels["held"],
        cues={topic: _any_of(data["cues"][topic.value]) for topic in Topic},
        digit_words=digit_words,
        number=number,
        compound=compound,
        connectors=frozenset(around["connectors"]) | digit_words.between,
        misheard=dict(around["misheard"]),
        links=frozenset(around["links"]),
        parting=frozenset(around["parting"]),
        units=frozenset(around["units"]),
        months=frozenset(around["months"]),
    )


def _any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(rf"\b(?:{pattern})\b" for pattern in patterns))


def _compounds(digits: DigitWords) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A part of a compound, the longest first, and a whole one."""
    scales = digits.hundred | digits.thousand
    named = sorted((digits.small.keys() | digits.tens.keys() | scales), key=len, reverse=True)
    number, scale, between = ("|".join(map(re.escape, words)) for words in (named, scales, digits.between))
    return re.compile(number), re.compile(rf"(?=\w+(?:{scale}))(?:{number}|{between})++")
