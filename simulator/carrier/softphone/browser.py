"""A telephone whose microphone and ear are in a browser; sentences may be typed instead of spoken."""

import asyncio
from collections import deque

from simulator.carrier.line import Telephone
from simulator.carrier.sound import FRAME_BYTES, SILENCE

JITTER_FRAMES = 15
"""300 ms of microphone may wait; what is older is dropped, so that delay cannot grow."""
DOWNLINK_FRAMES = 100
"""Two seconds that a slow browser may lag behind before it misses sound."""
PREFILL_FRAMES = 3
"""Gathered before the microphone is heard again after a gap, so that one late frame does not chop it."""


class BrowserSoftphone(Telephone):
    """Between the line's ticks and the browser's socket."""

    def __init__(self) -> None:
        self.outgoing: asyncio.Queue[bytes | str] = asyncio.Queue()
        """Frames that the browser has to play, and states to show, in order."""
        self._microphone: deque[bytes] = deque()
        self._typed: deque[bytes] = deque()
        self._is_filling = True

    def hear_microphone(self, frame: bytes) -> None:
        """20 ms from the browser; anything of another length is not ours."""
        if len(frame) != FRAME_BYTES:
            return
        self._microphone.append(frame)
        while len(self._microphone) > JITTER_FRAMES:
            self._microphone.popleft()

    def hear_typed(self, mulaw: bytes) -> None:
        """A typed sentence as sound; it is spoken after those typed before it."""
        whole = mulaw + SILENCE[: -len(mulaw) % FRAME_BYTES]
        self._typed.extend(whole[i : i + FRAME_BYTES] for i in range(0, len(whole), FRAME_BYTES))

    def speak(self) -> bytes | None:
        """Typed sentences go first: who types does not speak."""
        if self._typed:
            self._microphone.clear()
            self._is_filling = True
            return self._typed.popleft()
        if self._is_filling and len(self._microphone) < PREFILL_FRAMES:
            return None
        self._is_filling = not self._microphone
        return self._microphone.popleft() if self._microphone else None

    def listen(self, frame: bytes) -> None:
        if self.outgoing.qsize() < DOWNLINK_FRAMES:
            self.outgoing.put_nowait(frame)

    def told(self, status: str) -> None:
        self.outgoing.put_nowait(status)
