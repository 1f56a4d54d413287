"""Truth in speech: whether a sentence is borne out by what this call knows, decided before it is spoken."""

from domain.truth.check import check
from domain.truth.deeds import Deed
from domain.truth.evidence import Evidence
from domain.truth.verdict import Unsupported, Verdict
from domain.truth.words import Words, words_for

__all__ = ["Deed", "Evidence", "Unsupported", "Verdict", "Words", "check", "words_for"]
