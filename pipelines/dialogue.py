"""One call's conversation: the caller's turns become answers, the floor's orders are carried out.

An actor: whatever happens in a call, from a word of the caller's to a failed provider, is put into
one inbox and dealt with alone and in order, so no two of them can meet half-way.
"""

import asyncio
from collections.abc import Callable, Collection
from typing import Literal, Protocol

from domain.company import Company, Line
from domain.events import CallerInterrupted, Event, RecordingStarted
from domain.language import Language
from domain.playout import Role, Utterance
from domain.ports.media import Ending
from domain.turn_taking import Floor, Order, TurnTaking
from pipelines.answer import Answer
from pipelines.callers_turn import CallersTurn
from pipelines.context import Context
from pipelines.deadlines import Deadlines, Happening
from pipelines.heard import Heard
from pipelines.kit import Caller, CallKit
from pipelines.parting import Parting
from pipelines.recorder import Recorder
from pipelines.recovery import Recovery
from pipelines.shortening import Shortening
from pipelines.waiting import Waiting


class Channel(Protocol):
    """What the dialogue asks of the pipeline around it."""

    async def run_model(self, *, speculative: bool) -> None: ...

    async def stop_answer(self) -> None:
        """Cancel the model and text-to-speech where they are."""
        ...

    async def withdraw_guess(self) -> None:
        """The eager end of turn was wrong: forget the answer that is held back."""
        ...

    async def caller_turn(self, *, begins: bool) -> None:
        """Tell the services that the caller's turn began or ended."""
        ...

    async def speak(self, text: str) -> None:
        """Send a planned sentence to text-to-speech."""
        ...

    async def second_voice(self) -> bool:
        """Speak with the second text-to-speech from now on; False where there is none left."""
        ...

    async def summarise(self) -> str: ...

    def last_sound(self) -> float:
        """When the caller's last sound arrived, in seconds of the loop's time; 0.0 before the first."""
        ...


