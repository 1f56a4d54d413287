"""What one utterance of the caller means: an intent, a number, or nothing to be made out."""

import re
from dataclasses import dataclass
from functools import lru_cache

from simulator.brain.dialogue import Dialogues
from simulator.brain.likeness import content
from simulator.brain.spoken import digit_strings, is_number_word, words

CLEAR = 0.32
"""From this likeness on, an utterance counts as understood."""
SURE = 0.75
"""From here on, no other reading is tried."""

SMALL_TALK_WORDS = 5
"""Who says more than this wants more than a yes or a hello."""
_SMALL_TALK = frozenset({"aside", "yes", "no", "thanks", "repeat"})

_COURTESY = re.compile(
    r"^(?:(?:oh|hi|hello|hey|hi there|good (?:morning|afternoon|evening)|um+|uh+|erm|er|well|so|okay|ok|yes|"
    r"yeah|no wait|wait|stop|actually|thanks|thank you|great|"
    r"sorry|please|and|but|right|alright|there|listen)\b[\s,.!?]*)+",
    re.IGNORECASE,
)
_KEYPAD = re.compile(r"\b(?:press(?:ed)?|keypad|dtmf|keyed|keys)\b", re.IGNORECASE)
_KEYS = re.compile(r"(?<![\w])[\d](?:[\d\s,.-]*[\d])?|(?<=:)\s*[\d\s]+")
_QUESTION = re.compile(
    r"^(?:do|does|can|could|what|how|is|are|will|would|who|when|where|why|which|may|tell me|"
    r"i have a question)\b",
    re.IGNORECASE,
)
_NOISE_WORDS = """
    noise inaudible unintelligible silence music laughter cough background uh um erm er ah hmm hm mm
    oh the a
"""
_NOISE = frozenset(_NOISE_WORDS.split())


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One utterance, understood as far as it goes."""

    text: str
    intent: str | None
    """None where nothing is like enough."""
    digits: str = ""
    """A complete number."""
    part: str = ""
    """Digits that are not a complete number, where the utterance is little else."""
    question: bool = False
    noise: bool = False


class Ear:
    """Understands one company's callers; keeps what it worked out, as a call's history is read again."""

    def __init__(self, dialogues: Dialogues) -> None:
        self._dialogues = dialogues
        self._likeness = dialogues.callers_words
        self._small_talk = {intent.id for intent in dialogues.intents.values() if intent.move in _SMALL_TALK}
        self._digits = dialogues.slots["order_number"].digits
        self.best = lru_cache(maxsize=4096)(self._best)

    def hear(self, text: str, *, number_expected: bool = False) -> Heard:
        digits, part = self._number(text, number_expected)
        spoken = set(words(text))
        if not spoken or spoken <= _NOISE:
            return Heard(text=text, intent=None, noise=True)
        intent, score = self.best(text)
        rest = _COURTESY.sub("", text).strip()
        if score < SURE and len(content(rest)) >= 1 and rest != text:
            other, other_score = self.best(rest)
            if other_score > score or (
                other_score >= CLEAR and self._dialogues.intents[other].move != "aside"
            ):
                intent, score = other, max(score, other_score)
        understood = intent if score >= CLEAR else None
        return Heard(
            text=text,
            intent=understood,
            digits=digits,
            part=part,
            question=bool(_QUESTION.match(rest or text)) and len(content(text)) > 2,
        )

    def _best(self, text: str) -> tuple[str, float]:
        """The likest intent; a long utterance is also tried sentence by sentence."""
        scores = dict(self._likeness.scores(text))
        sentences = [
            part for part in re.split(r"[.!?;]+|,? (?:and|but|about) ", text) if len(content(part)) > 1
        ]
        if len(content(text)) > SMALL_TALK_WORDS:
            for intent in scores.keys() & self._small_talk:
                scores[intent] *= 0.6 if scores[intent] < SURE else 1.0
        if len(sentences) > 1:
            for sentence in sentences:
                for intent, score in self._likeness.scores(sentence).items():
                    if self._dialogues.intents[intent].quiet:
                        continue
                    weight = 0.6 if intent in self._small_talk else 0.97
                    scores[intent] = max(scores.get(intent, 0.0), score * weight)
        best = max(scores, key=lambda intent: (scores[intent], intent), default="")
        return best, scores.get(best, 0.0)

    def _number(self, text: str, expected: bool) -> tuple[str, str]:
        if _KEYPAD.search(text):
            keys = "".join(mark for group in _KEYS.findall(text) for mark in group if mark.isdigit())
            return (keys, "") if len(keys) == self._digits else ("", keys)
        found = digit_strings(text)
        whole = [digits for digits in found if len(digits) == self._digits]
        if not whole and expected:
            found = digit_strings(text, forgiving=True)
            whole = [digits for digits in found if len(digits) == self._digits]
        if whole:
            return whole[-1], ""
        spoken = words(text)
        mostly = sum(map(is_number_word, spoken)) * 2 >= len(spoken)
        return "", "".join(found) if expected and mostly and found else ""
