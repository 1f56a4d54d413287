"""The caller's yes or no to what the gate has read back, and a supervisor's to what it has asked them."""

import asyncio
import itertools

from domain.confirmation import Said
from domain.turn_taking import Floor
from pipelines.answer import Answer
from pipelines.call_sheet import ToolOutcome
from pipelines.deeds import Deeds
from pipelines.talk import Talk

_CALLERS = frozenset({Floor.CALLER, Floor.UNFINISHED})
UNDER_WAY = {"outcome": "under_way"}
"""What the model knows of a deed over which the caller goes on speaking, until it is done."""


class Consent:
    """One call's open questions. Runs in the inbox; deeds run beside it and report back."""

    def __init__(self, talk: Talk, answer: Answer, deeds: Deeds) -> None:
        self._talk = talk
        self._gate = talk.sheet.gate
        self._context = talk.sheet.context
        self._answer = answer
        self._ids = itertools.count(1)
        self._agreed: ToolOutcome | None = None
        """The read-back whose answer the gate deals with at this moment."""
        self._waits: dict[str, asyncio.Task[None]] = {}
        """By deed: what a supervisor was asked about."""
        self._news: list[ToolOutcome] = []
        self.deeds = deeds

    @property
    def open(self) -> bool:
        """The caller's next utterance is the answer to a read-back."""
        return self._gate.asking and self._talk.heard.asked

    def answered(self, said: str, *, key: str = "") -> None:
        """The caller's whole turn, or a key. What comes of it goes to the model as an action's result."""
        heard = self._talk.heard
        said_so = Said(text=key or said, by="keypad" if key else "voice", heard=heard.heard_of_question)
        heard.close_question()
        self._context.caller_said(said)
        self._agreed = self._answer.asked
        self.deeds.begin(self._hear(self._answer.acting(), said_so))

    async def _hear(self, number: int, said: Said) -> None:
        outcome = await self._gate.hear(said)
        self._agreed = None
        if outcome is None:
            self._talk.inbox.tell(lambda: self._answer.nothing_asked(number))
        else:
            self.report(number, self._call_id(), outcome, of_consent=True)

    # -- what was done -----------------------------------------------------------------------

    def report(self, number: int, call_id: str, outcome: ToolOutcome, *, of_consent: bool = False) -> None:
        """What came of a deed. The model knows it from now on, on the next socket too if this one is gone."""
        if not outcome.ends_call:
            self._context.tool_answered(call_id, outcome.action, outcome.arguments, outcome.for_model)
        self._talk.inbox.tell(lambda: self._reported(number, outcome, of_consent=of_consent))

    async def _reported(self, number: int, outcome: ToolOutcome, *, of_consent: bool) -> None:
        if outcome.waits_for:
            self.wait_for(outcome.waits_for)
        if outcome.ends_call:
            await self._answer.end_asked(number)
        elif await self._answer.tool_answered(number, outcome):
            return
        elif outcome.asks:
            self._gate.withdraw()
        elif of_consent and self._talk.turns.floor not in _CALLERS:
            await self._tell(outcome)

    def interrupted(self) -> None:
        """The caller cut in: a question that they have not heard is none, and a deed goes on."""
        heard = self._talk.heard
        if heard.asked and not heard.heard_so_far:
            heard.close_question()
            self._gate.withdraw()
        if (agreed := self._agreed) is not None:
            self._context.tool_answered(self._call_id(), agreed.action, agreed.arguments, UNDER_WAY)

    # -- a supervisor ------------------------------------------------------------------------

    def wait_for(self, deed_id: str) -> None:
        """Keep the caller company until a person has decided, or the wait is over."""
        if deed_id not in self._waits:
            self._waits[deed_id] = asyncio.ensure_future(self._supervised(deed_id))
            self._talk.supervisor_asked = True

    def wait_on(self) -> None:
        """On another socket, for whatever was waited for on the one before."""
        for deed_id in self._gate.waiting:
            self.wait_for(deed_id)

    async def _supervised(self, deed_id: str) -> None:
        outcome = await self._gate.supervised(deed_id)
        self._talk.inbox.tell(lambda: self._decided(deed_id, outcome))

    async def _decided(self, deed_id: str, outcome: ToolOutcome) -> None:
        del self._waits[deed_id]
        self._talk.supervisor_asked = bool(self._waits)
        self._context.tool_answered(self._call_id(), outcome.action, outcome.arguments, outcome.for_model)
        await self._tell(outcome)

    # -- news --------------------------------------------------------------------------------

    async def _tell(self, outcome: ToolOutcome) -> None:
        self._news.append(outcome)
        if self._talk.turns.floor is Floor.LISTENING and not self._answer.open:
            await self.tell_news()

    async def tell_news(self) -> None:
        """What was done or decided meanwhile, as soon as nobody speaks and no question is open."""
        while self._news and not self.open:
            outcome = self._news.pop(0)
            if not outcome.asks and outcome.say:
                await self._talk.say(outcome.say, "sentence")
            elif outcome.asks and self._gate.asking:
                self._answer.asked = outcome
                await self._talk.ask(outcome.say)

    # -- letting go --------------------------------------------------------------------------

    def stop(self) -> None:
        """Nobody listens on this socket any more: what was read out there is not agreed to on another."""
        self._gate.withdraw()
        for wait in self._waits.values():
            wait.cancel()

    def _call_id(self) -> str:
        return f"gate-{next(self._ids)}"
