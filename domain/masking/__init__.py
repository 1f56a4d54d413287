"""What callers say that nobody may keep: card numbers, security codes, and what a company restricts."""

from domain.masking.masker import Masked, Masker, Replacement, Span
from domain.masking.sensitive import SensitiveMode, Stretch
from domain.masking.state import Known
from domain.masking.words import Kind, MaskingWords, Topic, masking_words_for

__all__ = [
    "Kind",
    "Known",
    "Masked",
    "Masker",
    "MaskingWords",
    "Replacement",
    "SensitiveMode",
    "Span",
    "Stretch",
    "Topic",
    "masking_words_for",
]
