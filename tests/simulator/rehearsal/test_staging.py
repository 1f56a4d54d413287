"""Scenes on stage, in virtual time: with a tiny product, the whole way from ring to verdict."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, cast

from simulator.carrier.account import PhoneNumber
from simulator.carrier.carrier import Carrier
from simulator.rehearsal import programme
from simulator.rehearsal.caller import QUIET_S
from simulator.rehearsal.live_feed import LiveFeed
from simulator.rehearsal.measures import Measures
from simulator.rehearsal.places import LINE
from simulator.rehearsal.product_api import Event, LiveNote, ProductApi
from simulator.rehearsal.scene import Check, Performance, Scene, says
from simulator.rehearsal.stage import Stage, Verdict
from simulator.rehearsal.utterances import utterance
from simulator.rehearsal.watched_call import WatchedCall
from simulator.rehearsal.world import World
from tests.simulator.carrier.product import PUBLIC, MediaEnd, Product, carrier_for, response, speech
from tests.simulator.carrier.virtual_time import in_virtual_time, passes

NUMBER = PhoneNumber(number=LINE, voice_url=f"{PUBLIC}/voice")
CALLERS_TURN_S = QUIET_S + utterance("order-status").seconds
STREAM = response(f'<Connect><Stream url="{PUBLIC.replace("https", "wss")}/media"/></Connect>')


class TinyProduct:
    """Greets, answers the caller's first words after `slow_s` seconds, and hangs up."""

    def __init__(self, *, slow_s: float = 0.5) -> None:
        self.slow_s = slow_s
        self.notes: asyncio.Queue[LiveNote] = asyncio.Queue()
        self.events: list[dict[str, Any]] = []
        self.carrier_call_id = ""
        self.state = "live"
        self.web = Product(documents={"/voice": STREAM}, serve=self._serve)

    async def _serve(self, end: MediaEnd) -> None:
        self.carrier_call_id = str(end.of("start")[0]["start"]["callSid"])
        await self._speak(end, "Hello, a machine speaks. How can I help you?", "greeted")
        self._happened("notice_played", notice="disclosure")
        await passes(CALLERS_TURN_S + self.slow_s)
        await self._speak(end, "It should be with you tomorrow. Goodbye.", "answered")
        await passes(2.0)
        self._happened("call_ended", outcome="completed", duration_ms=1)
        self.state = "completed"
        end.close()

    async def _speak(self, end: MediaEnd, text: str, mark: str) -> None:
        self.notes.put_nowait(LiveNote(call_id="one", kind="agent_speaking", text=text))
        end.media(speech(1.0))
        end.mark(mark)
        await end.next("mark")
        self._happened("agent_spoke", text=text, heard=text, interrupted=False)

    def _happened(self, kind: str, **fields: object) -> None:
        self.events.append({"kind": kind, "seq": len(self.events) + 1, **fields})

    # -- simulator.rehearsal.product_api.ProductApi ------------------------------------------

    async def find(self, carrier_call_id: str) -> Mapping[str, Any] | None:
        return {"id": "one", "state": self.state} if carrier_call_id == self.carrier_call_id else None

    async def call(self, call_id: str) -> Mapping[str, Any]:
        return {"id": call_id, "state": self.state, "events": self.events}

    async def live(self) -> AsyncIterator[LiveNote]:
        while True:
            yield await self.notes.get()


class QuietWorld:
    """A world in which nothing goes wrong."""

    def __init__(self, carrier: Carrier) -> None:
        self.carrier = carrier
        self.healed = 0

    async def asked_of_office(self) -> list[dict[str, object]]:
        return []

    async def effects(self) -> list[dict[str, object]]:
        return []

    def post(self) -> list[object]:
        return []

    async def heal(self) -> None:
        self.healed += 1


