"""A caller in the hands of a scene: speaks recordings, listens, answers, repeats itself when asked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.carrier.call import SimulatedCall
from simulator.carrier.scripted import CallOver, HeardOtherwise, ScriptedTelephone
from simulator.carrier.sound import level_dbfs
from simulator.rehearsal.ear import Ear
from simulator.rehearsal.utterances import utterance

QUIET_S = 0.9
"""So long after the agent's last sound a caller takes the turn."""
PATIENCE_S = 30.0
MOST_TURNS = 10
REPEATS = 2
HUSH_DBFS = -60.0


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a caller answers to a question."""

    when: str
    """Regular expression, found in what the agent said."""
    ways: tuple[str, ...] = ()
    """Utterances; each time that the question comes the next one, and the last again from then on."""
    keys: str = ""
    """Pressed instead, where speech is weak."""


GOODBYE = Reply(when=r"anything else|help you|can i do", ways=("goodbye-again", "goodbye", "goodbye-bare"))


class CallersTelephone(ScriptedTelephone):
    """Knows how loud either side is, for those who watch, and waits for the answer behind "one moment"."""

    def __init__(self, ear: Ear) -> None:
        super().__init__()
        self.ear = ear
        self.caller_dbfs = self.agent_dbfs = HUSH_DBFS

    def speak(self) -> bytes | None:
        frame = super().speak()
        self.caller_dbfs = level_dbfs(frame) if frame else HUSH_DBFS
        return frame

    def listen(self, frame: bytes) -> None:
        self.agent_dbfs = level_dbfs(frame)
        super().listen(frame)

    async def hears_answer(self, *, quiet_s: float = QUIET_S, patience_s: float = PATIENCE_S) -> None:
        """The agent has said all it has to say for now; the turn is the caller's."""
        await self._until(lambda: self._is_answered(quiet_s), patience_s, "an answer")
        self._line().recording.to_caller(self._last_heard_s or self.now_s)

    async def hears_answer_for(self, seconds: float, *, patience_s: float = PATIENCE_S) -> None:
        """The agent is in the middle of an answer, and not in that of "one moment, please"."""

        def is_in_answer() -> bool:
            if self._began_s is None or self.ear.answer_since_s is None:
                return False
            began_s = max(self._began_s, self._turn_s, self.ear.answer_since_s)
            return self._said_since_turn() and self.now_s - began_s >= seconds

        await self._until(is_in_answer, patience_s, f"{seconds} s of an answer")

    async def hears_words(self, pattern: str, *, patience_s: float = PATIENCE_S) -> None:
        """The agent has said that, and is quiet."""
        await self._until(
            lambda: (
                re.search(pattern, self.ear.words, re.IGNORECASE) is not None and self._is_answered(QUIET_S)
            ),
            patience_s,
            f"the words {pattern!r}",
        )
        self._line().recording.to_caller(self._last_heard_s or self.now_s)

    def _is_answered(self, quiet_s: float) -> bool:
        return (
            self._said_since_turn()
            and self._quiet_for(quiet_s)
            and not self.ear.told_to_wait
            and not self.ear.awaits_sound(self._last_heard_s or 0.0, self.now_s)
        )


class Caller:
    """One person on one call."""

    def __init__(self, call: SimulatedCall, telephone: CallersTelephone) -> None:
        self.call = call
        self.telephone = telephone
        self.spoke_at_s: list[float] = []
        """When each utterance began, on the recording's clock."""
        self.pressed_at_s: list[float] = []
        """When the last of several keys was pressed."""
        self._replied: dict[str, int] = {}

    @property
    def heard(self) -> str:
        """What the agent said since our last turn."""
        return self.telephone.ear.words

    async def listen(self) -> str:
        """Hear the agent out."""
        await self.telephone.hears_answer()
        return self.heard

    async def say(self, *parts: str | float) -> None:
        """Utterances by their ids, with pauses in seconds between them."""
        self.telephone.ear.forget()
        for part in parts:
            if isinstance(part, str):
                self.spoke_at_s.append(self.telephone.now_s)
                await self.telephone.says(utterance(part).sound)
            else:
                await self.telephone.waits(part)

    async def press(self, digits: str) -> None:
        self.telephone.ear.forget()
        await self.telephone.presses(digits)
        self.pressed_at_s.append(self.telephone.now_s)

    async def ask(self, *ways: str) -> str:
        """Say the first way, and the next where the agent asks again, at most twice; -> the answer."""
        await self.say(ways[0])
        return await self.repeat_if_asked(*ways[1:], ways[-1])

    async def repeat_if_asked(self, *ways: str) -> str:
        """-> what the agent says when it has understood, or for the last time."""
        answer = await self.listen()
        for way in ways[:REPEATS]:
            if not self.telephone.ear.asked_again:
                break
            await self.say(way)
            answer = await self.listen()
        return answer

    async def ask_and_hear(self, seconds: float, *ways: str) -> None:
        """Ask until there is an answer, and hear that much of it."""
        for way in ways[: 1 + REPEATS]:
            await self.say(way)
            await self.telephone.hears_answer_for(seconds)
            if not self.telephone.ear.asked_again:
                return
            await self.listen()
        raise HeardOtherwise(f"an answer to none of {len(ways)} tries")

    async def hear_of(self, pattern: str) -> str:
        """Wait for the agent to say that by itself."""
        await self.telephone.hears_words(pattern)
        return self.heard

    async def converse(self, *replies: Reply) -> None:
        """Answer what the agent asks until it hangs up. A caller with nothing to answer says goodbye.

        Raises `HeardOtherwise` where that goes on and on.
        """
        try:
            for _ in range(MOST_TURNS):
                await self._reply(replies)
        except CallOver:
            return
        raise HeardOtherwise(f"{MOST_TURNS} turns of question and answer, and no end")

    async def answer_until(self, pattern: str, *replies: Reply) -> str:
        """Answer what the agent asks until it says that; -> its words.

        Raises `HeardOtherwise` or `CallOver`.
        """
        for _ in range(MOST_TURNS):
            if re.search(pattern, self.heard, re.IGNORECASE):
                return self.heard
            await self._reply(replies)
        raise HeardOtherwise(f"{pattern!r} in none of {MOST_TURNS} turns")

    async def goes_quiet(self, *, patience_s: float = 60.0) -> None:
        """Say nothing until the agent hangs up."""
        await self.telephone.ends(patience_s=patience_s)

    def hang_up(self) -> None:
        self.telephone.hang_up()

    async def _reply(self, replies: Sequence[Reply]) -> None:
        reply = reply_to(self.heard, (*replies, GOODBYE))
        if reply.keys:
            await self.press(reply.keys)
        else:
            await self.say(self._way_of(reply))
        await self.listen()

    def _way_of(self, reply: Reply) -> str:
        times = self._replied[reply.when] = self._replied.get(reply.when, 0) + 1
        return reply.ways[min(times, len(reply.ways)) - 1]


def reply_to(question: str, replies: Sequence[Reply]) -> Reply:
    """The latest question of a turn is the one that wants an answer; who is asked nothing says goodbye."""
    asked = [(found[-1], reply) for reply in replies if (found := _places(reply.when, question))]
    return max(asked, key=lambda one: one[0])[1] if asked else GOODBYE


def _places(pattern: str, text: str) -> list[int]:
    return [match.start() for match in re.finditer(pattern, text, re.IGNORECASE)]
