"""One call's conversation: turns become answers, and answers become speech.

An actor: whatever happens in a call, from a word of the caller's to a failed provider, is put into
one inbox and dealt with alone and in order, so no two of them can meet half-way.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Literal, Protocol

import prompts
from domain.company import Company, Line
from domain.events import CallerInterrupted, CallerSaid, Event, KeypadPressed, RecordingStarted
from domain.language import Language, plain
from domain.playout import Role, Utterance
from domain.ports.media import Ending
from domain.turn_taking import Floor, Order, TurnTaking
from pipelines.context import Context
from pipelines.deadlines import Deadlines
from pipelines.heard import Heard
from pipelines.keypad import POUND, Keypad
from pipelines.kit import Caller, CallKit
from pipelines.parting import Parting
from pipelines.recorder import Recorder
from pipelines.recovery import EMPTY_ANSWER, Recovery
from pipelines.shortening import Shortening
from pipelines.timing import TurnTiming
from pipelines.waiting import Waiting

NEARLY_OVER_S = 1.0
"""So close to the end of our question, "okay" is its answer and no backchannel."""
WaitingFor = Literal["slow_action", "slow_model", "slow_speech"]
Happening = Callable[[], Awaitable[None] | None]


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
        self.note = write
        self.ms = ms
        self._loop = asyncio.get_running_loop()
        self._inbox: asyncio.Queue[Happening] = asyncio.Queue()
        self._deadlines = Deadlines()
        self._ending: Ending | None = None
        self._answer_open = False
        self._answer_has_words = False
        self._tools_open = 0
        self._guess: str | None = None
        self._caller_began = self._last_key = 0.0
        self.answer_number = 0
        """Of the answer in the making: what still arrives of an older one is too late."""
        self.words_so_far = ""
        self.filler_of_action = ""
        """What the company wants said while the running action takes its time."""
        self.heard = Heard(
            context=context,
            recorder=recorder,
            fixed_speech=kit.fixed_speech,
            voice=line.voice,
            write=write,
            ms=ms,
            on_audible=self._on_audible,
            on_all_heard=lambda: self.tell(self._all_heard),
            on_notice=self._on_notice,
        )
        self.turns = TurnTaking(language, is_protected=self._says_notice, weigh_pauses=weigh_pauses)
        self.waiting = Waiting(self, language, ask_after_s=kit.patience.ask_after_s)
        self.parting = Parting(self, language)
        self.recovery = Recovery(self, language, caller, company, kit.callbacks)
        self._keypad = Keypad(self, self._digits_entered)
        self._shortening = Shortening(context, facts=caller.facts, summarise=self._summarise, write=write)
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
        self._deadlines.set(name, at, lambda: self.tell(happened))

    def not_at(self, name: str) -> None:
        self._deadlines.cancel(name)

    # -- opening -----------------------------------------------------------------------------

    async def open(self, *, resumed: bool, noticed: Collection[str] = ()) -> None:
        """The first words of a call: what the law wants heard, then the greeting.

        `noticed`: notices that were heard before the line was lost; the others are still owed.
        """
        self.at(
            "longest_call", self._loop.time() + self._kit.patience.longest_call_s, self.parting.say_goodbye
        )
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

    async def _summarise(self) -> str:
        return await self.channel.summarise()

    def callers_last_sign(self) -> float:
        """When the caller last made a sound or pressed a key, in seconds of the loop's time; 0.0 before."""
        return max(self.channel.last_sound(), self._last_key)

    def _says_notice(self) -> bool:
        return self.heard.mouth.playout.protected()

    # -- the caller --------------------------------------------------------------------------

    async def caller_started(self, words: str = "") -> None:
        """The recogniser noticed speech; `words` where it already has some."""
        now = self._loop.time()
        self.words_so_far, self._caller_began = words, now
        self.waiting.caller_spoke()
        self.at("stuck_turn", now + 1.0, self.waiting.look_for_stuck_turn)
        await self.channel.caller_turn(begins=True)
        await self._carry_out(self.turns.caller_started(now, words))

    async def caller_words(self, words: str) -> None:
        """The turn's words so far."""
        self.words_so_far = words
        if self._kit.live.watched:
            self._kit.live.publish(self._caller.call_id, "caller_partial", words)
        await self._carry_out(self.turns.caller_words(self._loop.time(), words, expected=self._expected()))

    async def caller_finished(self, text: str, confidence: float | None = None) -> None:
        """The turn is over; empty text where nothing was understood."""
        now = self._loop.time()
        self.not_at("stuck_turn")
        self.words_so_far = ""
        began, self._caller_began = self._caller_began or now, 0.0
        text = text.strip()
        if text:
            self.note(
                CallerSaid(
                    turn=self.heard.turn + 1,
                    text=text,
                    started_ms=self.ms(began),
                    ended_ms=self.ms(max(began, min(now, self.channel.last_sound()))),
                    confidence=confidence,
                )
            )
        guessed_right = self._guess is not None and _same(self._guess, self.turns.whole(text))
        if not guessed_right:
            await self.forget_guess()
        orders = self.turns.caller_finished(now, text, expected=self._expected())
        if guessed_right and orders != [Order.ANSWER]:
            await self.forget_guess()
        await self._carry_out(orders)
        await self.channel.caller_turn(begins=False)
        if self.turns.floor is Floor.LISTENING:
            self.waiting.listen()

    async def caller_may_be_done(self, text: str) -> None:
        """An eager end of turn: think ahead, say nothing yet."""
        if self.turns.floor is Floor.CALLER and not self.recovery.takes_message and text.strip():
            self._guess = self.turns.whole(text)
            self._context.caller_said(self._guess)
            await self.channel.run_model(speculative=True)
            self._context.unsay_caller()

    async def forget_guess(self) -> None:
        """The caller goes on, or nothing came of the guess."""
        if self._guess is not None:
            self._guess = None
            await self.channel.withdraw_guess()

    def _expected(self) -> bool:
        playout = self.heard.mouth.playout
        current = playout.current()
        asks = current is not None and current.text.rstrip().endswith("?")
        return asks and not self._answer_open and playout.remaining_s(self._loop.time()) < NEARLY_OVER_S

    async def key_pressed(self, key: str) -> None:
        """The first digit already stops us."""
        if not self._keypad.entering:
            if key == POUND:  # ends an entry that was never begun
                return
            await self._carry_out(self.turns.key_pressed())
        self.waiting.caller_spoke()
        await self._keypad.press(key)

    async def _digits_entered(self, digits: str) -> None:
        self.note(KeypadPressed(digits=digits, at_ms=self.ms(self._loop.time())))
        await self._carry_out(self.turns.keypad(prompts.keypad_entry(digits)))

    # -- turns into answers ------------------------------------------------------------------

    async def _carry_out(self, orders: list[Order]) -> None:
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
                    await self._answer(self.turns.said)
        if self.turns.deadline is not None:
            self.at("floor", self.turns.deadline, self._floor_due)

    async def _floor_due(self) -> None:
        await self._carry_out(self.turns.time_passed(self._loop.time()))

    async def _interrupt(self, now: float) -> None:
        """The rest of the answer is forgotten, wherever it is being made."""
        busy = self._answer_open or self.heard.line_out.waiting
        heard_some = self.heard.drop()
        if heard_some:
            self.note(CallerInterrupted(at_ms=self.ms(now), proved="interruption", resumed=False))
        self.parting.called_back()
        self._answer_open, self._tools_open = False, 0
        self.answer_number += 1
        if busy or heard_some:
            await self.channel.stop_answer()

    async def _answer(self, text: str) -> None:
        if self.is_ending:  # our goodbye is on the line, and nothing follows it
            return
        now = self._loop.time()
        self.heard.turn += 1
        last_sound = min(self.callers_last_sign() or now, now)
        self.heard.timing = TurnTiming(turn=self.heard.turn, last_sound=last_sound, ended=now)
        self.waiting.our_turn()
        if self.recovery.takes_message:
            await self.recovery.take_message(text)
            return
        self._context.caller_said(text)
        if self._language.asks_if_machine(text):
            await self.forget_guess()
            await self.say(self._language.sentences.machine_answer, "sentence")
        elif self._guess is not None:
            self._guess, self._answer_open, self._answer_has_words = None, True, False
        else:
            await self.run_model()

    async def run_model(self) -> None:
        self._answer_open, self._answer_has_words = True, False
        self.answer_number += 1
        if self.heard.timing and not self.heard.timing.asked:
            self.heard.timing.asked = self._loop.time()
        await self.channel.run_model(speculative=False)

    async def give_up_answer(self) -> None:
        """Nothing more is made of it; what is on the line already is heard out."""
        self._answer_open, self._tools_open = False, 0
        self.answer_number += 1
        self.heard.forget_unsaid()
        await self.channel.stop_answer()

    async def speak_with_second_voice(self) -> bool:
        """What the first voice did not say, the second one says."""
        if not await self.channel.second_voice():
            return False
        for text in self.heard.unsaid():
            self.heard.plan(text, "answer")
            await self.channel.speak(text)
        return True

    @property
    def is_ending(self) -> bool:
        return self._ending is not None or self.parting.ending is not None

    @property
    def speaks(self) -> bool:
        """Something of ours is being made, waits to be said, or is on the line."""
        return self.heard.mouth.playout.pending() or self.heard.line_out.waiting

    @property
    def answering(self) -> bool:
        """The model, or an action of its, works on an answer."""
        return self._answer_open

    @property
    def answer_awaited(self) -> bool:
        """The model works on an answer of which nothing is ready to be heard."""
        return self._answer_open and not self._tools_open and not self.heard.line_out.waiting

    @property
    def why_waiting(self) -> WaitingFor:
        if self._tools_open:
            return "slow_action"
        return "slow_speech" if self.heard.line_out.waiting else "slow_model"

    # -- what the pipeline tells -------------------------------------------------------------

    def first_word(self) -> None:
        if self.heard.timing and not self.heard.timing.first_word:
            self.heard.timing.first_word = self._loop.time()

    def sentence_planned(self, text: str) -> None:
        if self.heard.timing and not self.heard.timing.sentence:
            self.heard.timing.sentence = self._loop.time()
        self._answer_has_words = True
        self.heard.plan(text, "answer")
        if self._kit.live.watched:
            self._kit.live.publish(self._caller.call_id, "agent_speaking", text)

    def tools_began(self, count: int) -> None:
        self._tools_open += count
        if self.heard.timing:
            self.heard.timing.tools_began(self._loop.time())

    async def tool_answered(
        self, answer_number: int, call_id: str, name: str, arguments: object, result: object
    ) -> None:
        """One action is done; the model goes on when all of its batch are."""
        if answer_number != self.answer_number or not self._answer_open:
            return
        self._context.tool_answered(call_id, name, arguments, result)
        self._tools_open = max(0, self._tools_open - 1)
        if not self._tools_open:
            if self.heard.timing:
                self.heard.timing.tools_ended(self._loop.time())
            self.waiting.model_goes_on()
            await self.run_model()

    async def end_asked(self, answer_number: int) -> None:
        """The model asked to end the call."""
        if answer_number == self.answer_number:
            self._answer_open, self._tools_open = False, 0
            await self.parting.after_speech()

    async def answer_ended(self, answer_number: int) -> None:
        """The model has nothing more to say in this answer."""
        if answer_number != self.answer_number or self._tools_open:
            return
        if self._answer_open and not self._answer_has_words:
            await self.recovery.provider_failed("model", "", EMPTY_ANSWER)
            return
        self._answer_open = False
        self.recovery.answered()
        if not self.speaks:
            await self._all_heard()

    def _on_audible(self, utterance: Utterance) -> None:
        self.turns.agent_audible()
        if utterance.role != "filler":
            self.waiting.we_spoke()
        if utterance.role != "answer" and self._kit.live.watched:
            self._kit.live.publish(self._caller.call_id, "agent_speaking", utterance.text)

    async def _all_heard(self) -> None:
        if self._answer_open or self.speaks:
            return
        if self.parting.ending is not None:
            self.end(self.parting.ending)
            return
        if self._kit.live.watched:
            self._kit.live.publish(self._caller.call_id, "agent_stopped", "")
        await self._carry_out(self.turns.agent_done(self._loop.time()))
        if self.turns.floor is Floor.LISTENING:
            self.waiting.listen()
            self._shortening.begin_if_long()


def _same(guess: str, text: str) -> bool:
    return plain(guess) == plain(text)
