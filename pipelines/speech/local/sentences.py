"""What callers are expected to say: the company's phrases and everyday telephone talk, with weights."""

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import prod
from pathlib import Path

from num2words import num2words

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

_PHRASES = Path(__file__).parent
_CHOICE = re.compile(r"\[([^]]*)]")
_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)*|[0-9]+")
_PLACEHOLDER = re.compile(r"\{[^}]*\}")

_EXPANSIONS = 1000
"""Of a template with more readings than this, so many are drawn."""
_COMPANY_WEIGHT = 4.0
_TEMPLATE_WEIGHT = 25.0
"""Shared by the readings of one template, so that a rich template does not drown a plain one."""
_WORD_WEIGHT = 0.3


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """Words with the number of times we pretend to have heard them."""

    words: tuple[str, ...]
    weight: float


def words_of(text: str) -> tuple[str, ...]:
    """`text` as a caller says it: lower case, no punctuation, long numbers digit by digit."""
    spoken: list[str] = []
    for token in _TOKEN.findall(
        _PLACEHOLDER.sub(" ", text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    ):
        if not token.isdigit():
            spoken.append(token)
        elif len(token) <= 2:
            spoken += _TOKEN.findall(num2words(int(token)))
        else:
            spoken += (DIGITS[int(digit)] for digit in token)
    return tuple(spoken)


def expected(corpus: Sequence[str], vocabulary: Sequence[str]) -> Iterator[Sentence]:
    """Everything the recogniser is prepared for.

    `corpus` are sentences in the company's domain, `vocabulary` its names and products. Other words of
    these sentences are understood too: the corpus teaches words as much as it teaches sentences.
    """
    for text in corpus:
        if words := words_of(text):
            yield Sentence(words=words, weight=_COMPANY_WEIGHT)
    for name in vocabulary:
        if words := words_of(name):
            yield from (
                Sentence(words=(*frame, *words), weight=_WORD_WEIGHT)
                for frame in ((), ("my",), ("the",), ("a",), ("about", "my"), ("about", "the"))
            )
    for line in (_PHRASES / "phrases.en.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            times, _, template = line.rpartition("*")
            yield from _readings(template, _TEMPLATE_WEIGHT * int(times or 1))


def _readings(template: str, weight: float) -> Iterator[Sentence]:
    parts = [part.split("|") for part in _CHOICE.split(template)]
    count = prod(len(choices) for choices in parts)
    if "digits" in template:
        count *= len(_digit_strings())
    # The same template always gives the same readings, so that the cache's key means its content.
    chance = random.Random(template)  # noqa: S311 - a sample of sentences is no secret
    texts: Iterable[tuple[str, ...]] = product(*parts)
    if count > _EXPANSIONS:
        texts = (tuple(chance.choice(choices) for choices in parts) for _ in range(_EXPANSIONS))
    readings = [_with_digits(words_of(" ".join(text)), chance) for text in texts]
    for words in filter(None, readings):
        yield Sentence(words=words, weight=weight / len(readings))


def _with_digits(words: tuple[str, ...], chance: random.Random) -> tuple[str, ...]:
    if "digits" not in words:
        return words
    at = words.index("digits")
    return (*words[:at], *chance.choice(_digit_strings()), *words[at + 1 :])


@cache
def _digit_strings() -> tuple[tuple[str, ...], ...]:
    """Each three digits in a row occur, so that no order number is a surprise; some strings are longer."""
    strings = []
    for number, (a, b, c) in enumerate(product(range(10), repeat=3)):
        further = (a + 3 * b + 7 * c) % 10
        longer = ((b + further) % 10, (c + 3 * further) % 10)[: max(0, number % 4 - 1)]
        strings.append(tuple(DIGITS[digit] for digit in (a, b, c, further, *longer)))
    return tuple(strings)
