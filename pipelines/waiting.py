"""Owns "nobody has heard anything for too long": the caller's silences, and ours."""

import asyncio
from typing import TYPE_CHECKING

from domain.events import SilenceMet, WaitFilled
from domain.language import Language
from domain.patience import FILL_AFTER_S, MODEL_S, STUCK_TURN_S, filling, quiet_for, silence_step
from domain.turn_taking import Floor
from pipelines.fixed_speech import hold_sound
from pipelines.recovery import NO_ANSWER_IN_TIME

if TYPE_CHECKING:
    from pipelines.dialogue import Dialogue

LOOK_EVERY_S = 1.0


class Waiting:
    """One call's patience. Runs in the dialogue's inbox, like all that happens in a call."""

    def __init__(self, dialogue: "Dialogue", language: Language, *, ask_after_s: float) -> None:
        self._dialogue = dialogue
        self._sentences = language.sentences
        self._ask_after_s = ask_after_s
        self._loop = asyncio.get_running_loop()
        self._times_asked = 0
        self._times_filled = 0
        self._fillers_used = 0
        self._turn_began = 0.0
        self._model_began = 0.0
        self._stopped = False

    def stop(self) -> None:
        """The call is being ended: whoever ends it owns the last words."""
        self._stopped = True
        self._dialogue.not_at("caller_silence")
        self._dialogue.not_at("our_silence")

    def go_on(self) -> None:
        """The call was not ended after all."""
        self._stopped = False

    # -- the caller's silence ----------------------------------------------------------------

    def listen(self) -> None:
        """We have said our part; now it is for the caller to speak."""
        if not self._stopped:
            self._dialogue.not_at("our_silence")
            self._dialogue.at("caller_silence", self._loop.time() + self._ask_after_s, self._ask)

    def caller_spoke(self) -> None:
        self._times_asked = 0
        self._dialogue.not_at("caller_silence")

    async def _ask(self) -> None:
        dialogue = self._dialogue
        if self._stopped or dialogue.turns.floor is not Floor.LISTENING:
            return
        step = silence_step(self._times_asked)
        self._times_asked += 1
        dialogue.note(SilenceMet(step=step, at_ms=dialogue.ms(self._loop.time())))
        match step:
            case "ask":
                await dialogue.say(self._sentences.silence_ask, "sentence")
            case "ask_again":
                await dialogue.say(self._sentences.silence_ask_again, "sentence")
            case "goodbye":
                await dialogue.parting.say_goodbye(self._sentences.silence_goodbye)

    async def look_for_stuck_turn(self) -> None:
        """The recogniser believes that the caller speaks; our own ear says that they are quiet."""
        dialogue, now = self._dialogue, self._loop.time()
        if dialogue.turns.floor is not Floor.CALLER or self._stopped:
            return
        if now - dialogue.channel.last_sound() >= STUCK_TURN_S:
            words = dialogue.callers_turn.words_so_far
            await dialogue.callers_turn.finished(words)
            if not words:
                await dialogue.say(self._sentences.not_understood[0], "sentence")
            return
        dialogue.at("stuck_turn", now + LOOK_EVERY_S, self.look_for_stuck_turn)

    # -- our silence -------------------------------------------------------------------------

    def our_turn(self) -> None:
        """The caller waits for an answer from now on."""
        self._times_filled = 0
        self._turn_began = self._model_began = self._loop.time()
        self.watch()

    def model_goes_on(self) -> None:
        """Actions are done, and the model is asked again: their time was not the model's."""
        self._model_began = self._loop.time()

    def we_spoke(self) -> None:
        """Something that is no filler is on the line."""
        self._times_filled = 0
        self.watch()

    def watch(self) -> None:
        """Look again when the caller has heard nothing for too long."""
        if self._stopped:
            return
        quiet = self._quiet_for()
        self._dialogue.at("our_silence", self._loop.time() + max(0.02, FILL_AFTER_S - quiet), self._look)

    def _quiet_for(self) -> float:
        playout, now = self._dialogue.heard.mouth.playout, self._loop.time()
        return quiet_for(
            now,
            line_quiet_from=playout.quiet_from(now),
            callers_last_sound=self._dialogue.callers_turn.last_sign(),
            turn_began=self._turn_began,
        )

    async def _look(self) -> None:
        dialogue = self._dialogue
        if self._stopped or not dialogue.turns.ours:
            return
        if dialogue.answer.awaited and self._loop.time() - self._model_began > MODEL_S and self._times_filled:
            await dialogue.recovery.provider_failed("model", "", NO_ANSWER_IN_TIME)
        elif self._quiet_for() >= FILL_AFTER_S - 0.01:
            await self._fill()
        self.watch()

    async def _fill(self) -> None:
        dialogue = self._dialogue
        kind, at_ms = filling(self._times_filled), dialogue.ms(self._loop.time())
        self._times_filled += 1
        if kind == "hold_sound":
            dialogue.heard.play(hold_sound(), "", "filler", next_up=True)
            return
        reason = dialogue.answer.why_waiting if kind == "filler" else "still_waiting"
        sentences = {
            "slow_action": self._sentences.slow_action,
            "slow_model": self._sentences.slow_model,
            "slow_speech": self._sentences.slow_model,
            "still_waiting": self._sentences.still_waiting,
        }[reason]
        text = (
            dialogue.answer.filler_of_action
            if reason == "slow_action" and dialogue.answer.filler_of_action
            else ""
        )
        text = text or sentences[self._fillers_used % len(sentences)]
        self._fillers_used += 1
        dialogue.note(WaitFilled(reason=reason, text=text, at_ms=at_ms))
        await dialogue.say(text, "filler", next_up=True)
