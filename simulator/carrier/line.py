"""One leg of a call: a telephone, what the carrier plays to it, and a tick every 20 ms."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from simulator.carrier.playout import PlayOut
from simulator.carrier.recording import Recording
from simulator.carrier.sound import FRAME_S, hush

T = TypeVar("T")


class LineEnded(Exception):
    """Somebody hung up while something was going on."""


class Telephone(ABC):
    """Whoever sits at the end of a line: says a frame and hears a frame at each tick."""

    line: Line | None = None

    def placed(self, line: Line) -> None:
        """The telephone is on this line now, not yet answered."""
        self.line = line

    def told(self, status: str) -> None:  # noqa: B027 - most telephones have no display
        """The call's status as a display would show it: ringing, in-progress, or how it ended."""

    @abstractmethod
    def speak(self) -> bytes | None:
        """The 20 ms just spoken, or None for the quiet of a line."""

    @abstractmethod
    def listen(self, frame: bytes) -> None:
        """The 20 ms that sound from now on."""

    def press(self, digit: str) -> None:
        if self.line is not None:
            self.line.press(digit)

    def hang_up(self) -> None:
        if self.line is not None:
            self.line.end("caller")


class Line:
    """The leg's clock, its play-out and its recording; taps hear the telephone, keys get its digits."""

    def __init__(self, telephone: Telephone) -> None:
        self.telephone = telephone
        self.playout = PlayOut()
        self.recording = Recording()
        self.taps: list[Callable[[bytes], None]] = []
        self.keys: list[Callable[[str], None]] = []
        self.ended_by: str | None = None
        """`caller`, or `carrier` for everything that the carrier did by order of the product."""
        self._ended = asyncio.Event()
        telephone.placed(self)

    @property
    def is_over(self) -> bool:
        return self._ended.is_set()

    def end(self, by: str) -> None:
        """The first one who hangs up has done it."""
        if not self.is_over:
            self.ended_by = by
            self._ended.set()

    def press(self, digit: str) -> None:
        for key in list(self.keys):
            key(digit)

    async def run(self) -> None:
        """Tick on an absolute schedule until the line is over; a late tick is followed by its successors."""
        loop = asyncio.get_running_loop()
        began, ticks = loop.time(), 0
        while not self.is_over:
            self._tick(ticks)
            ticks += 1
            await asyncio.sleep(max(0.0, began + ticks * FRAME_S - loop.time()))

    def _tick(self, tick: int) -> None:
        captured, played = self.telephone.speak() or hush(tick), self.playout.take()
        self.recording.add(captured=captured, played=played)
        for tap in list(self.taps):
            tap(captured)
        self.telephone.listen(played)

    async def until(self, wanted: Coroutine[Any, Any, T]) -> T:
        """The result of something that ends with the line; raises `LineEnded`."""
        if self.is_over:
            wanted.close()
            raise LineEnded
        work, over = asyncio.create_task(wanted), asyncio.create_task(self._ended.wait())
        try:
            await asyncio.wait({work, over}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                return work.result()
            raise LineEnded
        finally:
            work.cancel()
            over.cancel()
            await asyncio.gather(work, over, return_exceptions=True)

    async def wait(self, seconds: float) -> None:
        await self.until(asyncio.sleep(seconds))

    async def over(self) -> None:
        await self._ended.wait()

    async def play(self, sound: bytes) -> None:
        """Returns when all of it has been heard; what was not is dropped if the wait is given up."""
        heard = asyncio.Event()
        self.playout.append(sound)
        self.playout.mark(heard.set)
        try:
            await self.until(heard.wait())
        finally:
            if not heard.is_set():
                self.playout.drop()

    @contextmanager
    def pressed(self) -> Iterator[asyncio.Queue[str]]:
        """The keys pressed from now on, while somebody waits for them."""
        digits: asyncio.Queue[str] = asyncio.Queue()
        key = digits.put_nowait
        self.keys.append(key)
        try:
            yield digits
        finally:
            self.keys.remove(key)
