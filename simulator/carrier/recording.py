"""Both sides of a call as they sounded at the caller's ear, on one clock, and what is measured on them."""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from simulator.carrier.sound import RATE, SILENCE, audible, to_wav

PHRASE_S = 0.3
"""A pause up to this long is inside a phrase."""
UTTERANCE_S = 0.8
"""A pause up to this long is inside what somebody has to say."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """A stretch of the recording, in seconds from its start, exact to a sample."""

    began_s: float
    ended_s: float

    @property
    def seconds(self) -> float:
        return self.ended_s - self.began_s


@dataclass(frozen=True, kw_only=True)
class Answer:
    """From the caller's last audible sample to the agent's first one after it."""

    caller_ended_s: float
    agent_began_s: float | None
    """None where the caller went on, or the call ended, before the agent said anything."""

    @property
    def delay_s(self) -> float | None:
        return None if self.agent_began_s is None else self.agent_began_s - self.caller_ended_s


@dataclass(kw_only=True)
class Recording:
    """Two mu-law tracks of equal pace.

    At a tick the line has just captured the caller's last 20 ms and begins to play the next 20 ms of the
    agent's, so the agent's track runs one frame ahead.
    """

    caller: bytearray = field(default_factory=bytearray)
    agent: bytearray = field(default_factory=lambda: bytearray(SILENCE))
    _floor: list[tuple[float, bool]] = field(default_factory=lambda: [(0.0, True)])
    """When the turn passed, and whether to the agent; it begins with the agent, who has to greet."""

    def add(self, *, captured: bytes, played: bytes) -> None:
        self.caller += captured
        self.agent += played

    @property
    def seconds(self) -> float:
        """Length so far: the moment of the latest tick."""
        return len(self.caller) / RATE

    def to_agent(self, at_s: float) -> None:
        """From here on it is the agent who owes the caller a sound."""
        self._floor.append((at_s, True))

    def to_caller(self, at_s: float) -> None:
        self._floor.append((at_s, False))

    def agent_spans(self, *, pause_s: float = PHRASE_S) -> list[Span]:
        return spans(self.agent, pause_s=pause_s)

    def caller_spans(self, *, pause_s: float = UTTERANCE_S) -> list[Span]:
        return spans(self.caller, pause_s=pause_s)

    def answers(self) -> list[Answer]:
        """For each utterance of the caller the phrase of the agent that began after it, if one did."""
        said, told = self.caller_spans(), self.agent_spans()
        until = [span.began_s for span in said[1:]] + [self.seconds + 1]
        return [
            Answer(
                caller_ended_s=span.ended_s,
                agent_began_s=next((t.began_s for t in told if span.ended_s < t.began_s < end), None),
            )
            for span, end in zip(said, until, strict=True)
        ]

    def turns_of_agent(self) -> list[Span]:
        """When the turn was the agent's; each begins with the caller's last audible sample."""
        said = _positions(self.caller)
        turns: list[Span] = []
        began: float | None = None
        for at_s, is_agents in sorted(self._floor):
            if is_agents and began is None:
                before = said[said <= at_s * RATE]
                began = (int(before[-1]) + 1) / RATE if before.size else at_s
            elif not is_agents and began is not None:
                turns.append(Span(began_s=began, ended_s=max(began, at_s)))
                began = None
        if began is not None:
            turns.append(Span(began_s=began, ended_s=max(began, self.seconds)))
        return turns

    def longest_silence(self) -> Span:
        """The longest stretch without a sound of ours while the turn was ours."""
        silences = [silence for turn in self.turns_of_agent() for silence in self.silences_in(turn)]
        return max(silences, key=lambda silence: silence.seconds, default=Span(began_s=0.0, ended_s=0.0))

    def silences_in(self, window: Span) -> list[Span]:
        """What the agent left empty in a window, however short."""
        told = _positions(self.agent)
        inside = told[(told >= window.began_s * RATE) & (told < window.ended_s * RATE)] / RATE
        edges = np.concatenate(([window.began_s], inside, [window.ended_s]))
        return [Span(began_s=float(a), ended_s=float(b)) for a, b in pairwise(edges) if b - a > 2 / RATE]

    def wav(self) -> bytes:
        """Caller left, agent right."""
        length = max(len(self.caller), len(self.agent))
        return to_wav(*(bytes(track).ljust(length, b"\xff") for track in (self.caller, self.agent)))


def spans(track: bytes | bytearray, *, pause_s: float) -> list[Span]:
    """Stretches with sound, those no further apart than a pause joined."""
    loud = _positions(track)
    if not loud.size:
        return []
    breaks = np.flatnonzero(np.diff(loud) > pause_s * RATE)
    starts, ends = loud[np.concatenate(([0], breaks + 1))], loud[np.concatenate((breaks, [-1]))]
    return [
        Span(began_s=int(start) / RATE, ended_s=(int(end) + 1) / RATE)
        for start, end in zip(starts, ends, strict=True)
    ]


def _positions(track: bytes | bytearray) -> npt.NDArray[np.int64]:
    return np.flatnonzero(np.frombuffer(audible(track), dtype=np.uint8)).astype(np.int64)
