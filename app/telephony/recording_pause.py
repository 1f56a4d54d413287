"""Pausing the recording of a live call on somebody's behalf, and going on with it; the journal says when."""

import asyncio
from collections.abc import Sequence
from typing import Literal

from loguru import logger

from app.telephony.live_calls import LiveCalls
from domain.call import State
from domain.clock import Clock
from domain.events import Event, RecordingPaused, RecordingResumed
from domain.journal import EventsLost
from domain.ports.calls import CallStore
from domain.ports.journal import Journal

DESK = "desk"
"""Who pauses, beside the conversation itself."""
SETTLED_WITHIN_S = 2.0
WhyNot = Literal["unknown_call", "over", "elsewhere", "not_recorded"]


class NotPausable(Exception):
    """There is nothing here to pause or to go on with."""

    def __init__(self, reason: WhyNot) -> None:
        super().__init__(reason)
        self.reason: WhyNot = reason


class RecordingPause:
    """Reaches the calls of this process, and no others."""

    def __init__(self, *, live: LiveCalls, store: CallStore, journal: Journal, clock: Clock) -> None:
        self._live = live
        self._store = store
        self._journal = journal
        self._clock = clock

    async def set(self, call_id: str, *, paused: bool, reason: str) -> bool:
        """False where it was so already. Raises `NotPausable`."""
        call = await self._store.load(call_id)
        if call is None:
            raise NotPausable("unknown_call")
        if call.is_over or call.answered_at is None:
            raise NotPausable("over" if call.is_over else "not_recorded")
        recorder = self._live.recorder(call_id)
        if recorder is None:
            raise NotPausable("not_recorded" if call.state is State.FALLBACK else "elsewhere")
        if not recorder.running:
            raise NotPausable("not_recorded")
        if not (recorder.pause(DESK) if paused else recorder.resume(DESK)):
            return False
        at_ms = round(1000 * (self._clock.now() - call.answered_at).total_seconds())
        event = RecordingPaused(at_ms=at_ms, reason=reason) if paused else RecordingResumed(at_ms=at_ms)
        self._journal.write(call_id, event)
        await self._settled(call_id)
        return True

    async def _settled(self, call_id: str) -> None:
        """So that whoever asked reads it at once; the pause itself holds whether it is written yet or not."""
        try:
            async with asyncio.timeout(SETTLED_WITHIN_S):
                await self._journal.settle(call_id)
        except (TimeoutError, EventsLost) as error:
            logger.bind(call=call_id, error=type(error).__name__).error("a pause is not in the journal yet")


def was_paused(events: Sequence[Event]) -> bool:
    """Whether the recording stood still when these events ended: whoever carries the call on keeps to it."""
    switched = [
        isinstance(it, RecordingPaused) for it in events if isinstance(it, RecordingPaused | RecordingResumed)
    ]
    return switched[-1:] == [True]