class Notebook:
    """An audience that remembers."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def scene_began(self, scene: Scene) -> None:
        self.seen.append(f"began {scene.id}")

    def call_began(self, scene: Scene, call: WatchedCall) -> None:
        self.seen.append("ring")

    def told(self, call: WatchedCall, event: Event) -> None:
        self.seen.append(str(event["kind"]))

    def noted(self, call: WatchedCall, note: LiveNote) -> None:
        """Words of the moment."""

    def scene_ended(self, verdict: Verdict) -> None:
        self.seen.append(f"ended {verdict.scene.id}")


async def asks_once(stage: Stage) -> None:
    caller = await stage.dial()
    greeting = await caller.listen()
    assert greeting == "Hello, a machine speaks. How can I help you?"
    await caller.ask("order-status")
    await caller.goes_quiet()


def hears_tomorrow(performance: Performance) -> Iterable[Check]:
    yield says(performance.evidence[0], "tomorrow", "the caller heard the day")


SCENE = Scene(id="one", title="One", shows="A question.", play=asks_once, judge=hears_tomorrow, alone=True)


async def performed(product: TinyProduct, scene: Scene = SCENE) -> tuple[Verdict, Notebook, QuietWorld]:
    audience = Notebook()
    async with carrier_for(product.web, number=NUMBER) as carrier:
        world, api = QuietWorld(carrier), cast(ProductApi, product)
        feed = LiveFeed(api)
        listening = asyncio.create_task(feed.run())
        stage = Stage(scene, world=cast(World, world), api=api, feed=feed, audience=audience)
        verdict = await stage.perform()
        listening.cancel()
    return verdict, audience, world


@in_virtual_time
async def test_a_scene_is_played_measured_and_judged() -> None:
    verdict, audience, world = await performed(TinyProduct())
    assert verdict.failures == []
    assert verdict.passed
    [gap_s] = verdict.measures.gaps_s
    assert 0.5 <= gap_s <= 0.7
    assert audience.seen[:2] == ["began one", "ring"]
    assert audience.seen[2:-1] == ["agent_spoke", "notice_played", "agent_spoke", "call_ended"]
    assert audience.seen[-1] == "ended one"
    assert world.healed == 1


@in_virtual_time
async def test_a_silence_too_long_fails_the_scene() -> None:
    verdict, _, _ = await performed(TinyProduct(slow_s=2.5))
    assert [check.what for check in verdict.failures] == ["never 2.0 s of silence in the agent's turn"]


@in_virtual_time
async def test_a_script_that_cannot_go_on_fails_the_scene_and_says_where() -> None:
    async def waits_in_vain(stage: Stage) -> None:
        caller = await stage.dial()
        await caller.hear_of("a word that never comes")

    scene = Scene(id="vain", title="Vain", shows="A wait.", play=waits_in_vain, judge=lambda _: [])
    verdict, _, _ = await performed(TinyProduct(), scene)
    [broken] = [check for check in verdict.failures if check.what == "the script was played to its end"]
    assert "the words 'a word that never comes'" in broken.seen


@in_virtual_time
async def test_scenes_that_must_be_alone_are_played_alone_and_last() -> None:
    playing: set[str] = set()
    together: dict[str, set[str]] = {}

    class Played:
        def __init__(self, scene: Scene) -> None:
            self.scene = scene

        async def perform(self) -> Verdict:
            playing.add(self.scene.id)
            await passes(1.0)
            together[self.scene.id] = set(playing)
            await passes(1.0)
            playing.remove(self.scene.id)
            return Verdict(
                scene=self.scene, checks=[], measures=Measures(gaps_s=(), longest_silence_s=0.0), seconds=2.0
            )

    scenes = [
        Scene(id=name, title=name, shows=name, play=asks_once, judge=hears_tomorrow, alone=name in "xy")
        for name in "axbcy"
    ]
    verdicts = await programme.play(scenes, lambda scene: cast(Stage, Played(scene)), at_a_time=2)
    assert [verdict.scene.id for verdict in verdicts] == ["a", "x", "b", "c", "y"]
    assert together["x"] == {"x"}
    assert together["y"] == {"y"}
    assert max(len(others) for others in together.values()) == 2
