"""The carrier's end of a media stream in a story: plays what it is sent, returns marks, obeys clear."""

import asyncio
import audioop
import base64
import json
import math
from dataclasses import dataclass, field

from domain.ports.media import SocketClosed

FRAME_S = 0.02
QUIET = b"\xff" * 160
STREAM = "MZ" + "0" * 32


def _loud() -> bytes:
    samples = b"".join(
        int(8000 * math.sin(2 * math.pi * 300 * i / 8000)).to_bytes(2, "little", signed=True)
        for i in range(160)
    )
    return audioop.lin2ulaw(samples, 2)


LOUD = _loud()


@dataclass(kw_only=True)
class Played:
    """A stretch of our sound at the caller's ear."""

    begins: float
    ends: float


@dataclass(kw_only=True)
class ScriptedCarrier:
    """Implements `domain.ports.media.MediaSocket`. Times are seconds since the story began."""

    speech: list[tuple[float, float]] = field(default_factory=list)
    """When the caller makes a sound."""
    digits: list[tuple[float, str]] = field(default_factory=list)
    hangs_up_at: float | None = None
    dies_at: float | None = None
    loses_marks: bool = False
    sent: list[tuple[float, dict[str, object]]] = field(default_factory=list)
    played: list[Played] = field(default_factory=list)
    clears: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.origin = self._loop.time()
        self._frames = 0
        self._events: asyncio.Queue[str] = asyncio.Queue()
        self._marks: list[tuple[str, asyncio.TimerHandle]] = []
        self._plays_until = 0.0
        self.ear = bytearray()
        """What the caller heard, mu-law at 8 kHz from the story's first moment on."""

    @property
    def now(self) -> float:
        return self._loop.time() - self.origin

    async def receive(self) -> str:
        while True:
            if not self._events.empty():
                return self._events.get_nowait()
            due = self._frames * FRAME_S
            if due > self.now:
                try:
                    async with asyncio.timeout(due - self.now):
                        return await self._events.get()
                except TimeoutError:
                    pass
            if self.dies_at is not None and self.now >= self.dies_at:
                raise SocketClosed(1006)
            if self.hangs_up_at is not None and self.now >= self.hangs_up_at:
                return json.dumps({"event": "stop", "streamSid": STREAM, "stop": {}})
            if self.digits and self.now >= self.digits[0][0]:
                _, key = self.digits.pop(0)
                return json.dumps({"event": "dtmf", "streamSid": STREAM, "dtmf": {"digit": key}})
            self._frames += 1
            return self._media(LOUD if self._speaks() else QUIET)

    def _speaks(self) -> bool:
        return any(begins <= self.now < ends for begins, ends in self.speech)

    def _media(self, sound: bytes) -> str:
        payload = base64.b64encode(sound).decode()
        return json.dumps(
            {"event": "media", "streamSid": STREAM, "media": {"track": "inbound", "payload": payload}}
        )

    async def send(self, message: str) -> None:
        data = json.loads(message)
        self.sent.append((self.now, data))
        match data["event"]:
            case "media":
                self._play(base64.b64decode(data["media"]["payload"]))
            case "mark" if not self.loses_marks:
                name = data["mark"]["name"]
                delay = max(0.0, self._plays_until - self.now)
                self._marks.append((name, self._loop.call_later(delay, self._return, name)))
            case "clear":
                self._clear()

    def _play(self, sound: bytes) -> None:
        begins = max(self.now, self._plays_until)
        self._plays_until = begins + len(sound) / 8000
        at = round(begins * 8000)
        self.ear += b"\xff" * (at - len(self.ear))
        self.ear[at:] = sound
        if self.played and abs(self.played[-1].ends - begins) < 1e-6:
            self.played[-1].ends = self._plays_until
        else:
            self.played.append(Played(begins=begins, ends=self._plays_until))

    def _clear(self) -> None:
        self.clears.append(self.now)
        self._plays_until = min(self._plays_until, self.now)
        del self.ear[round(self.now * 8000) :]
        self.played = [p for p in self.played if p.begins < self.now]
        if self.played:
            self.played[-1].ends = min(self.played[-1].ends, self.now)
        for name, timer in self._marks:
            timer.cancel()
            self._return(name, forget=False)
        self._marks.clear()

    def _return(self, name: str, *, forget: bool = True) -> None:
        if forget:
            self._marks = [(n, t) for n, t in self._marks if n != name]
        self._events.put_nowait(json.dumps({"event": "mark", "streamSid": STREAM, "mark": {"name": name}}))

    # -- what a story asserts ----------------------------------------------------------------

    def longest_wait(self, after: float, until: float) -> float:
        """From `after` (the caller's last sound) on: the longest time until a sound of ours began."""
        waited_since, longest = after, 0.0
        for sound in self.played:
            if after < sound.ends and sound.begins < until:
                longest = max(longest, sound.begins - waited_since)
                waited_since = max(waited_since, sound.ends)
        return longest if waited_since > after else until - after

    def longest_silence(self, begins: float, ends: float) -> float:
        """The longest stretch in [begins, ends] in which the caller heard nothing of ours."""
        edges, longest = begins, 0.0
        for sound in sorted(self.played, key=lambda p: p.begins):
            if sound.ends <= begins or sound.begins >= ends:
                continue
            longest = max(longest, sound.begins - edges)
            edges = max(edges, sound.ends)
        return max(longest, ends - edges)
