"""Our side: what is made of the caller's turn, from asking the model to the last sentence of its answer."""

import asyncio
from typing import TYPE_CHECKING, Literal

from domain.language import Language, plain
from pipelines.context import Context
from pipelines.heard import Heard
from pipelines.recovery import EMPTY_ANSWER
from pipelines.timing import TurnTiming

if TYPE_CHECKING:
    from pipelines.dialogue import Dialogue

WaitingFor = Literal["slow_action", "slow_model", "slow_speech"]


class Answer:
    """One in the making at a time, or a guess at one. Runs in the dialogue's inbox, like all else in a call.

    Only `first_word`, `sentence_planned` and `tools_began` are told by the pipeline as they happen:
    each sentence is planned before the pipeline may speak it.
    """

    def __init__(self, dialogue: "Dialogue", language: Language, context: Context, heard: Heard) -> None:
        self._dialogue = dialogue
        self._language = language
        self._context = context
        self._heard = heard
        self._loop = asyncio.get_running_loop()
        self._has_words = False
        self._tools_open = 0
        self._guess: str | None = None
        self.number = 0
        """Of the answer in the making: what still arrives of an older one is too late."""
        self.open = False
        """The model, or an action of its, works on it."""
        self.filler_of_action = ""
        """What the company wants said while the running action takes its time."""

    @property
    def awaited(self) -> bool:
        """The model works on an answer of which nothing is ready to be heard."""
        return self.open and not self._tools_open and not self._heard.line_out.waiting

    @property
    def why_waiting(self) -> WaitingFor:
        if self._tools_open:
            return "slow_action"
        return "slow_speech" if self._heard.line_out.waiting else "slow_model"

    # -- thinking ahead ----------------------------------------------------------------------

    async def guess(self, turn: str) -> None:
        """An eager end of turn: let the model think about these words, and say nothing yet."""
        self._guess = turn
        self._context.caller_said(turn)
        await self._dialogue.channel.run_model(speculative=True)
        self._context.unsay_caller()

    def guessed(self, turn: str) -> bool:
        return self._guess is not None and plain(self._guess) == plain(turn)

    async def forget_guess(self) -> None:
        """The caller goes on, or nothing came of the guess."""
        if self._guess is not None:
            self._guess = None
            await self._dialogue.channel.withdraw_guess()

    # -- asking ------------------------------------------------------------------------------

    async def begin(self, turn: str) -> None:
        """The caller's turn is over: answer it."""
        dialogue, heard = self._dialogue, self._heard
        if dialogue.is_ending:  # our goodbye is on the line, and nothing follows it
            return
        now = self._loop.time()
        heard.turn += 1
        last_sound = min(dialogue.callers_turn.last_sign() or now, now)
        heard.timing = TurnTiming(turn=heard.turn, last_sound=last_sound, ended=now)
        dialogue.waiting.our_turn()
        if self._language.asks_if_machine(turn):
            self._context.caller_said(turn)
            await self.forget_guess()
            await dialogue.say(self._language.sentences.machine_answer, "sentence")
            await dialogue.recovery.offer_again()
            return
        if dialogue.recovery.takes_message:
            await dialogue.recovery.take_message(turn)
            return
        self._context.caller_said(turn)
        if self._guess is not None:
            self._guess, self.open, self._has_words = None, True, False
        else:
            await self.run_model()

    async def run_model(self) -> None:
        self.open, self._has_words = True, False
        self.number += 1
        if self._heard.timing and not self._heard.timing.asked:
            self._heard.timing.asked = self._loop.time()
        await self._dialogue.channel.run_model(speculative=False)

    # -- what the pipeline tells -------------------------------------------------------------

    def first_word(self) -> None:
        if self._heard.timing and not self._heard.timing.first_word:
            self._heard.timing.first_word = self._loop.time()

    def sentence_planned(self, text: str) -> None:
        if self._heard.timing and not self._heard.timing.sentence:
            self._heard.timing.sentence = self._loop.time()
        self._has_words = True
        self._heard.plan(text, "answer")
        self._dialogue.show("agent_speaking", text)

    def tools_began(self, count: int) -> None:
        self._tools_open += count
        if self._heard.timing:
            self._heard.timing.tools_began(self._loop.time())

    async def tool_answered(
        self, number: int, call_id: str, name: str, arguments: object, result: object
    ) -> None:
        """One action is done; the model goes on when all of its batch are."""
        if number != self.number or not self.open:
            return
        self._context.tool_answered(call_id, name, arguments, result)
        self._tools_open = max(0, self._tools_open - 1)
        if not self._tools_open:
            if self._heard.timing:
                self._heard.timing.tools_ended(self._loop.time())
            self._dialogue.waiting.model_goes_on()
            await self.run_model()

    async def end_asked(self, number: int) -> None:
        """The model asked to end the call."""
        if number == self.number:
            self.open, self._tools_open = False, 0
            await self._dialogue.parting.after_speech()

    async def ended(self, number: int) -> None:
        """The model has nothing more to say in this answer."""
        if number != self.number or self._tools_open:
            return
        if self.open and not self._has_words:
            await self._dialogue.recovery.provider_failed("model", "", EMPTY_ANSWER)
            return
        self.open = False
        self._dialogue.recovery.answered()
        if not self._dialogue.speaks:
            await self._dialogue.all_heard()

    # -- letting go --------------------------------------------------------------------------

    def drop(self) -> None:
        """Nothing more is made of it, and what still arrives of it is too late."""
        self.open, self._tools_open = False, 0
        self.number += 1

    async def give_up(self) -> None:
        """Nothing more is made of it; what is on the line already is heard out."""
        self.drop()
        self._heard.forget_unsaid()
        await self._dialogue.channel.stop_answer()

    async def speak_with_second_voice(self) -> bool:
        """What the first voice did not say, the second one says; False where there is none."""
        channel = self._dialogue.channel
        if not await channel.second_voice():
            return False
        for text in self._heard.unsaid():
            self._heard.plan(text, "answer")
            await channel.speak(text)
        return True
