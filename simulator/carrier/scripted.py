"""A telephone in the hands of a script: says given sound at given moments and waits for what it hears."""

import asyncio
from collections import deque
from collections.abc import Callable

from simulator.carrier.line import Line, Telephone
from simulator.carrier.recording import UTTERANCE_S
from simulator.carrier.sound import FRAME_BYTES, FRAME_S, SILENCE, is_audible


class CallOver(Exception):
    """The call ended while the script waited for something in it."""


class HeardOtherwise(Exception):
    """What the script waited for did not happen in time: the scene has failed, and says where."""


class ScriptedTelephone(Telephone):
    """All waiting is decided at the line's ticks; all seconds are the recording's."""

    def __init__(self) -> None:
        self._voice: deque[bytes] = deque()
        self._waiting: list[tuple[Callable[[], bool], asyncio.Future[None]]] = []
        self._began_s: float | None = None
        """When the agent began what it is saying; pauses of `UTTERANCE_S` are inside it."""
        self._last_heard_s: float | None = None
        self._turn_s = 0.0

    @property
    def now_s(self) -> float:
        return self._line().recording.seconds

    @property
    def is_over(self) -> bool:
        return self._line().is_over

    async def answered(self, *, patience_s: float = 20.0) -> None:
        """The carrier picked up."""
        waited = 0.0
        while self.now_s == 0:
            await self._pass_or_fail(waited, patience_s, "an answer")
            waited += FRAME_S

    async def says(self, mulaw: bytes) -> None:
        """Speak at once, over the agent if need be; returns with the last frame, and the turn has passed."""
        self._line().recording.to_caller(self.now_s)
        whole = mulaw + SILENCE[: -len(mulaw) % FRAME_BYTES]
        self._voice.extend(whole[i : i + FRAME_BYTES] for i in range(0, len(whole), FRAME_BYTES))
        await self._until(lambda: not self._voice, len(mulaw), "its own words")
        self._pass_turn()

    async def presses(self, digits: str, *, gap_s: float = 0.3) -> None:
        """Keys one after another; the turn has passed with the last."""
        for position, digit in enumerate(digits):
            if position:
                await self.waits(gap_s)
            self.press(digit)
        self._pass_turn()

    async def hears_out(self, *, quiet_s: float = 0.8, patience_s: float = 20.0) -> None:
        """The agent has said something since the turn passed, and has stopped; the turn is the caller's."""
        await self._until(lambda: self._said_since_turn() and self._quiet_for(quiet_s), patience_s, "an end")
        self._line().recording.to_caller(self._last_heard_s or self.now_s)

    async def hears(self, seconds: float, *, patience_s: float = 20.0) -> None:
        """The agent has been speaking for so long since the turn passed to it."""

        def has_spoken() -> bool:
            if self._began_s is None:
                return False
            return self.now_s - max(self._began_s, self._turn_s) >= seconds - 1e-9

        await self._until(has_spoken, patience_s, f"{seconds} s of speech")

    async def hears_nothing(self, seconds: float, *, patience_s: float = 60.0) -> None:
        """No sound for so long, counted from the agent's last or from the turn's passing."""
        await self._until(lambda: self._quiet_for(seconds), patience_s, f"{seconds} s of silence")

    async def waits(self, seconds: float) -> None:
        await self.at(self.now_s + seconds)

    async def at(self, moment_s: float) -> None:
        """A moment on the recording's clock."""
        await self._until(lambda: self.now_s >= moment_s - 1e-9, 1e9, "a moment")

    async def ends(self, *, patience_s: float = 20.0) -> None:
        """The other side hangs up."""
        try:
            await self._until(lambda: False, patience_s, "the end of the call")
        except CallOver:
            return

    def speak(self) -> bytes | None:
        return self._voice.popleft() if self._voice else None

    def listen(self, frame: bytes) -> None:
        now_s = self.now_s
        if is_audible(frame):
            if self._began_s is None:
                self._began_s = now_s
            self._last_heard_s = now_s + FRAME_S
        elif self._last_heard_s is not None and now_s - self._last_heard_s > UTTERANCE_S:
            self._began_s = None
        for condition, waiter in list(self._waiting):
            if not waiter.done() and condition():
                waiter.set_result(None)

    def _pass_turn(self) -> None:
        self._turn_s = self.now_s
        if not self._said_since_turn():
            self._began_s = None
        self._line().recording.to_agent(self._turn_s)

    def _said_since_turn(self) -> bool:
        return self._last_heard_s is not None and self._last_heard_s > self._turn_s + FRAME_S

    def _quiet_for(self, seconds: float) -> bool:
        since = max(self._last_heard_s or 0.0, self._turn_s)
        return self.now_s - since >= seconds - 1e-9

    def _line(self) -> Line:
        if self.line is None:
            raise RuntimeError("place a call with this telephone first")
        return self.line

    async def _pass_or_fail(self, waited_s: float, patience_s: float, what: str) -> None:
        if self.is_over:
            raise CallOver(f"the call ended before {what}")
        if waited_s > patience_s:
            raise HeardOtherwise(f"waited {patience_s:.1f} s for {what}")
        await asyncio.sleep(FRAME_S)

    async def _until(self, condition: Callable[[], bool], patience_s: float, what: str) -> None:
        """Raises `CallOver` or `HeardOtherwise`."""
        line = self._line()
        if line.is_over:
            raise CallOver(f"the call was over before {what}")
        gives_up_s = self.now_s + patience_s
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (lambda: condition() or self.now_s > gives_up_s, waiter)
        self._waiting.append(entry)
        over = asyncio.create_task(line.over())
        try:
            await asyncio.wait({waiter, over}, return_when=asyncio.FIRST_COMPLETED)
            if not waiter.done():
                raise CallOver(f"the call ended while the caller waited for {what}")
            if not condition() and self.now_s > gives_up_s:
                raise HeardOtherwise(f"waited {patience_s:.1f} s for {what}, until {self.now_s:.2f} s")
        finally:
            over.cancel()
            self._waiting.remove(entry)


class SilentTelephone(Telephone):
    """Somebody who picks up and says nothing."""

    def speak(self) -> bytes | None:
        return None

    def listen(self, _frame: bytes) -> None:
        return None
