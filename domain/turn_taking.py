"""Whose turn it is: the caller pauses, cuts in, hums along, and the agent yields, waits or goes on.

Pure: words and moments go in, orders come out. The caller may pause in mid-sentence; a
backchannel does not stop the agent for good; a real interruption stops it at once; what the law
wants heard is never stopped, and what the caller said meanwhile is answered afterwards.
"""

from collections.abc import Callable
from enum import Enum
from typing import Protocol

UNFINISHED_WAIT_S = 0.9
"""How much longer a caller may pause whose sentence is plainly not over."""
PROVEN_BY_WORDS = 2
"""A first word is often revised ("um" becomes "mhm"); while we are silent, a second one is worth the wait."""
UNPROVEN_HOLD_S = 1.2
"""How long we stay held back by a sound that no words follow."""


class Floor(Enum):
    """Who has the turn."""

    LISTENING = "listening"
    """Nobody speaks; we wait for the caller."""
    CALLER = "caller"
    UNFINISHED = "unfinished"
    """The caller paused in mid-sentence."""
    THINKING = "thinking"
    """The turn is ours, and nothing of the answer is heard yet."""
    AGENT = "agent"
    HELD = "held"
    """The caller made a sound over us; we fell silent and wait for words."""


class Order(Enum):
    """What the line has to do."""

    HOLD = "hold"
    """Clear the carrier's buffer and keep what was not heard."""
    RESUME = "resume"
    """Go on from the last heard word."""
    DROP = "drop"
    """The caller interrupted: forget the rest of the answer, stop making it."""
    TAKE_BACK = "take_back"
    """The caller goes on with a turn whose answer has no sound yet: forget the answer and the question."""
    ANSWER = "answer"
    """The caller's turn is over: answer `TurnTaking.said`."""


class Hearing(Protocol):
    """What turn taking must know of a language."""

    def is_backchannel(self, text: str) -> bool: ...

    def seems_unfinished(self, text: str) -> bool: ...


