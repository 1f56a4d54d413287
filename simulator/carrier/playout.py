"""What waits to be heard on one leg: sound in order, marks between it, and `clear`."""

from collections import deque
from collections.abc import Callable

from simulator.carrier.sound import FRAME_BYTES, SILENCE

Returned = Callable[[], None]
"""What to do when a mark comes back."""


class PlayOut:
    """A buffer without a clock: the line takes 20 ms at each of its ticks.

    A mark comes back when all sound before it has *ended*, which is one tick after its last frame was
    taken; at once where nothing is buffered or sounding; and by `clear`, which returns every pending mark.
    """

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._marks: deque[tuple[int, Returned]] = deque()
        self._taken = 0
        self._ended = 0

    @property
    def waiting_bytes(self) -> int:
        return len(self._waiting)

    @property
    def is_quiet(self) -> bool:
        """Nothing is buffered and the last frame has ended."""
        return not self._waiting and self._ended == self._taken

    def append(self, sound: bytes) -> None:
        self._waiting += sound

    def mark(self, returned: Returned) -> None:
        if self.is_quiet:
            returned()
        else:
            self._marks.append((self._taken + len(self._waiting), returned))

    def clear(self) -> None:
        """Forget what has not sounded and return all marks; the frame that sounds now ends by itself."""
        self._waiting.clear()
        pending, self._marks = self._marks, deque()
        for _, returned in pending:
            returned()

    def drop(self) -> None:
        """Forget sound and marks without returning any: their stream is over."""
        self._waiting.clear()
        self._marks.clear()

    def take(self) -> bytes:
        """The next frame, filled up with silence; returns the marks that the frame before has reached."""
        self._ended = self._taken
        while self._marks and self._marks[0][0] <= self._ended:
            self._marks.popleft()[1]()
        frame = bytes(self._waiting[:FRAME_BYTES])
        del self._waiting[:FRAME_BYTES]
        self._taken += len(frame)
        return frame + SILENCE[len(frame) :]
