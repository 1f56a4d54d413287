"""Digits of the caller's keypad, joined into one entry: until the pound key, or a pause."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.dialogue import Dialogue

PAUSE_S = 1.5
POUND = "#"


class Keypad:
    """One entry at a time; `done` is given its digits."""

    def __init__(self, dialogue: "Dialogue", done: Callable[[str], Awaitable[None]]) -> None:
        self._dialogue = dialogue
        self._done = done
        self._loop = asyncio.get_running_loop()
        self._digits = ""

    @property
    def entering(self) -> bool:
        return bool(self._digits)

    async def press(self, key: str) -> None:
        if key == POUND:
            self._dialogue.not_at("keypad")
            await self._finish()
            return
        self._digits += key
        self._dialogue.at("keypad", self._loop.time() + PAUSE_S, self._finish)

    async def _finish(self) -> None:
        digits, self._digits = self._digits, ""
        if digits:
            await self._done(digits)
