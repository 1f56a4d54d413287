"""The actor of a call: whatever happens is put into one inbox and dealt with alone and in order."""

import asyncio
from collections.abc import Awaitable, Callable

from domain.ports.media import Ending

Happening = Callable[[], Awaitable[None] | None]
"""What is to be dealt with, as the function that does so."""


class Inbox:
    """`tell` and `at` may be called from anywhere; what they are given runs in `run`."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._happened: asyncio.Queue[Happening] = asyncio.Queue()
        self._deadlines: dict[str, asyncio.TimerHandle] = {}
        self._ending: Ending | None = None
        self._over = False

    def tell(self, happened: Happening) -> None:
        """Put something that happened behind everything that happened before."""
        self._happened.put_nowait(happened)

    def at(self, name: str, at: float, happened: Happening) -> None:
        """Deal with something at a moment of the loop's time; setting a name again moves it."""
        self.not_at(name)
        if not self._over:
            self._deadlines[name] = self._loop.call_at(at, self.tell, happened)

    def not_at(self, name: str) -> None:
        if handle := self._deadlines.pop(name, None):
            handle.cancel()

    def end(self, ending: Ending) -> None:
        """Nothing more is dealt with; the first ending stands."""
        if self._ending is None:
            self._ending = ending

    async def run(self) -> Ending:
        """Deal with what happens until somebody ends it."""
        try:
            while self._ending is None:
                outcome = (await self._happened.get())()
                if outcome is not None:
                    await outcome
            return self._ending
        finally:
            self._over = True
            for name in tuple(self._deadlines):
                self.not_at(name)
