"""Looks after calls that nobody reports on: streams gone silent, leases to renew, deadlines that passed."""

import asyncio

from loguru import logger

from app.telephony.call_control import CallControl, CallUnknown
from app.telephony.live_calls import LiveCall, LiveCalls
from domain.call import DeadlinePassed, State, StreamAlive
from domain.clock import Clock
from domain.ports.calls import CallStore

ROUND_S = 5.0
RENEWAL_ROUNDS = 6
"""Leases are renewed every 30 s, a third of their length."""
SILENT_ROUNDS = 2
"""The carrier sends a frame every 20 ms, also in silence: none in 10 s means a dead socket."""
SILENT = 4000
"""Close code of an application's own; 1006 itself may not be sent (RFC 6455, 7.4.1)."""


class Caretaker:
    """One task a process."""

    def __init__(self, *, control: CallControl, live: LiveCalls, store: CallStore, clock: Clock) -> None:
        self._control = control
        self._live = live
        self._store = store
        self._clock = clock
        self._rounds = 0
        self._heard: dict[str, tuple[int, int]] = {}
        """By stream: messages at the last look, and rounds without a new one."""

    async def watch(self) -> None:
        while True:
            await self._clock.sleep(ROUND_S)
            try:
                await self.look_around()
            except Exception as error:  # the next round may find the database back
                logger.bind(error=type(error).__name__).opt(exception=error).error(
                    "a round of call care failed"
                )

    async def look_around(self) -> None:
        """One round."""
        self._rounds += 1
        await self._close_silent()
        if self._rounds % RENEWAL_ROUNDS == 0:
            await asyncio.gather(*(self._renew(live) for live in self._live.all()))
        due = await self._store.unfinished(self._clock.now())
        await asyncio.gather(*(self._control.apply(call.id, DeadlinePassed()) for call in due))

    async def _close_silent(self) -> None:
        heard: dict[str, tuple[int, int]] = {}
        for live in self._live.all():
            if not live.talks or live.socket is None or live.stream_sid is None:
                continue
            before, silent = self._heard.get(live.stream_sid, (-1, 0))
            silent = silent + 1 if live.socket.received == before else 0
            heard[live.stream_sid] = (live.socket.received, silent)
            if silent >= SILENT_ROUNDS:
                await live.socket.close(SILENT, "no media")
        self._heard = heard

    async def _renew(self, live: LiveCall) -> None:
        """A conversation whose call went on without it (in another process, or to its end) is let go."""
        try:
            if live.talks and live.stream_sid is not None:
                call, _ = await self._control.apply(live.call_id, StreamAlive(stream_sid=live.stream_sid))
                lost = call.is_over or (call.state is State.LIVE and call.stream_sid != live.stream_sid)
            else:
                stored = await self._store.load(live.call_id)
                lost = stored is None or stored.state not in {State.LIVE, State.RECONNECTING}
        except CallUnknown:
            lost = True
        if lost:
            await self._live.end(live.call_id)
