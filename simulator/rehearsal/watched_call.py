"""One call under watch: what the carrier, the live feed and the journal tell of it, as it happens."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import httpx

from simulator.carrier.call import SimulatedCall
from simulator.carrier.line import Telephone
from simulator.rehearsal.live_feed import LiveFeed
from simulator.rehearsal.product_api import Event, LiveNote, ProductApi

FIND_EVERY_S = 0.15
LOOK_EVERY_S = 0.4
SETTLES_WITHIN_S = 12.0
FINAL = frozenset({"completed", "caller_hung_up", "failed", "refused"})


class Onlooker(Protocol):
    """Whoever shows a call to people."""

    def told(self, call: "WatchedCall", event: Event) -> None:
        """The journal has a new event."""
        ...

    def noted(self, call: "WatchedCall", note: LiveNote) -> None:
        """Something is being said."""
        ...


class WatchedCall:
    """Run `watch` as a task while the call lives; `settled` afterwards."""

    def __init__(
        self,
        *,
        call: SimulatedCall,
        telephone: Telephone,
        title: str,
        api: ProductApi,
        feed: LiveFeed,
        onlooker: Onlooker,
    ) -> None:
        self.call = call
        self.telephone = telephone
        self.title = title
        self.record: Mapping[str, Any] = {}
        self.events: list[Event] = []
        self.partial = ""
        """Words of the caller's that may still change."""
        self.agent_says = ""
        """The sentence that is being spoken to the caller."""
        self.on_agent: Callable[[str], None] | None = None
        """Told each sentence of the agent's."""
        self._api = api
        self._feed = feed
        self._onlooker = onlooker

    async def watch(self) -> None:
        """Until cancelled."""
        call_id = await self._find()
        self._feed.follow(call_id, self._note)
        try:
            while True:
                await self._look(call_id)
                await asyncio.sleep(LOOK_EVERY_S)
        finally:
            self._feed.leave(call_id)

    async def settled(self) -> None:
        """The product has closed its books on the call, or will not."""
        try:
            async with asyncio.timeout(SETTLES_WITHIN_S):
                call_id = await self._find()
                while not self._is_settled:
                    await self._look(call_id)
                    await asyncio.sleep(FIND_EVERY_S)
        except TimeoutError:
            return

    async def written(self, kind: str) -> Event:
        """The first event of this kind, as soon as the journal tells it."""
        while True:
            for event in self.events:
                if event["kind"] == kind:
                    return event
            await asyncio.sleep(LOOK_EVERY_S)

    @property
    def _is_settled(self) -> bool:
        ended = any(event["kind"] == "call_ended" for event in self.events)
        return self.record.get("state") in FINAL and (ended or self.record["state"] == "refused")

    async def _find(self) -> str:
        while not self.record:
            with contextlib.suppress(httpx.HTTPError):
                self.record = await self._api.find(self.call.sid) or {}
            if not self.record:
                await asyncio.sleep(FIND_EVERY_S)
        return str(self.record["id"])

    async def _look(self, call_id: str) -> None:
        try:
            shown = await self._api.call(call_id)
        except httpx.HTTPError:
            return
        self.record = {name: value for name, value in shown.items() if name != "events"}
        for event in shown["events"][len(self.events) :]:
            self.events.append(event)
            self._onlooker.told(self, event)

    def _note(self, note: LiveNote) -> None:
        match note.kind:
            case "caller_partial":
                self.partial = note.text
            case "agent_speaking":
                self.partial, self.agent_says = "", note.text
                if self.on_agent is not None:
                    self.on_agent(note.text)
            case _:
                self.agent_says = ""
        self._onlooker.noted(self, note)
