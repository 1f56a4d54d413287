"""How many of the carrier's 20 ms frames travel together: few where a delay is heard, many elsewhere.

Every frame costs the pipeline the same whatever its length, so on a full machine frames are
joined; around speech, where a joined frame would delay an end of turn, they go out sooner.
"""

from collections.abc import Callable

QUIET_RMS = 250.0
"""Root mean square of 16-bit samples above which 20 ms count as sound on a clean line."""
SPEECH_TAIL_S = 0.7
"""After a loud frame the end of a turn is being waited for."""
QUIET_FRAMES = 5
"""Joined in silence: 100 ms."""
NOISE_FACTOR = 3.0


def frames_in_speech(live_calls: int) -> int:
    """Frames joined while the caller speaks, by the number of calls that the process carries."""
    if live_calls <= 6:
        return 1
    return 2 if live_calls <= 24 else 3


class FrameJoiner:
    """One call's frames. Keeps a floor of the line's own noise, so that a noisy line is not all speech."""

    def __init__(self, live_calls: Callable[[], int]) -> None:
        self._live_calls = live_calls
        self._waiting: list[bytes] = []
        self._noise = 0.0
        self.last_loud = 0.0
        """Seconds on the caller of `add`'s clock; 0.0 before the first sound."""

    def add(self, pcm: bytes, rms: float, now: float) -> bytes | None:
        """What goes on now: this frame with those that waited for it, or None."""
        loud = rms > max(QUIET_RMS, NOISE_FACTOR * self._noise)
        if loud:
            self.last_loud = now
        # Rises slowly, so that speech does not teach us that speech is noise; falls at once.
        self._noise = min(rms, self._noise + 0.5) if rms > self._noise else rms
        self._waiting.append(pcm)
        near_speech = self.last_loud > 0.0 and now - self.last_loud < SPEECH_TAIL_S
        limit = frames_in_speech(self._live_calls()) if near_speech else QUIET_FRAMES
        if len(self._waiting) < limit:
            return None
        joined = b"".join(self._waiting)
        self._waiting.clear()
        return joined
