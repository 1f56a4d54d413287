"""The caller's yes or no to what the gate has read back, and a supervisor's to what it has asked them."""

import asyncio
import itertools
from collections.abc import Coroutine
from typing import Any

from domain.confirmation import Said
from domain.turn_taking import Floor
from pipelines.answer import Answer
from pipelines.call_sheet import ToolOutcome
from pipelines.talk import Talk


class Consent:
    """One call's open questions. Runs in the inbox; deeds run beside it and report back."""

    def __init__(self, talk: Talk, answer: Answer) -> None:
        self._talk = talk
        self._gate = talk.sheet.gate
        self._answer = answer
        self._ids = itertools.count(1)
        self._deeds: set[asyncio.Task[None]] = set()
        self._news: list[ToolOutcome] = []

    @property
    def open(self) -> bool:
        """The caller's next utterance is the answer to a read-back."""
        return self._gate.asking

    def answered(self, said: str, *, by_keypad: bool = False) -> None:
        """The caller's whole turn, or a key. What comes of it goes to the model as an action's result."""
        heard = self._talk.heard.heard_of_question
        said_so = Said(text=said, by="keypad" if by_keypad else "voice", heard=heard)
        self._talk.sheet.context.caller_said(said)
        self._run(self._hear(self._answer.acting(), said_so))

    async def _hear(self, number: int, said: Said) -> None:
        outcome = await self._gate.hear(said)
        assert outcome is not None
        if outcome.waits_for:
            self._talk.inbox.tell(lambda: self.wait_for(outcome.waits_for))
        self._talk.inbox.tell(lambda: self._answer.tool_answered(number, self._call_id(), outcome))

    # -- a supervisor ------------------------------------------------------------------------

    def wait_for(self, deed_id: str) -> None:
        """Keep the caller company until a person has decided, or the wait is over."""
        self._talk.supervisor_asked = True
        self._run(self._supervised(deed_id))

    async def _supervised(self, deed_id: str) -> None:
        outcome = await self._gate.supervised(deed_id)
        self._talk.inbox.tell(lambda: self._decided(outcome))

    async def _decided(self, outcome: ToolOutcome) -> None:
        self._talk.supervisor_asked = False
        self._news.append(outcome)
        if self._talk.turns.floor is Floor.LISTENING:
            await self.tell_news()

    async def tell_news(self) -> None:
        """What was decided meanwhile, as soon as nobody speaks."""
        while self._news:
            outcome = self._news.pop(0)
            context = self._talk.sheet.context
            context.tool_answered(self._call_id(), outcome.action, outcome.arguments, outcome.for_model)
            if outcome.asks:
                await self._talk.ask(outcome.say)
            elif outcome.say:
                await self._talk.say(outcome.say, "sentence")

    # -- letting go --------------------------------------------------------------------------

    def stop(self) -> None:
        """Nobody listens any more. What the gate has begun it finishes by itself."""
        for task in self._deeds:
            task.cancel()

    def _run(self, deed: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(deed)
        self._deeds.add(task)
        task.add_done_callback(self._deeds.discard)

    def _call_id(self) -> str:
        return f"gate-{next(self._ids)}"
