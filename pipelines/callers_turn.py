"""The caller's side: what they say and the keys they press, from the first sound to the end of the turn."""

import asyncio
from typing import TYPE_CHECKING

import prompts
from domain.events import CallerSaid, KeypadPressed
from domain.turn_taking import Floor, Order
from pipelines.deadlines import Deadlines
from pipelines.keypad import POUND, Keypad

if TYPE_CHECKING:
    from pipelines.dialogue import Dialogue

NEARLY_OVER_S = 1.0
"""So close to the end of our question, "okay" is its answer and no backchannel."""
DOUBT_AFTER_S = 1.0
"""So long after its start, a turn is first looked at for being stuck."""


class CallersTurn:
    """Tells the floor what the caller does. Runs in the dialogue's inbox, like all that happens in a call."""

    def __init__(self, dialogue: "Dialogue", deadlines: Deadlines) -> None:
        self._dialogue = dialogue
        self._keypad = Keypad(deadlines, self._digits_entered)
        self._loop = asyncio.get_running_loop()
        self._began = self._last_key = 0.0
        self.words_so_far = ""

    def last_sign(self) -> float:
        """When the caller last made a sound or pressed a key, in seconds of the loop's time; 0.0 before."""
        return max(self._dialogue.channel.last_sound(), self._last_key)

    # -- words -------------------------------------------------------------------------------

    async def started(self, words: str = "") -> None:
        """The recogniser noticed speech; `words` where it already has some."""
        dialogue, now = self._dialogue, self._loop.time()
        self.words_so_far, self._began = words, now
        dialogue.waiting.caller_spoke()
        dialogue.at("stuck_turn", now + DOUBT_AFTER_S, dialogue.waiting.look_for_stuck_turn)
        await dialogue.channel.caller_turn(begins=True)
        await dialogue.carry_out(dialogue.turns.caller_started(now, words))

    async def words(self, words: str) -> None:
        """The turn's words so far."""
        dialogue = self._dialogue
        self.words_so_far = words
        dialogue.show("caller_partial", words)
        orders = dialogue.turns.caller_words(self._loop.time(), words, expected=self._answers_question())
        await dialogue.carry_out(orders)

    async def finished(self, text: str, confidence: float | None = None) -> None:
        """The turn is over; empty text where nothing was understood."""
        dialogue, now = self._dialogue, self._loop.time()
        dialogue.not_at("stuck_turn")
        self.words_so_far = ""
        began, self._began = self._began or now, 0.0
        text = text.strip()
        if text:
            self._note(text, began, now, confidence)
        guessed_right = dialogue.answer.guessed(dialogue.turns.whole(text))
        if not guessed_right:
            await dialogue.answer.forget_guess()
        orders = dialogue.turns.caller_finished(now, text, expected=self._answers_question())
        if guessed_right and orders != [Order.ANSWER]:
            await dialogue.answer.forget_guess()
        await dialogue.carry_out(orders)
        await dialogue.channel.caller_turn(begins=False)
        if dialogue.turns.floor is Floor.LISTENING:
            dialogue.waiting.listen()

    async def may_be_done(self, text: str) -> None:
        """An eager end of turn."""
        dialogue = self._dialogue
        if dialogue.turns.floor is Floor.CALLER and not dialogue.recovery.takes_message and text.strip():
            await dialogue.answer.guess(dialogue.turns.whole(text))

    def _answers_question(self) -> bool:
        """Our question is all but over."""
        playout = self._dialogue.heard.mouth.playout
        current = playout.current()
        asks = current is not None and current.text.rstrip().endswith("?")
        nearly_over = playout.remaining_s(self._loop.time()) < NEARLY_OVER_S
        return asks and nearly_over and not self._dialogue.answer.open

    def _note(self, text: str, began: float, now: float, confidence: float | None) -> None:
        dialogue = self._dialogue
        ended = max(began, min(now, dialogue.channel.last_sound()))
        dialogue.note(
            CallerSaid(
                turn=dialogue.heard.turn + 1,
                text=text,
                started_ms=dialogue.ms(began),
                ended_ms=dialogue.ms(ended),
                confidence=confidence,
            )
        )

    # -- keys --------------------------------------------------------------------------------

    async def key_pressed(self, key: str) -> None:
        """The first digit already stops us."""
        dialogue = self._dialogue
        self._last_key = self._loop.time()
        if not self._keypad.entering:
            if key == POUND:  # ends an entry that was never begun
                return
            await dialogue.carry_out(dialogue.turns.key_pressed())
        dialogue.waiting.caller_spoke()
        await self._keypad.press(key)

    async def _digits_entered(self, digits: str) -> None:
        dialogue = self._dialogue
        dialogue.note(KeypadPressed(digits=digits, at_ms=dialogue.ms(self._loop.time())))
        await dialogue.carry_out(dialogue.turns.keypad(prompts.keypad_entry(digits)))
