"""What the agent depends on is slow, refuses, or is dead."""

from collections.abc import Iterable

from simulator.rehearsal.scene import Check, Performance, Scene, did, says
from simulator.rehearsal.scenes.answers import ABOUT_MESSAGES, ABOUT_ORDERS
from simulator.rehearsal.scenes.orders import ON_ITS_WAY
from simulator.rehearsal.stage import Stage

ORDERS = ("getOrder", "listCustomerOrders")
ASKED_ORDER = ("order-number", "order-number-again", "order-number-bare")
SLOW_S = 5.0


async def _slow_office(stage: Stage) -> None:
    for operation in ORDERS:
        await stage.world.spoil_office(operation=operation, delay_s=SLOW_S, times=1)
    caller = await stage.dial()
    await caller.listen()
    await caller.ask(*ASKED_ORDER)
    await caller.converse(*ABOUT_ORDERS)


def _slow_judged(performance: Performance) -> Iterable[Check]:
    one = performance.evidence[0]
    waited = [event["took_ms"] for event in one.of("action_done")]
    yield Check(
        what="the back office took its time",
        holds=any(took >= 900 * SLOW_S for took in waited),
        seen=f"{waited} ms",
    )
    reasons = [event["reason"] for event in one.of("wait_filled")]
    yield Check(what="the caller was told to wait", holds="slow_action" in reasons, seen=f"{reasons}")
    yield says(one, ON_ITS_WAY, "the answer came after all")


async def _dead_office(stage: Stage) -> None:
    for operation in ORDERS:
        await stage.world.spoil_office(operation=operation, status=503)
    caller = await stage.dial()
    await caller.listen()
    await caller.ask(*ASKED_ORDER)
    await caller.converse(*ABOUT_MESSAGES)


def _dead_office_judged(performance: Performance) -> Iterable[Check]:
    one = performance.evidence[0]
    yield did(one, "find_order", "failed")
    yield says(one, r"sorry", "the agent apologised")
    yield Check(what="a message was taken instead", holds=bool(one.of("message_taken")))


async def _dead_model(stage: Stage) -> None:
    await stage.world.spoil_brain(dead=True)
    caller = await stage.dial()
    await caller.listen()
    await caller.say("order-status")
    await caller.hear_of("call(s)? you back")
    await caller.say("call-back")
    await caller.goes_quiet(patience_s=30)


def _dead_model_judged(performance: Performance) -> Iterable[Check]:
    one = performance.evidence[0]
    failed = [event["station"] for event in one.of("provider_failed")]
    yield Check(what="the model's failure was noticed", holds="model" in failed, seen=f"failed: {failed}")
    yield says(one, r"sorry", "the agent apologised")
    taken = one.of("message_taken")
    yield Check(
        what="one message with the caller's number was taken",
        holds=len(taken) == 1 and taken[0]["number"] == one.call.from_,
        seen=f"{len(taken)} messages",
    )
    yield says(one, r"noted your number", "the caller was let go kindly")


SCENES = (
    Scene(
        id="slow-office",
        title="A slow back office",
        shows="The order system takes five seconds; the caller is never left in silence.",
        play=_slow_office,
        judge=_slow_judged,
        alone=True,
        tour=True,
    ),
    Scene(
        id="dead-office",
        title="A dead back office",
        shows="The order system refuses everything; a message is taken instead.",
        play=_dead_office,
        judge=_dead_office_judged,
        alone=True,
    ),
    Scene(
        id="dead-model",
        title="A dead model",
        shows="The model refuses everything; an apology, a message, and a kind end.",
        play=_dead_model,
        judge=_dead_model_judged,
        alone=True,
        tour=True,
    ),
)
