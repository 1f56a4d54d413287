"""One call's conversation: turns become answers, answers become speech, and every wait has an end.

An actor: whatever happens in a call, from a word of the caller's to a failed provider, is put into
one inbox and dealt with alone and in order, so no two of them can meet half-way.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal, Protocol

import prompts
from domain.company import Company, Line
from domain.events import (
    CallerInterrupted,
    CallerSaid,
    ContextShortened,
    Event,
    KeypadPressed,
    MessageTaken,
    ProviderFailed,
    RecordingStarted,
)
from domain.language import Language, plain
from domain.message_taking import MessageTaking, Step
from domain.patience import GOODBYE_PROOF_S
from domain.playout import Role, Utterance
from domain.ports.callbacks import CallbackRequest
from domain.ports.media import Ending
from domain.turn_taking import Floor, Order, TurnTaking
from pipelines.context import Context
from pipelines.deadlines import Deadlines
from pipelines.heard import Heard
from pipelines.kit import Caller, CallKit
from pipelines.recorder import Recorder
from pipelines.timing import TurnTiming
from pipelines.waiting import Waiting

KEYPAD_PAUSE_S = 2.0
NEARLY_OVER_S = 1.0
"""So close to the end of our question, "okay" is its answer and no backchannel."""


Station = Literal["speech_to_text", "model", "text_to_speech", "back_office", "line"]
WaitingFor = Literal["slow_action", "slow_model", "slow_speech"]


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
    ) -> None:
        self._kit = kit
        self._caller = caller
        self._company = company
        self._line = line
        self._language = language
        self._context = context
        self._recorder = recorder
        self.note = write
        self.ms = ms
        self._loop = asyncio.get_running_loop()
        self._inbox: asyncio.Queue[Callable[[], Awaitable[None] | None]] = asyncio.Queue()
        self._deadlines = Deadlines()
        self._ending: Ending | None = None
        self._hang_up_when_heard = False
        self._parting = Ending.AGENT_HUNG_UP
        self._answer_open = False
        self._tools_open = 0
        self._failures = 0
        self._message: MessageTaking | None = None
        self._guess: str | None = None
        self._digits = ""
        self._caller_began = 0.0
        self.words_so_far = ""
        self.filler_of_action = ""
        """What the company wants said while the running action takes its time."""
        self._summarising: asyncio.Task[None] | None = None
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
        self.channel: Channel

    # -- the inbox ---------------------------------------------------------------------------

    def tell(self, happened: Callable[[], Awaitable[None] | None]) -> None:
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
            if self._summarising:
                self._summarising.cancel()

    def end(self, ending: Ending) -> None:
        if self._ending is None:
            self._ending = ending

    def at(self, name: str, at: float, happened: Callable[[], Awaitable[None] | None]) -> None:
        """Deal with something at a moment of the loop's time."""
        self._deadlines.set(name, at, lambda: self.tell(happened))

    def not_at(self, name: str) -> None:
        self._deadlines.cancel(name)

    # -- opening -----------------------------------------------------------------------------

    async def open(self, *, resumed: bool) -> None:
        """The first words of a call: what the law wants heard, then the greeting."""
        self.at("longest_call", self._loop.time() + self._kit.patience.longest_call_s, self._too_long)
        if resumed:
            if self._line.recording:
                self._recorder.start(self._loop.time())
            await self.say(self._language.sentences.resumed, "sentence")
            return
        await self.say(self._line.disclosure, "disclosure")
        if self._line.recording:
            await self.say(self._line.recording_notice, "recording")
        await self.say(self._line.greeting, "sentence")

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
        guessed_right = self._guess is not None and _same(self._guess, text)
        if self._guess is not None and not guessed_right:
            await self._forget_guess()
        orders = self.turns.caller_finished(now, text, expected=self._expected())
        if guessed_right and orders != [Order.ANSWER]:
            await self._forget_guess()
        await self._carry_out(orders)
        await self.channel.caller_turn(begins=False)
        if self.turns.floor is Floor.LISTENING:
            self.waiting.listen()

    async def caller_may_be_done(self, text: str) -> None:
        """An eager end of turn: think ahead, say nothing yet."""
        if self.turns.floor is Floor.CALLER and not self._message and text.strip():
            self._guess = text
            self._context.caller_said(text)
            await self.channel.run_model(speculative=True)
            self._context.unsay_caller()

    async def caller_goes_on(self) -> None:
        await self._forget_guess()

    async def _forget_guess(self) -> None:
        if self._guess is not None:
            self._guess = None
            await self.channel.withdraw_guess()

    def _expected(self) -> bool:
        playout = self.heard.mouth.playout
        current = playout.current()
        asks = current is not None and current.text.rstrip().endswith("?")
        return asks and not self._answer_open and playout.remaining_s(self._loop.time()) < NEARLY_OVER_S

    async def key_pressed(self, key: str) -> None:
        """Digits are joined until # or a pause; the first one already stops us."""
        now = self._loop.time()
        self.waiting.caller_spoke()
        if not self._digits and not self.heard.mouth.playout.protected():
            await self._interrupt(now)
        if key != "#":
            self._digits += key
            self.at("keypad", now + KEYPAD_PAUSE_S, self._keypad_done)
        else:
            self.not_at("keypad")
            await self._keypad_done()

    async def _keypad_done(self) -> None:
        digits, self._digits = self._digits, ""
        if digits:
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
                    self.note(CallerInterrupted(at_ms=self.ms(now), kind="backchannel", resumed=True))
                case Order.DROP:
                    await self._interrupt(now)
                case Order.ANSWER:
                    await self._answer(self.turns.said)
        if self.turns.deadline is not None:
            self.at("floor", self.turns.deadline, self._floor_due)

    async def _floor_due(self) -> None:
        await self._carry_out(self.turns.time_passed(self._loop.time()))

    async def _interrupt(self, now: float) -> None:
        """The rest of the answer is forgotten, wherever it is being made."""
        heard_some = self.heard.drop()
        if heard_some:
            self.note(CallerInterrupted(at_ms=self.ms(now), kind="interruption", resumed=False))
        elif self._answer_open:
            self._context.unsay_caller()
        busy, self._answer_open, self._tools_open = self._answer_open, False, 0
        if busy or heard_some:
            await self.channel.stop_answer()

    async def _answer(self, text: str) -> None:
        now = self._loop.time()
        self.heard.turn += 1
        last_sound = min(self.channel.last_sound() or now, now)
        self.heard.timing = TurnTiming(turn=self.heard.turn, last_sound=last_sound, ended=now)
        self.waiting.our_turn()
        if self._message:
            await self._take_message(text)
        elif self._language.asks_if_machine(text):
            self._context.caller_said(text)
            await self.say(self._language.sentences.machine_answer, "sentence")
        else:
            self._context.caller_said(text)
            if self._guess is not None:
                self._guess = None
                self._answer_open = True
            else:
                await self.run_model()

    async def run_model(self) -> None:
        self._answer_open = True
        if self.heard.timing and not self.heard.timing.asked:
            self.heard.timing.asked = self._loop.time()
        await self.channel.run_model(speculative=False)

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
        self.heard.plan(text, "answer")
        if self._kit.live.watched:
            self._kit.live.publish(self._caller.call_id, "agent_speaking", text)

    def tools_began(self, count: int) -> None:
        self._tools_open += count
        if self.heard.timing:
            self.heard.timing.tools_began(self._loop.time())

    async def tool_answered(self, call_id: str, name: str, arguments: object, result: object) -> None:
        """One action is done; the model goes on when all of its batch are."""
        if not self._answer_open:
            return
        self._context.tool_answered(call_id, name, arguments, result)
        self._tools_open -= 1
        if self._tools_open <= 0:
            self._tools_open = 0
            if self.heard.timing:
                self.heard.timing.tools_ended(self._loop.time())
            await self.run_model()

    async def answer_ended(self) -> None:
        """The model has nothing more to say in this answer."""
        if self._tools_open:
            return
        self._answer_open = False
        self._failures = 0
        if not self.heard.mouth.playout.pending():
            await self._all_heard()

    def _on_audible(self, utterance: Utterance) -> None:
        self.turns.agent_audible()
        if utterance.role != "filler":
            self.waiting.we_spoke()
        if utterance.role != "answer" and self._kit.live.watched:
            self._kit.live.publish(self._caller.call_id, "agent_speaking", utterance.text)

    async def _all_heard(self) -> None:
        if self._answer_open or self.heard.line_out.waiting or self.heard.mouth.playout.pending():
            return
        if self._hang_up_when_heard:
            self.end(self._parting)
            return
        if self._kit.live.watched:
            self._kit.live.publish(self._caller.call_id, "agent_stopped", "")
        await self._carry_out(self.turns.agent_done(self._loop.time()))
        if self.turns.floor is Floor.LISTENING:
            self.waiting.listen()
            self._shorten_if_long()

    # -- ends --------------------------------------------------------------------------------

    async def goodbye(self, text: str | None = None) -> None:
        """Say it, prove that it was heard, hang up."""
        if self._hang_up_when_heard:
            return
        self._hang_up_when_heard = True
        self.waiting.stop()
        await self.say(text or self._language.sentences.goodbye, "goodbye")
        self._bound_the_goodbye()

    async def end_after_speech(self) -> None:
        """The model said its goodbye and asked to end the call."""
        self._answer_open, self._tools_open = False, 0
        if not self.heard.mouth.playout.pending() and not self.heard.line_out.waiting:
            await self.goodbye()
            return
        self._hang_up_when_heard = True
        self.waiting.stop()
        self._bound_the_goodbye()

    def _bound_the_goodbye(self) -> None:
        longest = self.heard.mouth.playout.remaining_s(self._loop.time()) + GOODBYE_PROOF_S
        self.at("goodbye", self._loop.time() + longest, lambda: self.end(self._parting))

    async def _too_long(self) -> None:
        await self.goodbye()

    # -- failures ----------------------------------------------------------------------------

    async def provider_failed(self, station: Station, provider: str, error: str) -> None:
        """A provider gave up in this turn: once more where that can help, else without it."""
        if self._hang_up_when_heard or self._ending:
            return
        retry = station == "model" and self._failures == 0 and self.turns.ours
        took_over: Literal["retry", "apology"] = "retry" if retry else "apology"
        self.note(ProviderFailed(station=station, provider=provider, error=error, took_over=took_over))
        self._failures += 1
        if retry:
            await self.run_model()
        elif station == "speech_to_text":
            await self._give_up()
        elif not self._message:
            await self._apologise()

    def second_model(self, error: str) -> None:
        self.note(ProviderFailed(station="model", provider="first", error=error, took_over="second_provider"))

    async def _give_up(self) -> None:
        """We cannot hear the caller: apologise and give the call to the line's fallback."""
        self._parting = Ending.FALLBACK
        await self.goodbye(self._language.sentences.line_trouble)

    async def _apologise(self) -> None:
        """Without a model the call still does something for the caller: it takes a message."""
        self._answer_open, self._tools_open = False, 0
        self.heard.line_out.forget()
        self._message = MessageTaking()
        sentences = self._language.sentences
        await self.say(sentences.provider_failure, "sentence")
        await self.say(sentences.call_back_offer, "sentence")

    async def _take_message(self, text: str) -> None:
        assert self._message is not None
        sentences = self._language.sentences
        step = self._message.caller_said(text)
        if step is Step.NOTED:
            message_id = await self._kit.callbacks.take(
                CallbackRequest(
                    call_id=self._caller.call_id,
                    company=self._company.id,
                    number=self._caller.number,
                    name="",
                    about=self._message.about,
                )
            )
            self.note(
                MessageTaken(
                    message_id=message_id, number=self._caller.number, name="", about=self._message.about
                )
            )
            await self.goodbye(sentences.call_back_noted)
        else:
            await self.say(sentences.call_back_offer, "sentence")

    # -- long calls --------------------------------------------------------------------------

    def _shorten_if_long(self) -> None:
        if self._context.too_long() and self._summarising is None:
            self._summarising = asyncio.create_task(self._shorten())

    async def _shorten(self) -> None:
        replaced = len(self._context.oldest())
        summary = await self.channel.summarise()
        if summary:
            self._context.shorten(replaced, self._caller.facts(summary))
            self.note(ContextShortened(turns=replaced, summary=summary))
        self._summarising = None


def _same(guess: str, text: str) -> bool:
    return plain(guess) == plain(text)
