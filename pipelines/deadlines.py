"""Named moments of one call at which something must be done, on the loop's own clock."""

import asyncio
from collections.abc import Awaitable, Callable

Happening = Callable[[], Awaitable[None] | None]
"""What is to be dealt with, as the function that does so."""


class Deadlines:
    """Setting a name again moves it; a call that ends cancels them all."""

    def __init__(self, tell: Callable[[Happening], None]) -> None:
        """`tell`: takes what is due, in its turn among all else that happens."""
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self._handles: dict[str, asyncio.TimerHandle] = {}

    def set(self, name: str, at: float, due: Happening) -> None:
        """`at` is in seconds of the loop's time."""
        self.cancel(name)
        self._handles[name] = self._loop.call_at(at, self._tell, due)

    def cancel(self, name: str) -> None:
        if handle := self._handles.pop(name, None):
            handle.cancel()

    def cancel_all(self) -> None:
        for handle in self._handles.values():
            handle.cancel()
        self._handles.clear()
