"""How long silences may last: the caller's, before we ask; ours, before we fill them."""

from typing import Literal

FILL_AFTER_S = 1.4
"""Silence of ours, from the caller's last sound or our own, before something is played.

The caller must never hear nothing for 2.0 s while the turn is ours; what is left covers the line.
"""
ASK_AFTER_S = 7.0
STUCK_TURN_S = 3.5
"""The caller has been quiet this long, and the recogniser still says that they speak."""
GOODBYE_PROOF_S = 3.0
"""How long we wait for the mark behind our goodbye before we hang up all the same."""
MODEL_S = 9.0
"""The whole wait for an answer's first sentence, all providers and retries together."""

SilenceStep = Literal["ask", "ask_again", "goodbye"]
Filling = Literal["filler", "still_waiting", "hold_sound"]


def silence_step(times_asked: int) -> SilenceStep:
    """What to do about a silent caller who was asked this often already."""
    steps: tuple[SilenceStep, ...] = ("ask", "ask_again", "goodbye")
    return steps[min(times_asked, 2)]


def filling(times_filled: int) -> Filling:
    """What to play in a wait that was filled this often already."""
    steps: tuple[Filling, ...] = ("filler", "still_waiting", "hold_sound")
    return steps[min(times_filled, 2)]


def quiet_for(now: float, *, line_quiet_from: float, callers_last_sound: float, turn_began: float) -> float:
    """Seconds for which the caller has heard nothing while it was for us to speak.

    A turn that came to us late (the caller's own pause) counts from the caller's last sound all
    the same: that is what they feel.
    """
    heard_or_said = max(line_quiet_from, callers_last_sound)
    return now - (heard_or_said if heard_or_said > 0.0 else turn_began)
