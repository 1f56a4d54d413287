"""What may count as the caller's yes: only their own next utterance, and only to what they have just heard.

Whoever reads the rules of consent reads them here: nothing else in the product turns words into a yes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

GOOD_FOR_S = 120.0
"""A sentence that was read so long ago has been forgotten."""
MOST_UNCLEAR = 2
"""So often the sentence is read again; then it is dropped."""
KEY_YES, KEY_NO = "1", "2"

YesOrNo = Literal["yes", "no", "unclear"]
Answer = Literal["yes", "no", "unclear", "too_early", "too_late", "other_topic"]
"""After `unclear`, `too_early` and `too_late` the sentence is read again; `other_topic` drops it."""

_A_FEW_WORDS = 8
"""An utterance this short is about the question, even where it is not understood."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """A read-back sentence that waits for its answer."""

    sentence: str
    key_end: int
    """Index into `sentence` behind its last filled-in fact: who has not heard so far cannot agree to it."""
    read_at: float
    """Seconds of a monotonic clock, when it was handed over to be spoken."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """The caller's next utterance, or a key they pressed."""

    text: str
    by: Literal["voice", "keypad"]
    heard: str
    """The part of the last sentence that was played when the caller began: a yes to another one is no yes."""


def meaning(question: Question, said: Said, now: float, yes_or_no: Callable[[str], YesOrNo]) -> Answer:
    """`now` by the clock of `read_at`; `yes_or_no` is the language's (`domain.language.Language`).

    A no is a no at any time. A yes counts only from someone who has heard what they agree to.
    """
    answer = _answer(said, yes_or_no)
    if answer == "no":
        return "no"
    if not said.heard.startswith(question.sentence[: question.key_end]):
        return "other_topic" if answer == "other_topic" else "too_early"
    if now - question.read_at > GOOD_FOR_S:
        return "too_late"
    return answer


def _answer(said: Said, yes_or_no: Callable[[str], YesOrNo]) -> Answer:
    if said.by == "keypad":
        return "yes" if said.text == KEY_YES else "no" if said.text == KEY_NO else "unclear"
    answer = yes_or_no(said.text)
    if answer == "unclear" and len(said.text.split()) > _A_FEW_WORDS:
        return "other_topic"
    return answer
