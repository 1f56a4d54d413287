"""The caller's side: what they say and the keys they press, from the first sound to the end of the turn."""

import prompts
from domain.events import CallerSaid, KeypadPressed
from domain.patience import STUCK_TURN_S
from domain.turn_taking import Floor, Order
from pipelines.answer import Answer
from pipelines.consent import Consent
from pipelines.floor import FloorOrders
from pipelines.keypad import POUND, Keypad
from pipelines.message import Message
from pipelines.parting import Parting
from pipelines.talk import Talk
from pipelines.waiting import Waiting

NEARLY_OVER_S = 1.0
"""So close to the end of our question, "okay" is its answer and no backchannel."""
DOUBT_AFTER_S = 1.0
"""So long after its start, a turn is first looked at for being stuck."""
LOOK_EVERY_S = 1.0


class CallersTurn:
    """Tells the floor what the caller does. Runs in the inbox, like all that happens in a call."""

    def __init__(
        self,
        talk: Talk,
        floor: FloorOrders,
        answer: Answer,
        waiting: Waiting,
        message: Message,
        parting: Parting,
        consent: Consent,
    ) -> None:
        self._talk = talk
        self._floor = floor
        self._answer = answer
        self._waiting = waiting
        self._message = message
        self._parting = parting
        self._consent = consent
        self._keypad = Keypad(talk.inbox, self._digits_entered)
        self._began = self._entry_began = 0.0
        self._words_so_far = ""

    # -- words -------------------------------------------------------------------------------

    async def started(self, words: str = "") -> None:
        """The recogniser noticed speech; `words` where it already has some."""
        talk, now = self._talk, self._talk.now
        self._words_so_far, self._began = words, now
        if not talk.turns.whole(""):
            talk.heard.caller_began(now)
        words = talk.guard.started(words, talk.notes.ms(now))
        self._waiting.caller_spoke()
        talk.inbox.at("stuck_turn", now + DOUBT_AFTER_S, self._look_for_stuck_turn)
        await talk.channel.caller_turn(begins=True)
        if not talk.guard.sensitive:  # whoever mutters while they type takes no turn
            await self._floor.carry_out(talk.turns.caller_started(now, words))

    async def words(self, words: str) -> None:
        """The turn's words so far."""
        talk = self._talk
        self._words_so_far = words
        words = talk.guard.words(words)
        talk.show("caller_partial", words)
        orders = talk.turns.caller_words(talk.now, words, expected=self._answers_question())
        await self._floor.carry_out(orders)

    async def finished(self, text: str, confidence: float | None = None) -> None:
        """The turn is over; empty text where nothing was understood."""
        talk, now = self._talk, self._talk.now
        talk.inbox.not_at("stuck_turn")
        self._words_so_far = ""
        began, self._began = self._began or now, 0.0
        ended = max(began, min(now, talk.channel.last_sound()))
        text = talk.guard.finished(text.strip(), talk.notes.ms(began), talk.notes.ms(ended))
        if text:
            self._note(text, began, ended, confidence)
            talk.sheet.truth.learn_said(text)
        guessed_right = self._answer.guessed(talk.turns.whole(text))
        if not guessed_right:
            await self._answer.forget_guess()
        orders = talk.turns.caller_finished(now, text, expected=self._answers_question())
        if guessed_right and orders != [Order.ANSWER]:
            await self._answer.forget_guess()
        await self._floor.carry_out(orders)
        await talk.channel.caller_turn(begins=False)
        if talk.turns.floor is Floor.LISTENING:
            self._waiting.listen()

    async def may_be_done(self, text: str) -> None:
        """An eager end of turn."""
        turns = self._talk.turns
        text = self._talk.guard.may_be_done(text)
        answers = self._message.open or self._consent.open
        if turns.floor is Floor.CALLER and not answers and text.strip():
            await self._answer.guess(turns.whole(text))

    def _answers_question(self) -> bool:
        """Our question is all but over."""
        playout = self._talk.heard.mouth.playout
        current = playout.current()
        asks = self._consent.open or (current is not None and current.text.rstrip().endswith("?"))
        nearly_over = playout.remaining_s(self._talk.now) < NEARLY_OVER_S
        return asks and nearly_over and not self._answer.open

    async def _look_for_stuck_turn(self) -> None:
        """The recogniser believes that the caller speaks; our own ear says that they are quiet."""
        talk, now = self._talk, self._talk.now
        if talk.turns.floor is not Floor.CALLER or self._parting.decided:
            return
        if now - talk.channel.last_sound() >= STUCK_TURN_S:
            words = self._words_so_far
            await self.finished(words)
            if not words:
                await talk.say(talk.sheet.language.sentences.not_understood[0], "sentence")
            return
        talk.inbox.at("stuck_turn", now + LOOK_EVERY_S, self._look_for_stuck_turn)

    def _note(self, text: str, began: float, ended: float, confidence: float | None) -> None:
        notes = self._talk.notes
        notes.write(
            CallerSaid(
                turn=self._talk.heard.turn + 1,
                text=text,
                started_ms=notes.ms(began),
                ended_ms=notes.ms(ended),
                confidence=confidence,
            )
        )

    # -- keys --------------------------------------------------------------------------------

    async def key_pressed(self, key: str) -> None:
        """The first digit already stops us."""
        talk = self._talk
        talk.last_key = talk.now
        if await talk.guard.key(key):
            return
        if not self._keypad.entering:
            if key == POUND:  # ends an entry that was never begun
                return
            self._entry_began = talk.now
            talk.heard.caller_began(talk.now)
            await self._floor.carry_out(talk.turns.key_pressed())
        self._waiting.caller_spoke()
        await self._keypad.press(key)

    async def _digits_entered(self, digits: str) -> None:
        talk = self._talk
        began_ms, now_ms = talk.notes.ms(self._entry_began), talk.notes.ms(talk.now)
        if not (digits := talk.guard.entered(digits, began_ms, now_ms)):
            return
        talk.sheet.truth.learn_said(digits)
        talk.notes.write(KeypadPressed(digits=digits, at_ms=now_ms))
        entry = prompts.keypad_entry(digits)
        key = digits if len(digits) == 1 and not talk.turns.whole("") else ""
        await self._floor.carry_out(talk.turns.keypad(entry), key=key)