class Dialogue:
    """The actor. `tell` may be called from anywhere; everything else runs in `run`."""

    def __init__(
        self,
        *,
        kit: CallKit,
        caller: Caller,
        company: Company,
        line: Line,
        language: Language,
        context: Context,
        recorder: Recorder,
        write: Callable[[Event], None],
        ms: Callable[[float], int],
        weigh_pauses: bool,
        more_ears: bool = False,
    ) -> None:
        """`more_ears`: another recogniser is ready to hear this call, should the present one fail."""
        self._kit = kit
        self._caller = caller
        self._line = line
        self._language = language
        self._context = context
        self._recorder = recorder
        self.more_ears = more_ears
        self.wants_other_ears = False
        """It ended only so that the other recogniser can go on with the call."""
        self.note = write
        self.ms = ms
        self._loop = asyncio.get_running_loop()
        self._inbox: asyncio.Queue[Happening] = asyncio.Queue()
        self._deadlines = Deadlines(self.tell)
        self._ending: Ending | None = None
        self.heard = Heard(
            context=context,
            recorder=recorder,
            fixed_speech=kit.fixed_speech,
            voice=line.voice,
            write=write,
            ms=ms,
            on_audible=self._on_audible,
            on_all_heard=lambda: self.tell(self.all_heard),
            on_notice=self._on_notice,
        )
        self.turns = TurnTaking(language, is_protected=self._says_notice, weigh_pauses=weigh_pauses)
        self.callers_turn = CallersTurn(self, self._deadlines)
        self.answer = Answer(self, language, context, self.heard)
        self.waiting = Waiting(self, language, ask_after_s=kit.patience.ask_after_s)
        self.parting = Parting(self, language)
        person_behind = line.fallback_number is not None
        self.recovery = Recovery(self, language, caller, company, kit.callbacks, person_behind=person_behind)
        self._shortening = Shortening(context, facts=caller.facts, write=write)
        self.channel: Channel

    # -- the inbox ---------------------------------------------------------------------------

    def tell(self, happened: Happening) -> None:
        """Put something that happened behind everything that happened before."""
        self._inbox.put_nowait(happened)

    async def run(self) -> Ending:
        """Deal with what happens until the conversation is over."""
        try:
            while self._ending is None:
                outcome = (await self._inbox.get())()
                if outcome is not None:
                    await outcome
            return self._ending
        finally:
            self._deadlines.cancel_all()
            self.waiting.stop()
            self._shortening.stop()

    def end(self, ending: Ending) -> None:
        if self._ending is None:
            self._ending = ending

    def at(self, name: str, at: float, happened: Happening) -> None:
        """Deal with something at a moment of the loop's time."""
        self._deadlines.set(name, at, happened)

    def not_at(self, name: str) -> None:
        self._deadlines.cancel(name)

    # -- opening -----------------------------------------------------------------------------

    async def open(self, *, answered_at: float, resumed: bool, noticed: Collection[str] = ()) -> None:
        """The first words of a call: what the law wants heard, then the greeting.

        `answered_at`: in seconds of the loop's time. `noticed`: notices that were heard before the
        line was lost; the others are still owed.
        """
        self.at("longest_call", answered_at + self._kit.patience.longest_call_s, self.parting.say_goodbye)
        if "disclosure" not in noticed:
            await self.say(self._line.disclosure, "disclosure")
        if self._line.recording and "recording" in noticed:
            self._recorder.start(self._loop.time())
        elif self._line.recording:
            await self.say(self._line.recording_notice, "recording")
        await self.say(self._language.sentences.resumed if resumed else self._line.greeting, "sentence")

    def _on_notice(self, notice: str) -> None:
        if notice == "recording" and not self._recorder.running:
            now = self._loop.time()
            self._recorder.start(now)
            self.note(RecordingStarted(at_ms=self.ms(now)))

    async def say(self, text: str, role: Role, *, next_up: bool = False) -> None:
        """A fixed sentence: from its kept sound, or live where there is none."""
        if not self.heard.say_kept(text, role, next_up=next_up):
            self.heard.plan(text, role)
            await self.channel.speak(text)

    # -- the floor's orders ------------------------------------------------------------------

    async def carry_out(self, orders: list[Order]) -> None:
        now = self._loop.time()
        for order in orders:
            match order:
                case Order.HOLD:
                    self.heard.mouth.hold()
                case Order.RESUME:
                    self.heard.mouth.resume()
                    self.note(CallerInterrupted(at_ms=self.ms(now), proved="backchannel", resumed=True))
                    self.waiting.watch()
                case Order.DROP:
                    await self._interrupt(now)
                case Order.TAKE_BACK:
                    await self._interrupt(now)
                    if not self.recovery.takes_message:
                        self._context.unsay_caller()
                case Order.ANSWER:
                    await self.answer.begin(self.turns.said)
        if self.turns.deadline is not None:
            self.at("floor", self.turns.deadline, self._floor_due)

    async def _floor_due(self) -> None:
        await self.carry_out(self.turns.time_passed(self._loop.time()))

    async def _interrupt(self, now: float) -> None:
        """The rest of the answer is forgotten, wherever it is being made."""
        busy = self.answer.open or self.heard.line_out.waiting
        heard_some = self.heard.drop()
        if heard_some:
            self.note(CallerInterrupted(at_ms=self.ms(now), proved="interruption", resumed=False))
        self.parting.called_back()
        self.answer.drop()
        if busy or heard_some:
            await self.channel.stop_answer()

    # -- how it stands -----------------------------------------------------------------------

    @property
    def is_ending(self) -> bool:
        return self._ending is not None or self.parting.ending is not None

    @property
    def speaks(self) -> bool:
        """Something of ours is being made, waits to be said, or is on the line."""
        return self.heard.mouth.playout.pending() or self.heard.line_out.waiting

    def _says_notice(self) -> bool:
        return self.heard.mouth.playout.protected()

    # -- what is heard -----------------------------------------------------------------------

    def show(self, kind: Literal["caller_partial", "agent_speaking", "agent_stopped"], text: str) -> None:
        """To those who look on."""
        if self._kit.live.watched:
            self._kit.live.publish(self._caller.call_id, kind, text)

    def _on_audible(self, utterance: Utterance) -> None:
        self.turns.agent_audible()
        if utterance.role != "filler":
            self.waiting.we_spoke()
        if utterance.role != "answer":
            self.show("agent_speaking", utterance.text)

    async def all_heard(self) -> None:
        """Nothing of ours is on the line: the turn is the caller's, or the call is over."""
        if self.answer.open or self.speaks:
            return
        if self.parting.ending is not None:
            self.end(self.parting.ending)
            return
        self.show("agent_stopped", "")
        await self.carry_out(self.turns.agent_done(self._loop.time()))
        if self.turns.floor is Floor.LISTENING:
            self.waiting.listen()
            self._shortening.begin_if_long(self.channel.summarise)
