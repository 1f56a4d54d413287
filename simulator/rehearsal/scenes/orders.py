"""Callers who ask for their order."""

from collections.abc import Iterable

from simulator.rehearsal.scene import Check, Performance, Scene, did, says
from simulator.rehearsal.scenes.answers import ABOUT_ORDERS
from simulator.rehearsal.stage import Stage

STRANGER = "+14155550190"
"""A number that the company does not know."""
ON_ITS_WAY = r"left our warehouse|on its way|dispatched"
THE_NUMBER = r"4\W*7\W*1\W*2|four\W+seven\W+one\W+two"


async def _order_status(stage: Stage) -> None:
    caller = await stage.dial()
    await caller.listen()
    await caller.say("order-status-first-half", 1.0, "order-status-second-half")
    await caller.repeat_if_asked("order-number-again", "order-number")
    await caller.converse(*ABOUT_ORDERS)


def _order_told(performance: Performance) -> Iterable[Check]:
    one = performance.evidence[0]
    yield did(one, "find_order", "dispatched")
    asked = [request["arguments"] for request in one.office if request["operation"] == "getOrder"]
    yield Check(
        what="the back office was asked for order 4712",
        holds={"order_id": "4712"} in asked,
        seen=f"asked for: {asked}",
    )
    yield says(one, THE_NUMBER, "the caller heard the number of the order")
    yield says(one, ON_ITS_WAY, "the caller heard that it is under way")


def _status_judged(performance: Performance) -> Iterable[Check]:
    yield from _order_told(performance)
    one = performance.evidence[0]
    goals = [event["goal"] for event in one.of("goal_resolved")]
    yield Check(what="the goal was resolved", holds="order_status" in goals, seen=f"resolved: {goals}")
    first, second = one.caller.spoke_at_s[:2]
    began = [span.began_s for span in one.call.recording.agent_spans()]
    yield Check(
        what="nobody spoke into the caller's pause",
        holds=not any(first < at < second for at in began),
        seen=f"the agent began at {[round(at, 2) for at in began if first < at < second]} s",
    )


async def _keypad(stage: Stage) -> None:
    caller = await stage.dial()
    await caller.listen()
    await caller.ask("order-status", "order-status-again")
    await caller.press("4712#")
    await caller.listen()
    await caller.converse(*ABOUT_ORDERS)


def _keypad_judged(performance: Performance) -> Iterable[Check]:
    pressed = [event["digits"] for event in performance.evidence[0].of("keypad_pressed")]
    yield Check(what="the digits arrived as one number", holds="4712" in pressed, seen=f"pressed: {pressed}")
    yield from _order_told(performance)


async def _contents(stage: Stage) -> None:
    caller = await stage.dial()
    await caller.listen()
    await caller.ask("order-contents", "order-contents-again")
    await caller.converse(*ABOUT_ORDERS)


def _contents_judged(performance: Performance) -> Iterable[Check]:
    one = performance.evidence[0]
    yield did(one, "list_orders", "found")
    yield says(one, r"lamp|bottle", "the caller heard what is in the order")


async def _stranger(stage: Stage) -> None:
    caller = await stage.dial()
    await caller.listen()
    await caller.ask("order-late", "order-late-again")
    await caller.converse(*ABOUT_ORDERS)


async def _again(stage: Stage) -> None:
    caller = await stage.dial()
    await caller.listen()
    await caller.ask("order-number", "order-number-again", "order-number-bare")
    await caller.ask("repeat", "repeat-again")
    await caller.converse(*ABOUT_ORDERS)


def _again_judged(performance: Performance) -> Iterable[Check]:
    yield from _order_told(performance)
    one = performance.evidence[0]
    told = [event for event in one.of("agent_spoke") if _mentions(str(event["heard"]))]
    yield Check(what="the agent said it twice", holds=len(told) > 1, seen=f"said it {len(told)} times")


def _mentions(text: str) -> bool:
    return any(words in text.lower() for words in ("left our warehouse", "on its way"))


SCENES = (
    Scene(
        id="order-status",
        title="Where is my order?",
        shows="A caller stops in mid-sentence to think, and nobody speaks into the pause.",
        play=_order_status,
        judge=_status_judged,
        tour=True,
    ),
    Scene(
        id="keypad",
        title="Digits by keypad",
        shows="A caller whose number nobody knows types the order number instead of saying it.",
        play=_keypad,
        judge=_keypad_judged,
        number=STRANGER,
    ),
    Scene(
        id="order-contents",
        title="What did I order?",
        shows="A caller is known by the number they ring from.",
        play=_contents,
        judge=_contents_judged,
    ),
    Scene(
        id="stranger",
        title="An unknown caller",
        shows="A caller whom nobody knows is asked for the order number, and says it.",
        play=_stranger,
        judge=_order_told,
        number="+14155550191",
    ),
    Scene(
        id="say-it-again",
        title="Can you repeat that?",
        shows="A caller has the answer repeated.",
        play=_again,
        judge=_again_judged,
    ),
)
