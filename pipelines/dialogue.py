"""One call's conversation: its organs are joined here, and its first words are said.

Each organ knows only those below it: talk, parting, message and answer, recovery, waiting, floor, the
caller's turn. What one of them has to say upwards is a value that it returns, or a function it is given.
"""

from domain.events import RecordingStarted
from domain.masking import Replacement
from domain.playout import Utterance
from domain.ports.media import Ending
from domain.turn_taking import Floor, TurnTaking
from pipelines.answer import Answer
from pipelines.call_sheet import CallSheet
from pipelines.callers_turn import CallersTurn
from pipelines.consent import Consent
from pipelines.deeds import Deeds
from pipelines.floor import FloorOrders
from pipelines.guard_input import GuardInput
from pipelines.heard import Heard
from pipelines.inbox import Inbox
from pipelines.line import LineOut
from pipelines.message import Message
from pipelines.mouth import Mouth
from pipelines.notes import Notes
from pipelines.parting import Parting
from pipelines.recorder import Recorder
from pipelines.recovery import EMPTY_ANSWER, Recovery
from pipelines.secret_keys import SecretKeypad
from pipelines.shortening import Shortening
from pipelines.talk import Channel, Talk
from pipelines.waiting import Waiting


class Dialogue:
    """One conversation on one socket. Everything but `heard`'s bookkeeping happens in `inbox`."""

    def __init__(
        self,
        sheet: CallSheet,
        notes: Notes,
        recorder: Recorder,
        guard: GuardInput,
        deeds: Deeds,
        secret_keys: SecretKeypad,
        *,
        weigh_pauses: bool,
        more_ears: bool,
    ) -> None:
        """`more_ears`: another recogniser is ready to hear this call, should the present one fail."""
        self._sheet = sheet
        self._notes = notes
        self._recorder = recorder
        self._secret_keys = secret_keys
        self.inbox = Inbox()
        self.heard = Heard(
            sheet,
            notes,
            guard,
            on_audible=self._on_audible,
            on_all_heard=lambda: self.inbox.tell(self._all_heard),
            on_notice=self._on_notice,
        )
        turns = TurnTaking(sheet.language, is_protected=self._says_notice, weigh_pauses=weigh_pauses)
        self._talk = Talk(sheet, inbox=self.inbox, notes=notes, heard=self.heard, turns=turns, guard=guard)
        talk = self._talk
        self._parting = Parting(talk)
        message = Message(talk, self._parting)
        self.answer = Answer(talk, self._parting)
        self.recovery = Recovery(talk, self.answer, self._parting, message, more_ears=more_ears)
        self._waiting = Waiting(talk, self.answer, self._parting, self.recovery)
        self.consent = Consent(talk, self.answer, deeds)
        self._floor = FloorOrders(talk, self.answer, self._parting, message, self._waiting, self.consent)
        self.callers_turn = CallersTurn(
            talk, self._floor, self.answer, self._waiting, message, self._parting, self.consent
        )
        self._shortening = Shortening(sheet, notes)

    def connect(self, *, mouth: Mouth, line_out: LineOut, channel: Channel) -> None:
        """The pipeline around it stands; before that nothing can be said."""
        self.heard.mouth, self.heard.line_out = mouth, line_out
        self._talk.channel = channel
        self._secret_keys.connect(self._talk, self.answer)

    async def run(self, *, resumed: bool) -> Ending:
        """The first words, and then whatever happens, until the conversation is over."""
        try:
            await self._open(resumed=resumed)
            return await self.inbox.run()
        finally:
            self._secret_keys.lost()
            self._shortening.stop()
            self.consent.stop()

    def recall(self, replacement: Replacement) -> None:
        """Of the caller's turn that is still open."""
        self._talk.turns.replace_words(replacement.was, replacement.now)

    # -- opening -----------------------------------------------------------------------------

    async def _open(self, *, resumed: bool) -> None:
        """What the law wants heard and was not heard before the line was lost, then the greeting."""
        talk, line, notices = self._talk, self._sheet.line, self._notes.noticed
        longest_s = self._sheet.kit.patience.longest_call_s
        self.inbox.at("longest_call", self._notes.answered_at + longest_s, self._parting.say_goodbye)
        if "disclosure" not in notices:
            await talk.say(line.disclosure, "disclosure")
        if line.recording and "recording" in notices:
            self._recorder.start(talk.now)
        elif line.recording:
            await talk.say(line.recording_notice, "recording")
        self.consent.wait_on()
        resumption = self._sheet.language.sentences.resumed
        await talk.say(resumption if resumed else line.greeting, "sentence")

    def _on_notice(self, notice: str) -> None:
        if notice == "recording" and not self._recorder.running:
            now = self._talk.now
            self._recorder.start(now)
            self._notes.write(RecordingStarted(at_ms=self._notes.ms(now)))

    def _says_notice(self) -> bool:
        return self.heard.mouth.playout.protected()

    # -- what is heard -----------------------------------------------------------------------

    def _on_audible(self, utterance: Utterance) -> None:
        self._talk.turns.agent_audible()
        if utterance.role != "filler":
            self._waiting.we_spoke()
        if utterance.role != "answer":
            self._talk.show("agent_speaking", utterance.text)

    async def answer_ended(self, number: int) -> None:
        """The model has nothing more to say in the answer of this number."""
        match self.answer.ended(number):
            case "empty":
                await self.recovery.provider_failed("model", "", EMPTY_ANSWER)
            case "whole":
                self.recovery.answered()
                if not self._talk.speaks:
                    await self._all_heard()

    async def _all_heard(self) -> None:
        """Nothing of ours is on the line: the turn is the caller's, or the call is over."""
        talk = self._talk
        if not talk.speaks:
            self._secret_keys.heard()
        if self.answer.open or talk.speaks:
            return
        if self._parting.ending is not None:
            self.inbox.end(self._parting.ending)
            return
        talk.show("agent_stopped", "")
        await self._floor.carry_out(talk.turns.agent_done(talk.now))
        if talk.turns.floor is Floor.LISTENING:
            await self.consent.tell_news()
            self._waiting.listen()
            self._shortening.begin_if_long(talk.channel.summarise)
