"""Owns "nobody has heard anything for too long": the caller's silences, and ours."""

from domain.events import SilenceMet, WaitFilled
from domain.patience import FILL_AFTER_S, MODEL_S, filling, quiet_for, silence_step
from domain.turn_taking import Floor
from pipelines.answer import Answer
from pipelines.fixed_speech import hold_sound
from pipelines.parting import Parting
from pipelines.recovery import NO_ANSWER_IN_TIME, Recovery
from pipelines.talk import Talk


class Waiting:
    """One call's patience. Runs in the inbox, like all that happens in a call."""

    def __init__(self, talk: Talk, answer: Answer, parting: Parting, recovery: Recovery) -> None:
        self._talk = talk
        self._answer = answer
        self._parting = parting
        self._recovery = recovery
        self._sentences = talk.sheet.language.sentences
        self._times_asked = 0
        self._times_filled = 0
        self._fillers_used = 0
        self._turn_began = 0.0

    # -- the caller's silence ----------------------------------------------------------------

    def listen(self) -> None:
        """We have said our part; now it is for the caller to speak."""
        if not self._parting.decided:
            talk = self._talk
            talk.inbox.not_at("our_silence")
            talk.inbox.at("caller_silence", talk.now + talk.sheet.kit.patience.ask_after_s, self._ask)

    def caller_spoke(self) -> None:
        self._times_asked = 0
        self._talk.inbox.not_at("caller_silence")

    async def _ask(self) -> None:
        talk = self._talk
        if self._parting.decided or talk.guard.sensitive or talk.turns.floor is not Floor.LISTENING:
            return
        if talk.supervisor_asked:
            ways = self._sentences.supervisor_asked
            self._fillers_used += 1
            await talk.say(ways[self._fillers_used % len(ways)], "sentence")
            return
        step = silence_step(self._times_asked)
        self._times_asked += 1
        talk.notes.write(SilenceMet(step=step, at_ms=talk.notes.ms(talk.now)))
        match step:
            case "ask":
                await talk.say(self._sentences.silence_ask, "sentence")
            case "ask_again":
                await talk.say(self._sentences.silence_ask_again, "sentence")
            case "goodbye":
                await self._parting.say_goodbye(self._sentences.silence_goodbye)

    # -- our silence -------------------------------------------------------------------------

    def our_turn(self) -> None:
        """The caller waits for an answer from now on."""
        self._times_filled = 0
        self._turn_began = self._talk.now
        self.watch()

    def we_spoke(self) -> None:
        """Something that is no filler is on the line."""
        self._times_filled = 0
        self.watch()

    def watch(self) -> None:
        """Look again when the caller has heard nothing for too long."""
        if self._parting.decided:
            return
        quiet = self._quiet_for()
        self._talk.inbox.at("our_silence", self._talk.now + max(0.02, FILL_AFTER_S - quiet), self._look)

    def _quiet_for(self) -> float:
        playout, now = self._talk.heard.mouth.playout, self._talk.now
        return quiet_for(
            now,
            line_quiet_from=playout.quiet_from(now),
            callers_last_sound=self._talk.last_sign(),
            turn_began=self._turn_began,
        )

    async def _look(self) -> None:
        if self._parting.decided or not self._talk.turns.ours:
            return
        if self._talk.guard.sensitive:  # it is the caller who has something to do
            self._talk.inbox.at("our_silence", self._talk.now + FILL_AFTER_S, self._look)
            return
        waits_for_model = self._talk.now - self._answer.model_since > MODEL_S and self._times_filled
        if self._answer.awaited and waits_for_model:
            await self._recovery.provider_failed("model", "", NO_ANSWER_IN_TIME)
        elif self._quiet_for() >= FILL_AFTER_S - 0.01:
            await self._fill()
        self.watch()

    async def _fill(self) -> None:
        talk, answer = self._talk, self._answer
        kind, at_ms = filling(self._times_filled), talk.notes.ms(talk.now)
        self._times_filled += 1
        if kind == "hold_sound":
            talk.heard.play(hold_sound(), "", "filler", next_up=True)
            return
        reason = answer.why_waiting if kind == "filler" else "still_waiting"
        sentences = {
            "slow_action": self._sentences.slow_action,
            "slow_model": self._sentences.slow_model,
            "slow_speech": self._sentences.slow_model,
            "still_waiting": self._sentences.still_waiting,
        }[reason]
        text = answer.filler_of_action if reason == "slow_action" else ""
        text = text or sentences[self._fillers_used % len(sentences)]
        self._fillers_used += 1
        talk.notes.write(WaitFilled(reason=reason, text=text, at_ms=at_ms))
        await talk.say(text, "filler", next_up=True)
