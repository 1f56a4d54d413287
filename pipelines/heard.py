"""What we say, and what of it the caller heard: only that enters the context and the journal."""

import itertools
from collections.abc import Callable
from typing import Literal

from domain.events import AgentSpoke, NoticePlayed
from domain.playout import Role, Utterance
from pipelines.call_sheet import CallSheet
from pipelines.guard_input import GuardInput
from pipelines.line import LineOut
from pipelines.mouth import Mouth
from pipelines.notes import Notes
from pipelines.timing import TurnTiming

IN_CONTEXT: frozenset[Role] = frozenset({"answer", "sentence"})
"""Fillers and notices stay out: a model that reads its own fillers begins to imitate them."""
NOTICED_LATE_S = 0.2
"""So long after it began, speech is usually noticed."""


class Heard:
    """Speech of one call, from the plan to the ear. Listens to the mouth."""

    def __init__(
        self,
        sheet: CallSheet,
        notes: Notes,
        guard: GuardInput,
        *,
        on_audible: Callable[[Utterance], None],
        on_all_heard: Callable[[], None],
        on_notice: Callable[[Literal["disclosure", "recording"]], None],
    ) -> None:
        self._context = sheet.context
        self._fixed_speech = sheet.kit.fixed_speech
        self._voice = sheet.line.voice
        self._notes = notes
        self._guard = guard
        self._tell_audible = on_audible
        self._tell_all_heard = on_all_heard
        self._tell_notice = on_notice
        self._under_way: dict[str, Utterance] = {}
        """The model's sentences that were planned and are not yet heard to their end, by id."""
        self._ids = itertools.count(1)
        self._question = ""
        self._reading: Utterance | None = None
        """The question, as long as it is on the line."""
        self._something_behind = False
        """Another sentence of ours was begun since: what the caller says now may be the answer to that."""
        self.heard_so_far = ""
        """Of the question, once it has ended or was cut off."""
        self.heard_of_question = ""
        """How much of it the caller had heard when they began to speak."""
        self.turn = 0
        self.timing: TurnTiming | None = None
        """The turn that is being answered, until its first sound plays."""
        self.mouth: Mouth
        self.line_out: LineOut

    # -- saying ------------------------------------------------------------------------------

    def utterance(self, text: str, role: Role) -> Utterance:
        return Utterance(id=str(next(self._ids)), text=text, turn=self.turn, role=role)

    def plan(self, text: str, role: Role) -> None:
        """A sentence is on its way through text-to-speech."""
        utterance = self.utterance(text, role)
        if role == "answer":
            self._under_way[utterance.id] = utterance
        self.line_out.expect(utterance)
        self.mouth.say(utterance)

    def say_kept(self, text: str, role: Role, *, next_up: bool = False) -> bool:
        """Say a fixed sentence from its kept sound; False where there is none."""
        sound = self._fixed_speech.sound(text, self._voice)
        if sound is None:
            return False
        self.play(sound, text, role, next_up=next_up)
        return True

    def play(self, mulaw: bytes, text: str, role: Role, *, next_up: bool = False) -> None:
        utterance = self.utterance(text, role)
        utterance.audio += mulaw
        utterance.complete = True
        self.mouth.say(utterance, next_up=next_up)

    # -- a question that waits for the caller's answer ---------------------------------------

    @property
    def asked(self) -> bool:
        return bool(self._question)

    def put_question(self, text: str) -> None:
        """Remember what of it the caller hears."""
        self._question, self._reading, self._something_behind = text, None, False
        self.heard_so_far = self.heard_of_question = ""

    def close_question(self) -> None:
        """It was answered, or is off the table."""
        self.put_question("")

    def caller_began(self, now: float) -> None:
        """What they say, or key, from this moment on answers what they have heard by now."""
        self.heard_of_question = "" if self._something_behind else self.heard_so_far
        if self._reading is not None and not self._something_behind:
            unheard_s = self.mouth.playout.remaining_s(now - NOTICED_LATE_S)
            self.heard_of_question = self._reading.text_by(max(0.0, self._reading.seconds - unheard_s))

    # -- hearing (the mouth's listener) ------------------------------------------------------

    def on_audible(self, utterance: Utterance, plays_at: float) -> None:
        if self.timing and utterance.turn == self.timing.turn and utterance.role in ("answer", "sentence"):
            came = utterance.first_sound_at or plays_at
            self._notes.write(self.timing.heard(min(came, plays_at), plays_at))
            self.timing = None
        if self._question and utterance.text == self._question:
            self._reading, self._something_behind = utterance, False
        elif utterance.role != "filler" and (self._reading or self.heard_so_far):
            self._something_behind = True
        self._tell_audible(utterance)

    def on_heard(self, utterance: Utterance) -> None:
        self._under_way.pop(utterance.id, None)
        if not utterance.audio:  # the engine made no sound for it
            return
        self._note(utterance, utterance.text, interrupted=False)
        if utterance.role in ("disclosure", "recording"):
            notice: Literal["disclosure", "recording"] = (
                "disclosure" if utterance.role == "disclosure" else "recording"
            )
            mark = "returned" if utterance.proved else "lost"
            at_ms = self._notes.ms(utterance.ended_at or 0.0)
            self._notes.write(NoticePlayed(notice=notice, text=utterance.text, mark=mark, at_ms=at_ms))
            self._tell_notice(notice)

    def on_all_heard(self, _now: float) -> None:
        self._tell_all_heard()

    # -- being cut off -----------------------------------------------------------------------

    def drop(self) -> bool:
        """Forget what was not heard; True where the caller cut something off."""
        cut = self.mouth.drop()
        self.line_out.forget()
        self._under_way.clear()
        for utterance, heard_s in cut:
            self._note(utterance, utterance.text_by(heard_s), interrupted=True)
        return bool(cut)

    def forget_unsaid(self) -> list[Utterance]:
        """Go no further than what is on the line; returns what was not begun."""
        self.line_out.forget()
        unsaid = self.mouth.forget_unsent()
        for utterance in unsaid:
            self._under_way.pop(utterance.id, None)
        return unsaid

    def unsaid(self) -> list[Utterance]:
        """Take out what the voice was given and nothing was heard of; a wait's filling is past its use."""
        unsaid = [*self.line_out.take_silent(), *self.forget_unsaid()]
        return [utterance for utterance in unsaid if utterance.role != "filler"]

    @property
    def under_way(self) -> str:
        """The model's words that the caller is still to hear."""
        return " ".join(utterance.text for utterance in self._under_way.values())

    def _note(self, utterance: Utterance, heard: str, *, interrupted: bool) -> None:
        if utterance.started_at is None or not utterance.text:
            return
        if utterance is self._reading:
            self._reading, self.heard_so_far = None, heard
        self._guard.agent_said(heard)
        if utterance.role in IN_CONTEXT:
            self._context.agent_was_heard(heard)
        self._notes.write(
            AgentSpoke(
                turn=utterance.turn,
                text=utterance.text,
                heard=heard,
                started_ms=self._notes.ms(utterance.started_at),
                ended_ms=self._notes.ms(utterance.ended_at or utterance.started_at),
                interrupted=interrupted,
                origin="model" if utterance.role == "answer" else "fixed",
            )
        )
