"""One port to every system; an operation that keeps failing is withdrawn alone, and comes back by itself."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import pytest

from adapters.openapi import OpenApiSystem
from adapters.systems import BoundSystems
from domain.actions import Binding
from domain.breaker import Tolerance
from domain.clock import SystemClock
from domain.ports.systems import MaybeDone, NotDone, Systems, Withdrawn
from tests.adapters.openapi.documents import SHOP
from tests.support.virtual_time import run

GET = Binding(kind="openapi", name="getOrder")
CANCEL = Binding(kind="openapi", name="cancelOrder")
GOOD = {"id": "1", "state": "open"}
PORT: Callable[..., Systems] = BoundSystems


class World:
    """A shop whose next answer can be chosen, and what was told of it."""

    def __init__(self) -> None:
        self.answer = httpx.Response(200, json=GOOD)
        self.asked = 0
        self.told: list[tuple[str, str]] = []
        self.client = httpx.AsyncClient(transport=httpx.MockTransport(self._respond))
        self.systems = BoundSystems(
            clock=SystemClock(),
            openapi=OpenApiSystem(
                SHOP, client=self.client, clock=SystemClock(), secrets={"token": "t"}.get, chance=lambda: 0.5
            ),
            tolerance=Tolerance(failures=4, mismatches=2, window_s=600, pause_s=30),
            on_withdrawn=lambda operation, reason: self.told.append((operation, reason)),
        )

    def _respond(self, _: httpx.Request) -> httpx.Response:
        self.asked += 1
        return self.answer

    async def fail(self, binding: Binding, answer: httpx.Response, times: int) -> None:
        self.answer = answer
        for _ in range(times):
            with pytest.raises((NotDone, MaybeDone)):
                await self.call(binding)

    async def call(self, binding: Binding) -> int:
        return (await self.systems.call(binding, {"id": "1"}, key="deed", timeout_s=4)).status


def played(story: Callable[[World], Coroutine[Any, Any, None]]) -> World:
    async def play() -> World:
        world = World()
        async with world.client:
            await story(world)
        return world

    return run(play())


def test_answers_unlike_the_document_withdraw_the_operation_and_no_other() -> None:
    async def story(world: World) -> None:
        await world.fail(GET, httpx.Response(200, json={"id": 1}), 2)
        assert not world.systems.available(GET)
        assert world.systems.available(CANCEL)
        asked = world.asked
        with pytest.raises(Withdrawn):
            await world.call(GET)
        assert world.asked == asked, "a withdrawn operation is not asked"

    told = played(story).told
    assert [operation for operation, _ in told] == ["getOrder"]
    assert "not as its document says" in told[0][1]


def test_server_errors_withdraw_later() -> None:
    async def story(world: World) -> None:
        await world.fail(CANCEL, httpx.Response(500), 3)
        assert world.systems.available(CANCEL)
        await world.fail(CANCEL, httpx.Response(500), 1)
        assert not world.systems.available(CANCEL)

    assert played(story).told == [("cancelOrder", "cancelOrder: status 500")]


def test_refusals_are_no_failures() -> None:
    async def story(world: World) -> None:
        world.answer = httpx.Response(404, json={})
        assert {await world.call(CANCEL) for _ in range(10)} == {404}
        for _ in range(10):
            with pytest.raises(NotDone, match="needs id"):
                await world.systems.call(CANCEL, {}, key="", timeout_s=1)
        assert world.systems.available(CANCEL)

    played(story)


def test_after_a_pause_one_call_tries_and_a_success_brings_it_back() -> None:
    async def story(world: World) -> None:
        await world.fail(GET, httpx.Response(200, html="<p>"), 2)
        await asyncio.sleep(30)
        assert world.systems.available(GET)
        await world.fail(GET, httpx.Response(200, html="<p>"), 1)
        assert not world.systems.available(GET)
        await asyncio.sleep(30)
        world.answer = httpx.Response(200, json=GOOD)
        assert await world.call(GET) == 200
        await world.fail(GET, httpx.Response(200, html="<p>"), 1)
        assert world.systems.available(GET)

    assert len(played(story).told) == 1, "a trial that fails is no news"


def test_what_is_bound_elsewhere_is_not_reached() -> None:
    async def story(world: World) -> None:
        for binding in (Binding(kind="builtin", name="end_call"), Binding(kind="mcp", name="bank.balance")):
            assert not world.systems.reads(binding)
            assert "no such system" in world.systems.why_not(binding)
            with pytest.raises(NotDone):
                await world.call(binding)
        assert world.systems.reads(GET)
        assert not world.systems.why_not(GET)

    played(story)