class TurnTaking:
    """One call's floor. Every method takes the moment, in seconds, and returns orders in their order."""

    def __init__(
        self, language: Hearing, *, is_protected: Callable[[], bool], weigh_pauses: bool = True
    ) -> None:
        """`weigh_pauses`: False where the recogniser itself waits for the end of a sentence."""
        self._language = language
        self._weigh_pauses = weigh_pauses
        self._is_protected = is_protected
        self._carried = ""
        self._over_us = False
        self.floor = Floor.LISTENING
        self.said = ""
        """The caller's whole turn, once `Order.ANSWER` was given."""
        self.deadline: float | None = None
        """When `time_passed` must be called, if nothing else happens."""

    def replace_words(self, was: str, now: str) -> None:
        """What the caller said earlier in this turn must not be kept as they said it."""
        self._carried, self.said = self._carried.replace(was, now), self.said.replace(was, now)

    @property
    def ours(self) -> bool:
        """The turn is the agent's: a silence now is our silence."""
        return self.floor in (Floor.THINKING, Floor.AGENT)

    def whole(self, text: str) -> str:
        """The caller's turn, if it ended with this text: with what they said before it."""
        return f"{self._carried} {text}".strip()

    # -- the caller --------------------------------------------------------------------------

    def caller_started(self, now: float, words: str = "") -> list[Order]:
        match self.floor:
            case Floor.THINKING:
                if self._is_protected():
                    self._over_us = True
                    return []
                return [] if words and self._language.is_backchannel(words) else self._take_back()
            case Floor.AGENT:
                self._over_us = True
                return self._over_our_speech(now, words)
            case Floor.HELD:
                return self.caller_words(now, words)
            case _:
                self._to(Floor.CALLER)
                return []

    def caller_words(self, now: float, words: str, *, expected: bool = False) -> list[Order]:
        """The turn's words so far. `expected`: our question is all but over, so "yes" is an answer."""
        if not words:
            return []
        match self.floor:
            case Floor.AGENT if self._over_us:
                return self._over_our_speech(now, words, expected=expected)
            case Floor.HELD if self._passes(words, expected=expected):
                self._to(Floor.AGENT)
                return [Order.RESUME]
            case Floor.HELD if len(words.split()) < PROVEN_BY_WORDS:
                self.deadline = now + UNPROVEN_HOLD_S
                return []
            case Floor.HELD:
                self._to(Floor.CALLER)
                return [Order.DROP]
            case _:
                return []

    def caller_finished(self, now: float, text: str, *, expected: bool = False) -> list[Order]:
        """The recogniser says that the turn is over; `text` may be empty where it was only noise."""
        match self.floor:
            case Floor.AGENT:
                return self._finished_over_us(now, text, expected=expected)
            case Floor.HELD:
                self._over_us = False
                if not text or self._passes(text, expected=expected):
                    self._keep_for_later(text, expected=expected)
                    self._to(Floor.AGENT)
                    return [Order.RESUME]
                return [Order.DROP, *self._finish(now, text)]
            case Floor.THINKING:
                if not text or self._passes(text, expected=False):
                    self._keep_for_later(text, expected=False)
                    return []
                return [*self._take_back(), *self._finish(now, text)]
            case _:
                return self._finish(now, text)

    def key_pressed(self) -> list[Order]:
        """The first key of an entry is an interruption, and from there on the turn is the caller's."""
        if self.floor in (Floor.AGENT, Floor.THINKING, Floor.HELD) and self._is_protected():
            return []
        orders = [Order.DROP] if self.floor in (Floor.AGENT, Floor.THINKING, Floor.HELD) else []
        self._to(Floor.CALLER)
        return orders

    def keypad(self, digits: str) -> list[Order]:
        """A finished keypad entry is a turn, or ends the one that the caller began to speak."""
        if self.floor in (Floor.AGENT, Floor.THINKING, Floor.HELD):
            if self._is_protected():
                self._carried = self.whole(digits)
                return []
            return [Order.DROP, self._answer(self.whole(digits))]
        return [self._answer(self.whole(digits))]

    def _passes(self, words: str, *, expected: bool) -> bool:
        """These words over our speech do not stop it for good."""
        return self._is_protected() or (self._language.is_backchannel(words) and not expected)

    def _keep_for_later(self, text: str, *, expected: bool) -> None:
        """What was said over protected speech is answered when that has been heard."""
        if text and (expected or not self._language.is_backchannel(text)):
            self._carried = self.whole(text)

    def _take_back(self) -> list[Order]:
        self._carried, self.said = f"{self.said} {self._carried}".strip(), ""
        self._to(Floor.CALLER)
        return [Order.TAKE_BACK]

    def _over_our_speech(self, now: float, words: str, *, expected: bool = False) -> list[Order]:
        if self._is_protected() or (words and self._passes(words, expected=expected)):
            return []
        if words:
            self._to(Floor.CALLER)
            return [Order.DROP]
        self._to(Floor.HELD, now + UNPROVEN_HOLD_S)
        return [Order.HOLD]

    def _finished_over_us(self, now: float, text: str, *, expected: bool) -> list[Order]:
        self._over_us = False
        if not text or self._passes(text, expected=expected):
            self._keep_for_later(text, expected=expected)
            return []
        return [Order.DROP, *self._finish(now, text)]

    def _finish(self, now: float, text: str) -> list[Order]:
        whole = self.whole(text)
        if not whole:
            self._to(Floor.LISTENING)
            return []
        if text and self._weigh_pauses and self._language.seems_unfinished(whole):
            self._carried = whole
            self._to(Floor.UNFINISHED, now + UNFINISHED_WAIT_S)
            return []
        return [self._answer(whole)]

    def _answer(self, text: str) -> Order:
        self.said, self._carried, self._over_us = text, "", False
        self._to(Floor.THINKING)
        return Order.ANSWER

    # -- the agent ---------------------------------------------------------------------------

    def agent_audible(self) -> None:
        """The first sound of an answer, a prompt or a notice is on the line."""
        if self.floor in (Floor.THINKING, Floor.LISTENING):
            self._to(Floor.AGENT)

    def agent_done(self, now: float) -> list[Order]:
        """All that we had to say has been heard."""
        if self.floor not in (Floor.AGENT, Floor.THINKING, Floor.HELD):
            return []
        if self._carried:
            carried, self._carried = self._carried, ""
            return self._finish(now, carried)
        self._to(Floor.CALLER if self._over_us else Floor.LISTENING)
        self._over_us = False
        return []

    # -- time --------------------------------------------------------------------------------

    def time_passed(self, now: float) -> list[Order]:
        if self.deadline is None or now < self.deadline - 1e-6:
            return []
        match self.floor:
            case Floor.UNFINISHED:
                return [self._answer(self._carried)]
            case Floor.HELD:
                self._to(Floor.AGENT)
                return [Order.RESUME]
            case _:
                self.deadline = None
                return []

    def _to(self, floor: Floor, deadline: float | None = None) -> None:
        self.floor, self.deadline = floor, deadline
