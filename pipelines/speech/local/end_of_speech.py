"""Has the caller begun, and has the caller finished? Decided from sound alone, in sound's own time."""

from collections import deque
from dataclasses import dataclass
from enum import Enum
from itertools import takewhile
from pathlib import Path

from pipelines.speech.local.sentences import DIGITS

WINDOW_MS = 20
"""Length of the pieces of sound that are each judged to be voice or not."""

_SHORTEST_NUMBER = 4
"""Digits of the numbers that companies give out, at least: fewer at the end are a number's beginning."""


_OPEN_ENDS = frozenset(
    tuple(line.split())
    for line in Path(__file__).with_name("unfinished.en.txt").read_text().splitlines()
    if line and not line.startswith("#")
)


def sounds_unfinished(text: str) -> bool:
    """Whether a caller who said `text` is likely to go on: an open phrase, or a number's first digits."""
    words = text.split()
    digits = sum(1 for _ in takewhile(DIGITS.__contains__, reversed(words)))
    if 0 < digits < _SHORTEST_NUMBER and len(words) > digits:
        return True
    return any(tuple(words[-size:]) in _OPEN_ENDS for size in (1, 2, 3))


class Edge(Enum):
    """Where speech begins or ends."""

    STARTED = "started"
    ENDED = "ended"


@dataclass(frozen=True, kw_only=True)
class SpeechBounds:
    """How much voice proves a beginning, and how much silence an end."""

    start_ms: int = 100
    """Voice needed within `start_within_ms`, so that neither a click nor one swallowed window decides."""
    start_within_ms: int = 160
    resume_ms: int = 60
    """Voice in a row that breaks a silence; less is a breath or the line's noise."""
    end_ms: int = 440
    """Silence that ends a turn."""
    unfinished_ms: int = 1200
    """Silence that ends a turn whose words so far want a continuation."""

    def __post_init__(self) -> None:
        if self.unfinished_ms < self.end_ms:
            raise ValueError("unfinished_ms must not be shorter than end_ms")
        if not WINDOW_MS <= self.start_ms <= self.start_within_ms:
            raise ValueError(f"start_ms must lie between {WINDOW_MS} and start_within_ms: {self.start_ms}")
        if self.end_ms < WINDOW_MS or self.resume_ms < WINDOW_MS:
            raise ValueError(f"end_ms and resume_ms must be at least {WINDOW_MS}")


class EndOfSpeech:
    """Follows one caller; knows no clock, so the same sound always gives the same edges."""

    def __init__(self, bounds: SpeechBounds) -> None:
        self._bounds = bounds
        self._recent: deque[bool] = deque(maxlen=bounds.start_within_ms // WINDOW_MS)
        self._speaking = False
        self._silence_ms = 0
        self._voice_ms = 0

    @property
    def speaking(self) -> bool:
        return self._speaking

    def hear(self, *, voice: bool, unfinished: bool = False) -> Edge | None:
        """Take the next `WINDOW_MS` of sound; the edge that it proves, if any.

        `unfinished` tells whether the words so far sound as if more were to come.
        """
        if not self._speaking:
            return self._await_start(voice)
        return self._await_end(voice, self._bounds.unfinished_ms if unfinished else self._bounds.end_ms)

    def _await_start(self, voice: bool) -> Edge | None:
        self._recent.append(voice)
        if sum(self._recent) * WINDOW_MS < self._bounds.start_ms:
            return None
        self._recent.clear()
        self._speaking = True
        self._silence_ms = self._voice_ms = 0
        return Edge.STARTED

    def _await_end(self, voice: bool, limit_ms: int) -> Edge | None:
        self._voice_ms = self._voice_ms + WINDOW_MS if voice else 0
        in_speech = voice and (self._silence_ms == 0 or self._voice_ms >= self._bounds.resume_ms)
        self._silence_ms = 0 if in_speech else self._silence_ms + WINDOW_MS
        # Voice right now may become proof that the caller goes on: wait for it.
        if voice or self._silence_ms < limit_ms:
            return None
        self._speaking = False
        return Edge.ENDED
