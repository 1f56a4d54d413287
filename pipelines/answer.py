"""Our side: what is made of the caller's turn, from asking the model to the last sentence of its answer."""

from collections.abc import Sequence
from typing import Literal

import prompts
from domain.events import SentenceHeldBack
from domain.language import plain
from pipelines.call_sheet import ToolOutcome
from pipelines.parting import Parting
from pipelines.talk import Talk

WaitingFor = Literal["slow_action", "slow_model", "slow_speech"]
Outcome = Literal["whole", "empty"]


class Answer:
    """One in the making at a time, or a guess at one. Runs in the inbox, like all else in a call.

    Only `first_word`, `sentence_planned` and `tools_began` are told by the pipeline as they happen:
    each sentence is planned before the pipeline may speak it.
    """

    def __init__(self, talk: Talk, parting: Parting) -> None:
        self._talk = talk
        self._parting = parting
        self._context = talk.sheet.context
        self._heard = talk.heard
        self._has_words = False
        self._tools_open = 0
        self._guess: str | None = None
        self._guess_came_true = False
        self._asks: ToolOutcome | None = None
        self._corrected = False
        self.asked: ToolOutcome | None = None
        """The read-back that was put to the caller last."""
        self.number = 0
        """Of the answer in the making: what still arrives of an older one is too late."""
        self.open = False
        """The model, or an action of its, works on it."""
        self.model_since = 0.0
        """Since when the caller waits for the model, in seconds of the loop's time; actions are not its."""
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
        await self._talk.channel.run_model(self._context.for_model(), speculative=True)
        self._context.unsay_caller()

    def guessed(self, turn: str) -> bool:
        return self._guess is not None and plain(self._guess) == plain(turn)

    async def forget_guess(self) -> None:
        """The caller goes on, or nothing came of the guess."""
        if self._guess is not None:
            self._guess = None
            await self._talk.channel.withdraw_guess()

    async def guess_wants_action(self) -> None:
        """The model will not act on a guess; where the turn has ended meanwhile, it is asked in earnest."""
        if self._guess is not None:
            await self.forget_guess()
        elif self.open and self._guess_came_true and not self._has_words and not self._tools_open:
            await self._ask()

    # -- asking ------------------------------------------------------------------------------

    async def begin(self, turn: str) -> None:
        """The caller's turn is over, and it is for the model to answer it."""
        self._context.caller_said(turn)
        self._corrected = False
        self.model_since = self._talk.now
        if self._guess is not None:
            self._guess, self._guess_came_true = None, True
            self.open, self._has_words = True, False
        else:
            await self._ask()

    async def ask_again(self) -> None:
        """The model failed: it is asked for the answer, or for what is missing of one that broke off."""
        if self._has_words:
            self.number += 1
            told = self._context.for_going_on(self._heard.under_way)
            await self._talk.channel.run_model(told, speculative=False)
        else:
            await self._ask()

    async def _ask(self) -> None:
        self.open, self._has_words, self._guess_came_true = True, False, False
        self.number += 1
        if self._heard.timing and not self._heard.timing.asked:
            self._heard.timing.asked = self._talk.now
        await self._talk.channel.run_model(self._context.for_model(), speculative=False)

    # -- what the pipeline tells -------------------------------------------------------------

    def first_word(self) -> None:
        if self._heard.timing and not self._heard.timing.first_word:
            self._heard.timing.first_word = self._talk.now

    def sentence_planned(self, text: str) -> None:
        if self._heard.timing and not self._heard.timing.sentence:
            self._heard.timing.sentence = self._talk.now
        self._has_words = True
        self._heard.plan(text, "answer")
        self._talk.show("agent_speaking", text)

    def tools_began(self, count: int) -> None:
        self._tools_open += count
        if self._heard.timing:
            self._heard.timing.tools_began(self._talk.now)

    def acting(self) -> int:
        """The caller's own word set an action going; the number of the answer that comes of it."""
        self.open, self._has_words, self._guess_came_true = True, False, False
        self.number += 1
        self.tools_began(1)
        return self.number

    async def tool_answered(self, number: int, outcome: ToolOutcome) -> bool:
        """One action is done; the model goes on when all of its batch are, or the caller is asked.

        False where it comes too late for its answer.
        """
        if number != self.number or not self.open:
            return False
        if outcome.asks:
            self._asks = outcome
        await self._one_less()
        return True

    async def nothing_asked(self, number: int) -> None:
        """The gate had no question open: the model answers what the caller said."""
        if number == self.number and self.open:
            await self._one_less()

    async def _one_less(self) -> None:
        self._tools_open = max(0, self._tools_open - 1)
        if self._tools_open:
            return
        if self._heard.timing:
            self._heard.timing.tools_ended(self._talk.now)
        self.model_since = self._talk.now
        if asks := self._asks:
            self._asks, self.asked, self.open = None, asks, False
            self.filler_of_action = self._talk.sheet.filler_of(asks.action)
            await self._talk.ask(asks.say)
        else:
            await self._ask()

    async def held_back(self, number: int, kinds: Sequence[str]) -> None:
        """A sentence is not borne out: the model says it again from the facts, or we say a safe one.

        Where it asked for an action in the same breath, it will be asked when that is done.
        """
        if number != self.number or not self.open:
            return
        again = bool(self._tools_open) or not self._corrected
        self._talk.notes.write(
            SentenceHeldBack(
                turn=self._heard.turn, kinds=tuple(kinds), instead="asked_again" if again else "safe_sentence"
            )
        )
        if self._tools_open:
            return
        self._corrected = True
        self.number += 1
        if again:
            self.model_since = self._talk.now
            told = self._context.for_correction(self._heard.under_way, prompts.from_the_facts(kinds))
            await self._talk.channel.run_model(told, speculative=False)
        else:
            self.open = False
            await self._talk.say(self._talk.sheet.language.sentences.safe_answer, "sentence")

    async def end_asked(self, number: int) -> None:
        """The model asked to end the call."""
        if number == self.number:
            self._let_go()
            await self._parting.after_speech()

    def ended(self, number: int) -> Outcome | None:
        """The model has nothing more to say in this answer; None where it is not over, or of an older one."""
        if number != self.number or self._tools_open:
            return None
        if self.open and not self._has_words:
            return "empty"
        self.open = False
        return "whole"

    # -- letting go --------------------------------------------------------------------------

    def drop(self) -> None:
        """Nothing more is made of it, and what still arrives of it is too late."""
        self._let_go()
        self.number += 1

    def _let_go(self) -> None:
        self.open, self._tools_open = False, 0
        if self._asks is not None:
            self._asks = None
            self._talk.sheet.gate.withdraw()

    async def give_up(self) -> None:
        """Nothing more is made of it; what is on the line already is heard out."""
        self.drop()
        self._heard.forget_unsaid()
        self._heard.close_question()
        self._talk.sheet.gate.withdraw()
        await self._talk.channel.stop_answer()

    async def speak_with_second_voice(self) -> bool:
        """What the first voice did not say, the second one says; False where there is none."""
        if not await self._talk.channel.second_voice():
            return False
        for unsaid in self._heard.unsaid():
            await self._talk.say(unsaid.text, unsaid.role)
        return True
