"""Plays one scene against the running product and judges how it ended."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import httpx

from simulator.carrier.faults import CallFaults
from simulator.carrier.scripted import CallOver, HeardOtherwise
from simulator.post.page import Piece
from simulator.rehearsal.caller import Caller, CallersTelephone
from simulator.rehearsal.ear import Ear
from simulator.rehearsal.live_feed import LiveFeed
from simulator.rehearsal.measures import Measures, measured
from simulator.rehearsal.places import LINE
from simulator.rehearsal.product_api import Event, ProductApi
from simulator.rehearsal.scene import Check, Evidence, Performance, Scene, usual_checks
from simulator.rehearsal.watched_call import Onlooker, WatchedCall
from simulator.rehearsal.world import World

LONGEST_SCENE_S = 150.0
ENDS_WITHIN_S = 15.0
SUPERVISOR = "Rita Vos, a supervisor of the rehearsal"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """How a scene went."""

    scene: Scene
    checks: Sequence[Check]
    measures: Measures
    seconds: float

    @property
    def passed(self) -> bool:
        return all(check.holds for check in self.checks)

    @property
    def failures(self) -> list[Check]:
        return [check for check in self.checks if not check.holds]


class Audience(Onlooker, Protocol):
    """Whoever shows the rehearsal to people."""

    def scene_began(self, scene: Scene) -> None: ...

    def call_began(self, scene: Scene, call: WatchedCall) -> None: ...

    def scene_ended(self, verdict: Verdict) -> None: ...


class Stage:
    """What a scene's script has at hand."""

    def __init__(
        self,
        scene: Scene,
        *,
        world: World,
        api: ProductApi,
        feed: LiveFeed,
        audience: Audience,
    ) -> None:
        self.world = world
        self.scene = scene
        self._api = api
        self._feed = feed
        self._audience = audience
        self._calls: list[tuple[Caller, WatchedCall]] = []
        self._watches: list[asyncio.Task[None]] = []

    async def dial(self, number: str | None = None, *, to: str = LINE) -> Caller:
        """Phone in and wait for the answer; -> who has the telephone in hand. Raises `CallOver`."""
        caller = await self.ring(number, to=to)
        await caller.telephone.answered()
        return caller

    async def ring(self, number: str | None = None, *, to: str = LINE) -> Caller:
        """Phone in; perhaps nobody answers. The faults of the scene befall its first call."""
        telephone = CallersTelephone(Ear())
        faults = self.scene.faults if not self._calls else CallFaults()
        call = await self.world.carrier.place_call(number or self.scene.number, to, telephone, faults=faults)
        caller = Caller(call, telephone)
        watched = WatchedCall(
            call=call,
            telephone=telephone,
            title=self.scene.title,
            api=self._api,
            feed=self._feed,
            onlooker=self._audience,
        )
        watched.on_agent = lambda text: telephone.ear.hear(text, telephone.now_s)
        self._calls.append((caller, watched))
        self._watches.append(asyncio.create_task(watched.watch()))
        self._audience.call_began(self.scene, watched)
        return caller

    @contextlib.asynccontextmanager
    async def supervised(self, caller: Caller) -> AsyncIterator[None]:
        """Meanwhile a supervisor approves what they are asked about on this call."""

        async def decide() -> None:
            watched = next(watched for who, watched in self._calls if who is caller)
            asked = await watched.written("approval_asked")
            await self._api.approve(str(asked["approval_id"]), by=SUPERVISOR)

        deciding = asyncio.create_task(decide())
        try:
            yield
        finally:
            deciding.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await deciding

    async def perform(self) -> Verdict:
        """Play, wait until everything is over and written down, judge."""
        began = time.monotonic()
        self._audience.scene_began(self.scene)
        try:
            performance = await self._performance()
        finally:
            await self._stop_watching()
        verdict = Verdict(
            scene=self.scene,
            checks=[*usual_checks(self.scene, performance), *_judged(self.scene, performance)],
            measures=performance.measures,
            seconds=time.monotonic() - began,
        )
        self._audience.scene_ended(verdict)
        return verdict

    async def _performance(self) -> Performance:
        before = await self._around()
        broken = await self._play()
        await self._settle()
        after = await self._around()
        if self.scene.alone:
            await self.world.heal()
        return Performance(
            evidence=[await self._looked_into(_evidence(*call, before, after)) for call in self._calls],
            measures=measured([(caller.call.recording, caller.pressed_at_s) for caller, _ in self._calls]),
            broken=broken,
        )

    async def _looked_into(self, evidence: Evidence) -> Evidence:
        if not (self.scene.looks_into and evidence.record):
            return evidence
        return replace(
            evidence,
            kept_sound=await self._api.recording(str(evidence.record["id"])),
            shown_to_model=await self.world.shown_to_model(),
        )

    async def _around(self) -> "_Around":
        return _Around(
            office=await self.world.asked_of_office(),
            effects=await self.world.effects(),
            post=self.world.post(),
        )

    async def _play(self) -> str:
        """-> why the script broke off, or nothing."""
        try:
            async with asyncio.timeout(LONGEST_SCENE_S):
                await self.scene.play(self)
                for caller, _ in self._calls:
                    await asyncio.wait_for(caller.call.ended(), ENDS_WITHIN_S)
        except (CallOver, HeardOtherwise, httpx.HTTPStatusError) as broke:
            return str(broke)
        except TimeoutError:
            return "the call did not end in time"
        return ""

    async def _settle(self) -> None:
        """Every call has ended, and the product has closed its books on it."""
        for caller, _ in self._calls:
            caller.call.hang_up()
        for caller, watched in self._calls:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(caller.call.ended(), ENDS_WITHIN_S)
            if self.scene.ends is not None:
                await watched.settled()

    async def _stop_watching(self) -> None:
        for watch in self._watches:
            watch.cancel()
        await asyncio.gather(*self._watches, return_exceptions=True)


@dataclass(frozen=True, kw_only=True)
class _Around:
    """What has happened in the world so far, oldest first."""

    office: Sequence[Mapping[str, Any]]
    effects: Sequence[Mapping[str, Any]]
    post: Sequence[Piece]


def _evidence(caller: Caller, watched: WatchedCall, before: _Around, after: _Around) -> Evidence:
    return Evidence(
        call=caller.call,
        caller=caller,
        record=watched.record,
        events=watched.events,
        office=after.office[len(before.office) :],
        effects=[it for it in after.effects[len(before.effects) :] if _belongs_to(it, watched.events)],
        post=after.post[len(before.post) :],
    )


def _belongs_to(effect: Mapping[str, Any], events: Sequence[Event]) -> bool:
    """A key is made of the deed that it is for; of an effect without one nobody knows whose it is."""
    deeds = tuple(str(event["action_id"]) for event in events if event["kind"] == "action_proposed")
    return not effect["idempotency_key"] or str(effect["idempotency_key"]).startswith(deeds)


def _judged(scene: Scene, performance: Performance) -> list[Check]:
    """Without a call there is nothing to judge; evidence of an unknown shape fails the scene, not the run."""
    if not performance.evidence:
        return [Check(what="somebody called", holds=False, seen="no call was placed")]
    try:
        return list(scene.judge(performance))
    except (LookupError, TypeError, ValueError) as odd:
        return [Check(what="the evidence can be read", holds=False, seen=repr(odd))]
