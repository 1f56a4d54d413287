"""Our side of the line: paces speech into the carrier's buffer, marks it, holds it and lets it go."""

import asyncio
import audioop
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Protocol

from domain.playout import Playout, Utterance
from domain.ports.media import SocketClosed
from pipelines import wire
from pipelines.recorder import Recorder


class Listener(Protocol):
    """Who wants to know what the caller hears."""

    def on_audible(self, utterance: Utterance, plays_at: float) -> None:
        """The first sound of this utterance is on its way; the caller hears it at `plays_at`."""
        ...

    def on_heard(self, utterance: Utterance) -> None:
        """It was played to its end."""
        ...

    def on_all_heard(self, now: float) -> None:
        """Nothing is left to be said."""
        ...


class Mouth:
    """Says utterances in order. All methods but `run` are plain calls that never wait."""

    def __init__(
        self,
        *,
        stream_sid: str,
        send: Callable[[str], Awaitable[None]],
        recorder: Recorder,
        listener: Listener,
    ) -> None:
        self._stream_sid = stream_sid
        self._send = send
        self._recorder = recorder
        self._listener = listener
        self._loop = asyncio.get_running_loop()
        self._outbox: deque[str] = deque()
        self._wake = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._started: Utterance | None = None
        self.playout = Playout()

    # -- what to say -------------------------------------------------------------------------

    def say(self, utterance: Utterance, *, next_up: bool = False) -> None:
        """Queue it; `next_up` puts it before all that has not begun."""
        (self.playout.add_next if next_up else self.playout.add)(utterance)
        self._wake.set()

    def feed(self, utterance: Utterance, pcm: bytes) -> None:
        """More sound of it: signed 16-bit at 8 kHz."""
        if utterance.first_sound_at is None:
            utterance.first_sound_at = self._loop.time()
        utterance.audio += audioop.lin2ulaw(pcm, 2)
        self._wake.set()

    def end(self, utterance: Utterance) -> None:
        """All its sound was fed."""
        utterance.complete = True
        self._wake.set()

    # -- interruption ------------------------------------------------------------------------

    def hold(self) -> None:
        now = self._loop.time()
        self.playout.hold(now)
        self._clear(now)

    def resume(self) -> None:
        self.playout.resume()
        self._wake.set()

    def drop(self) -> list[tuple[Utterance, float]]:
        """Forget what was not heard: (utterance, seconds heard) of each that had begun."""
        now = self._loop.time()
        cleared_already, sounding = self.playout.held, self.playout.audible(now)
        cut = self.playout.drop(now)
        if sounding and not cleared_already:
            self._clear(now)
        return cut

    def forget_unsent(self) -> list[Utterance]:
        """Send nothing more of what is queued; returns what had not begun."""
        self._wake.set()
        return self.playout.forget_unsent()

    def _clear(self, now: float) -> None:
        self._started = None
        self._outbox.append(wire.clear(self._stream_sid))
        self._recorder.cleared(now)
        self._wake.set()

    # -- the carrier's word ------------------------------------------------------------------

    def mark_returned(self, name: str) -> None:
        if self.playout.mark_returned(name, self._loop.time()):
            self._wake.set()

    # -- the pump ----------------------------------------------------------------------------

    async def run(self) -> None:
        """Send until the socket closes."""
        try:
            while True:
                await self._send_what_is_due()
                self._report_heard()
                self._wait_for_room()
                await self._wake.wait()
                self._wake.clear()
        except SocketClosed:
            return
        finally:
            if self._timer:
                self._timer.cancel()

    async def _send_what_is_due(self) -> None:
        while True:
            while self._outbox:
                await self._send(self._outbox.popleft())
            now = self._loop.time()
            packet = self.playout.next_packet(now)
            if packet is None:
                return
            self._recorder.agent(packet.sound, packet.plays_at)
            if packet.utterance is not self._started:
                self._started = packet.utterance
                self._listener.on_audible(packet.utterance, packet.plays_at)
            await self._send(wire.media(self._stream_sid, packet.sound))
            if packet.mark and not self._outbox:
                await self._send(wire.mark(self._stream_sid, packet.mark))

    def _report_heard(self) -> None:
        now = self._loop.time()
        heard = list(self.playout.finished(now))
        for utterance in heard:
            self._listener.on_heard(utterance)
        if heard and not self.playout.pending():
            self._started = None
            self._listener.on_all_heard(now)

    def _wait_for_room(self) -> None:
        if self._timer:
            self._timer.cancel()
        delay = self.playout.look_again_in(self._loop.time())
        self._timer = self._loop.call_later(delay, self._wake.set) if delay is not None else None
