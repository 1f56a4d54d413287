"""What happens to lines: a caller leaves, a connection breaks, many call at once, there is no place."""

import asyncio
from collections.abc import Iterable

from simulator.carrier.faults import CallFaults
from simulator.rehearsal.places import UNSERVED_LINE
from simulator.rehearsal.product import MOST_CALLS
from simulator.rehearsal.scene import Check, Performance, Scene, did, says
from simulator.rehearsal.scenes.answers import ABOUT_ORDERS, NO_CALL_BACK
from simulator.rehearsal.scenes.orders import ON_ITS_WAY
from simulator.rehearsal.scenes.questions import ASKED_POLICY, BEN, PRIYA
from simulator.rehearsal.stage import Stage


async def _hang_up(stage: Stage) -> None:
    caller = await stage.dial()
    await caller.listen()
    await caller.ask_and_hear(1.0, *ASKED_POLICY)
    caller.hang_up()


def _hang_up_judged(performance: Performance) -> Iterable[Check]:
    one = performance.evidence[0]
    yield did(one, "search_documents", "found")
    spoken = one.of("agent_spoke")
    yield Check(
        what="the journal keeps only what was heard of the answer",
        holds=bool(spoken) and len(spoken[-1]["heard"]) < len(spoken[-1]["text"]),
        seen=f"last sentence: {dict(spoken[-1]) if spoken else 'none'}",
    )
    yield Check(
        what="nothing was said after the caller had left",
        holds=bool(one.events) and one.events[-1]["kind"] == "call_ended",
        seen=f"last event: {one.events[-1]['kind'] if one.events else 'none'}",
    )


async def _crash(stage: Stage) -> None:
    caller = await stage.dial()
    await caller.listen()
    await caller.hear_of("cut off")
    await caller.ask("order-number", "order-number-again", "order-number-bare")
    await caller.converse(*ABOUT_ORDERS)


def _crash_judged(performance: Performance) -> Iterable[Check]:
    one = performance.evidence[0]
    yield Check(what="the connection broke", holds=len(one.of("stream_lost")) == 1)
    yield Check(what="a second one carried the talk on", holds=len(one.of("stream_resumed")) == 1)
    yield says(one, ON_ITS_WAY, "the caller got the answer after all")


async def _unserved(stage: Stage) -> None:
    caller = await stage.ring(to=UNSERVED_LINE)
    await caller.call.ended()


def _unserved_judged(performance: Performance) -> Iterable[Check]:
    call = performance.evidence[0].call
    yield Check(
        what="the call was refused unanswered", holds=not call.is_answered, seen=f"states: {call.statuses}"
    )


async def _three(stage: Stage) -> None:
    async def order() -> None:
        caller = await stage.dial()
        await caller.listen()
        await caller.ask("order-number", "order-number-again", "order-number-bare")
        await caller.converse(*ABOUT_ORDERS)

    async def question(number: str, *ways: str) -> None:
        caller = await stage.dial(number)
        await caller.listen()
        await caller.ask(*ways)
        await caller.converse(NO_CALL_BACK)

    await asyncio.gather(
        order(),
        question(BEN, "opening-hours", "opening-hours-again"),
        question(PRIYA, "delivery-time", "delivery-time-again"),
    )


def _three_judged(performance: Performance) -> Iterable[Check]:
    states = [str(one.record.get("state")) for one in performance.evidence]
    yield Check(what="three calls were completed", holds=states == ["completed"] * 3, seen=f"{states}")
    own = {one.call.from_: one for one in performance.evidence}
    yield did(own[BEN], "opening_hours", "open", "closed")
    yield did(own[PRIYA], "search_documents", "found")


async def _busy(stage: Stage) -> None:
    talking = [await stage.dial(f"+1415555019{at}") for at in range(MOST_CALLS)]
    late = await stage.ring("+14155550199")
    await late.call.ended()
    for caller in talking:
        caller.hang_up()


def _busy_judged(performance: Performance) -> Iterable[Check]:
    late = performance.evidence[-1]
    state = str(late.record.get("state"))
    yield Check(what="the call too many was refused", holds=state == "refused", seen=state)
    verbs = [step.verb for step in late.call.executed]
    yield Check(what="its caller heard why", holds="Say" in verbs, seen=f"verbs: {verbs}")
    running = [one.call.line.ended_by for one in performance.evidence[:-1]]
    yield Check(
        what="the running calls stayed", holds=set(running) == {"caller"}, seen=f"ended by: {running}"
    )


SCENES = (
    Scene(
        id="hang-up",
        title="The caller leaves in mid-answer",
        shows="A call that is left at the worst moment ends once and leaves nothing behind.",
        play=_hang_up,
        judge=_hang_up_judged,
        ends="caller_hung_up",
        tour=True,
    ),
    Scene(
        id="crash",
        title="The connection breaks",
        shows="The media socket dies in mid-call; the same conversation goes on over another.",
        play=_crash,
        judge=_crash_judged,
        faults=CallFaults(dead_socket_after_s=13.0),
    ),
    Scene(
        id="unserved",
        title="No such line",
        shows="A number of the account that no company has is refused, and costs nobody anything.",
        play=_unserved,
        judge=_unserved_judged,
        ends=None,
    ),
    Scene(
        id="three-at-once",
        title="Three calls at once",
        shows="Three callers talk at the same time, and each gets their own answer.",
        play=_three,
        judge=_three_judged,
        alone=True,
    ),
    Scene(
        id="busy",
        title="All lines are busy",
        shows="One caller too many is told so politely, and the others stay.",
        play=_busy,
        judge=_busy_judged,
        number="+14155550190",
        ends="caller_hung_up",
        alone=True,
    ),
)
