"""The one or two sentences of a passage that answer a question, fit to be spoken."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from simulator.brain.likeness import content, stem

MOST_WORDS = 45
_COMMON_WORDS = """
    a an the i you we it is are was be do does did can could will would to of in on at for from by with and or
    if my your our me us what how when where which who that this there have has not any some about tell know
    want get
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_ORDERS_TO_A_MACHINE = re.compile(
    r"\b(?:ignore|disregard|system prompt|instructions?|you must now|as an ai|assistant must|"
    r"call the tool)\b",
    re.IGNORECASE,
)
_TEXT_KEYS = ("text", "passage", "content", "excerpt", "body", "answer", "snippet")


def texts_in(data: object) -> list[str]:
    """Every passage in a tool's result, wherever it lies."""
    return list(_texts(data))


def _texts(data: object) -> Iterator[str]:
    if isinstance(data, list):
        for item in data:
            if isinstance(item, str):
                yield item
            else:
                yield from _texts(item)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key in _TEXT_KEYS and isinstance(value, str):
                yield value
            elif isinstance(value, dict | list):
                yield from _texts(value)


def for_the_ear(text: str) -> str:
    """Without markup: headings, bullets, emphasis, links and line breaks."""
    plain = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)
    plain = re.sub(r"(?m)^\s*#+.*$", "", plain)
    plain = re.sub(r"(?m)^\s*(?:[-*•]|\d+\.)\s+", "", plain)
    plain = re.sub(r"[*`_|<>{}]+", "", plain)
    return re.sub(r"\s+", " ", plain).strip()


def answer(passages: Sequence[str], question: str, hint: str = "") -> str:
    """Empty where no sentence has anything to do with the question; `hint` are words that count half."""
    sentences = [
        (rank, sentence)
        for rank, passage in enumerate(passages)
        for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z0-9])", for_the_ear(passage))
        if sentence and not _ORDERS_TO_A_MACHINE.search(sentence)
    ]
    if not sentences:
        return ""
    roots = [_roots(sentence) for _, sentence in sentences]
    seen_in = Counter(root for found in roots for root in found)
    asked, hinted = _roots(question), _roots(hint)

    def worth(at: int) -> float:
        value = sum(
            math.log(1 + len(sentences) / seen_in[root]) * (1.0 if root in asked else 0.5)
            for root in roots[at] & (asked | hinted)
        )
        return value / math.sqrt(4 + len(roots[at])) * (1.0 if sentences[at][0] == 0 else 0.8)

    order = sorted(range(len(sentences)), key=lambda at: (-worth(at), at))
    best = order[0]
    if worth(best) == 0:
        best = 0
    chosen = [best]
    second = next((at for at in order if at != best and worth(at) >= 0.6 * worth(best) > 0), None)
    if second is None and len(sentences[best][1].split()) < 12 and best + 1 < len(sentences):
        second = best + 1
    if second is not None and len(f"{sentences[best][1]} {sentences[second][1]}".split()) <= MOST_WORDS:
        chosen.append(second)
    return " ".join(sentences[at][1] for at in sorted(chosen))


def _roots(text: str) -> set[str]:
    return {stem(word) for word in content(text) if word not in _COMMON and word != "#"}
