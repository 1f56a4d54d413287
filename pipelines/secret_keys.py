"""A number typed for a system of record alone: we ask for it, fall silent, and hand over what was typed."""

import asyncio

from loguru import logger

from domain.clock import Clock
from domain.turn_taking import Floor
from pipelines.answer import Answer
from pipelines.guard_input import GuardInput
from pipelines.keypad import POUND
from pipelines.talk import Talk

REASON = "payment"
STAR = "*"
"""Whoever has mistyped begins anew with it."""
LOOK_EVERY_S = 0.2
TAIL_S = 0.4
"""So long the last key's tone may still sound."""
_CALLERS = frozenset({Floor.CALLER, Floor.UNFINISHED, Floor.HELD})


class _Entry:
    """One number in the making; nothing that prints it shows its digits."""

    def __init__(self, digits: int) -> None:
        self._wanted = digits
        self._typed = ""
        self.over = asyncio.Event()
        self.asked = False

    @property
    def number(self) -> str | None:
        """None unless every digit of it was typed."""
        return self._typed if len(self._typed) == self._wanted else None

    async def press(self, key: str) -> None:
        if self.over.is_set():
            return
        if key == STAR:
            self._typed = ""
        elif key == POUND:
            self.over.set()
        elif key.isascii() and key.isdigit():
            self._typed += key
            if self.number is not None:
                self.over.set()


class SecretKeypad:
    """Implements `domain.ports.secret_keys.SecretKeys` for one call; outlives its sockets."""

    def __init__(self, guard: GuardInput, clock: Clock) -> None:
        self._guard = guard
        self._clock = clock
        self._talk: Talk | None = None
        self._answer: Answer | None = None
        self._entry: _Entry | None = None

    async def collect(self, name: str, digits: int, within_s: float) -> str | None:
        """One at a time: a second one meanwhile is not entered."""
        talk = self._talk
        if talk is None or self._entry is not None:
            return None
        entry = self._entry = _Entry(digits)
        talk.inbox.tell(self._ask)
        try:
            async with asyncio.timeout(within_s):
                await entry.over.wait()
            if entry.number is not None:
                await self._clock.sleep(TAIL_S)
        except TimeoutError:
            return None
        finally:
            self._entry = None
            talk.inbox.not_at("secret_number")
            self._guard.end_sensitive(talk.notes.ms(talk.now))
            log = logger.bind(argument=name, entered=entry.number is not None)
            log.info("The caller was asked to type a number")
        return entry.number

    # -- what the conversation tells ---------------------------------------------------------

    def connect(self, talk: Talk, answer: Answer) -> None:
        """There is a line on which somebody can be asked."""
        self._talk, self._answer = talk, answer

    def heard(self) -> None:
        """Nothing of ours is on the line: where we have asked, the caller types from now on."""
        if self._entry is not None and self._entry.asked:
            self._begin(self._entry)

    def lost(self) -> None:
        """The caller, or the line, is gone: what was not typed to its end never will be."""
        self._talk = self._answer = None
        if self._entry is not None:
            self._entry.over.set()

    # -- inside ------------------------------------------------------------------------------

    async def _ask(self) -> None:
        """As soon as nobody speaks, and no answer is on its way that would speak over it."""
        entry, talk, answer = self._entry, self._talk, self._answer
        if entry is None or talk is None or answer is None:
            return
        if talk.turns.floor in _CALLERS or talk.speaks or answer.awaited:
            talk.inbox.at("secret_number", talk.now + LOOK_EVERY_S, self._ask)
            return
        entry.asked = True
        self._guard.expect_keys(lambda: self._begin(entry, typed_ahead=True))
        await talk.say(talk.sheet.language.sentences.secret_number, "secret_number")

    def _begin(self, entry: _Entry, *, typed_ahead: bool = False) -> None:
        assert self._talk is not None
        at_ms = self._talk.notes.ms(self._talk.now)
        self._guard.begin_sensitive(REASON, entry.press, at_ms, typed_ahead=typed_ahead)
