"""A deterministic summary: the sentences of a conversation that hold facts, numbers and promises."""

import re
from collections.abc import Mapping, Sequence

from simulator.brain.spoken import is_number_word, words
from simulator.brain.transcript import content_text

_ASKED = re.compile(
    r"\bsummar(?:y|ise|ize|ising|izing)\b"
    r"|\b(?:shorten|condense)s? the (?:record|conversation|call|transcript)",
    re.IGNORECASE,
)
_EARLIER = re.compile(r"(?im)^(?:.*said so far, shortened|conversation summary):\s*(.+)$")
_SPEAKER = re.compile(r"(?im)^\s*\[?(user|caller|assistant|agent|tool|summary)[^\n:\]]{0,20}\]?:\s*")
_PROMISE = re.compile(
    r"\b(?:will|going to|have noted|call (?:you )?back|promise|arrive|agreed|confirmed)\b", re.IGNORECASE
)
_WISH = re.compile(
    r"\b(?:want|need|order|refund|return|name|number|because|would like|delivery|about)\b", re.IGNORECASE
)


def is_asked_for(messages: Sequence[Mapping[str, object]], *, has_tools: bool) -> bool:
    """A request that offers no tools and whose instructions (or only message) ask for a summary."""
    if has_tools:
        return False
    instructions = [m for m in messages if m.get("role") in {"system", "developer"}] or messages[:1]
    return any(_ASKED.search(content_text(message.get("content"))) for message in instructions)


def summarise(messages: Sequence[Mapping[str, object]], *, max_tokens: int | None) -> str:
    """At most `max_tokens` tokens of four characters; what is worth most is kept, in its order."""
    told = "\n".join(
        _told(str(message["role"]), content_text(message.get("content")))
        for message in messages
        if message.get("role") not in {"system", "developer"}
    )
    earlier = " ".join(_EARLIER.findall(told))
    sentences = list(dict.fromkeys([*_split(earlier), *_sentences(_EARLIER.sub("", told))]))
    room = 4 * (max_tokens or 300)
    kept: set[str] = set()
    for sentence in sorted(sentences, key=lambda text: (-_worth(text), sentences.index(text))):
        if _worth(sentence) and len(sentence) + 1 <= room:
            kept.add(sentence)
            room -= len(sentence) + 1
    return " ".join(sentence for sentence in sentences if sentence in kept) or "Nothing was settled yet."


def _told(role: str, text: str) -> str:
    """A message may itself be a record of who said what; what stands before it is no speech."""
    record = _SPEAKER.search(text)
    if record is None:
        return f"{role}: {text}"
    return "\n".join([*(match[0] for match in _EARLIER.finditer(text)), text[record.start() :]])


def _sentences(told: str) -> list[str]:
    parts = _SPEAKER.split(told)
    found: list[str] = []
    for speaker, said in zip(parts[1::2], parts[2::2], strict=True):
        who = "Caller" if speaker.lower() in {"user", "caller"} else "Assistant"
        found += [
            f"{who}: {sentence}"
            for sentence in _split(said)
            if len(sentence.split()) > 1 and sentence[0] != "{"
        ]
    return found


def _split(said: str) -> list[str]:
    return [part.strip() for part in re.split(r"(?<=[.!?])\s+|\n+", said) if part.strip()]


def _worth(sentence: str) -> int:
    said = sentence.partition(":")[2]
    numbers = any(is_number_word(word) and word != "one" for word in words(said))
    if said.endswith("?") and not numbers:
        return 0
    return 3 * bool(numbers) + 2 * bool(_PROMISE.search(said)) + bool(_WISH.search(said))
