"""Digits of the caller's keypad, joined into one entry: until the pound key, or a pause."""

import asyncio
from collections.abc import Awaitable, Callable

from pipelines.inbox import Inbox

PAUSE_S = 1.5
POUND = "#"
LONGEST_ENTRY = 64
"""Keys; nobody dials more at once, and a model is to read them."""


class Keypad:
    """One entry at a time; `done` is given its digits."""

    def __init__(self, inbox: Inbox, done: Callable[[str], Awaitable[None]]) -> None:
        self._inbox = inbox
        self._done = done
        self._loop = asyncio.get_running_loop()
        self._digits = ""

    @property
    def entering(self) -> bool:
        return bool(self._digits)

    async def press(self, key: str) -> None:
        if key == POUND:
            self._inbox.not_at("keypad")
            await self._finish()
            return
        if len(self._digits) < LONGEST_ENTRY:
            self._digits += key
        self._inbox.at("keypad", self._loop.time() + PAUSE_S, self._finish)

    async def _finish(self) -> None:
        digits, self._digits = self._digits, ""
        if digits:
            await self._done(digits)
