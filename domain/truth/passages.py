"""What the company's documents say, sentence by sentence: for rules that hold for everybody."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domain.truth.values import Mention
from domain.truth.words import Words

_SENTENCE_END = re.compile(r"(?<=[.!?;:])\s+|\n\s*\n")
_STEM = 5
"""Letters by which "return", "returned" and "returns" are one word."""
_SHORTEST = 3


@dataclass(frozen=True, kw_only=True)
class PassageSentence:
    """One clause of a document, reduced to what a claim is compared by."""

    stems: frozenset[str]
    """Of its clause."""
    around: frozenset[str]
    """Of the whole sentence."""
    families: frozenset[tuple[str, bool]]
    """(family, whether it is negated)."""
    is_denial: bool
    """Its verb is denied: "cannot be returned", as against "costs nothing"."""
    mentions: tuple[Mention, ...]
    kinds: frozenset[tuple[str, str]]
    """For which kind of customer and the like it holds."""
    included: frozenset[str]
    excepted: frozenset[str]
    """Roots of what the sentence names before and after an exception: "not normal wear, accidents"."""
    roots: frozenset[str]
    """Of all words of the sentence."""
    is_conditional: bool
    """It holds only under a condition that it names."""
    is_ours: bool
    """It says what we do, and so obliges nobody else."""
    has_limit: bool
    """It says until, before or after what it holds."""


def sentences_of(text: str) -> list[str]:
    return [sentence.replace("\n", " ") for sentence in _SENTENCE_END.split(text) if sentence.strip()]


def stems_of(texts: Sequence[str], words: Words) -> frozenset[str]:
    """The words that tell, cut short; small words, numbers and units are left out."""
    small = words.sets["clauses.small"]
    return frozenset(
        text.removesuffix("s")[:_STEM]
        for text in texts
        if len(text) >= _SHORTEST and text[0].isalpha() and text not in small
    )


def is_denial(texts: Sequence[str], words: Words) -> bool:
    return sum(text in words.sets["clauses.denials"] for text in texts) % 2 == 1


def coverage(claim: frozenset[str], sentence: frozenset[str]) -> float:
    """The part of the claim's words that the sentence has: 0 to 1."""
    return len(claim & sentence) / len(claim) if claim else 0.0
