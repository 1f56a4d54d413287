"""What is measured on a call's recording at the caller's ear."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.carrier.recording import Recording, Span

MOST_SILENCE_S = 2.0
"""From the caller's last sound, while the turn is the agent's, never longer without a sound of ours."""
STOPS_WITHIN_S = 0.5


@dataclass(frozen=True, kw_only=True)
class Measures:
    """One scene, all its calls together."""

    gaps_s: tuple[float, ...]
    """From the caller's last audible sample to the agent's first, one for each answer."""
    longest_silence_s: float

    @property
    def gap_p50_ms(self) -> int | None:
        return percentile_ms(self.gaps_s, 50)

    @property
    def gap_p95_ms(self) -> int | None:
        return percentile_ms(self.gaps_s, 95)


def measured(calls: Sequence[tuple[Recording, Sequence[float]]]) -> Measures:
    """Each call's recording, with the moments at which its caller had pressed keys."""
    gaps = [
        answer.delay_s
        for recording, _ in calls
        if recording.caller_spans()
        for answer in recording.answers()
        if answer.delay_s is not None
    ]
    silences = [_longest_silence_s(recording, pressed) for recording, pressed in calls]
    return Measures(gaps_s=tuple(gaps), longest_silence_s=max(silences, default=0.0))


def _longest_silence_s(recording: Recording, pressed_s: Sequence[float]) -> float:
    """Keys make no sound on the line, but the silence behind them begins with them."""
    silences = [0.0]
    for turn in recording.turns_of_agent():
        keyed = [at for at in pressed_s if turn.began_s <= at <= turn.ended_s]
        window = Span(began_s=max([turn.began_s, *keyed]), ended_s=turn.ended_s)
        silences += [silence.seconds for silence in recording.silences_in(window)]
    return max(silences)


def percentile_ms(seconds: Sequence[float], percent: int) -> int | None:
    """None of nothing."""
    if len(seconds) < 2:
        return round(1000 * seconds[0]) if seconds else None
    return round(1000 * statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1])


def stopped_after_s(recording: Recording, caller_began_s: float) -> float | None:
    """How long the agent went on from the caller's first sound; None where it was not speaking then."""
    onset = next((s.began_s for s in recording.caller_spans() if s.ended_s > caller_began_s), None)
    if onset is None:
        return None
    spoken_over = (s for s in recording.agent_spans() if s.began_s <= onset < s.ended_s)
    return next((span.ended_s - onset for span in spoken_over), None)
