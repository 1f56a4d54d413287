"""The product's live feed, shared out to the calls that it speaks of."""

import asyncio
from collections import deque
from collections.abc import Callable

import httpx

from simulator.rehearsal.product_api import LiveNote, ProductApi

AGAIN_S = 0.5
KEPT = 200
"""Notes of calls that nobody follows yet: a greeting begins before we know the call's id."""

Follower = Callable[[LiveNote], None]


class LiveFeed:
    """One connection for all calls, opened again where it breaks."""

    def __init__(self, api: ProductApi) -> None:
        self.breaks: list[str] = []
        """Why the connection ended, each time that it did: callers are deaf meanwhile."""
        self._api = api
        self._followers: dict[str, Follower] = {}
        self._early: deque[LiveNote] = deque(maxlen=KEPT)

    async def run(self) -> None:
        while True:
            try:
                async for note in self._api.live():
                    self._pass_on(note)
                self.breaks.append("closed by the product")
            except httpx.HTTPError as broken:
                self.breaks.append(type(broken).__name__)
            await asyncio.sleep(AGAIN_S)

    def follow(self, call_id: str, follower: Follower) -> None:
        """Tell this one everything about the call, what was already told included."""
        self._followers[call_id] = follower
        for note in self._early:
            if note.call_id == call_id:
                follower(note)

    def leave(self, call_id: str) -> None:
        self._followers.pop(call_id, None)

    def _pass_on(self, note: LiveNote) -> None:
        if follower := self._followers.get(note.call_id):
            follower(note)
        else:
            self._early.append(note)
