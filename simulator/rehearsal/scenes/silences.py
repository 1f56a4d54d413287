"""Callers who say nothing, or nothing that can be understood."""

from collections.abc import Iterable

from simulator.rehearsal.scene import Check, Performance, Scene, did
from simulator.rehearsal.scenes.answers import ABOUT_ORDERS
from simulator.rehearsal.stage import Stage
from simulator.rehearsal.utterances import utterance


async def _silent(stage: Stage) -> None:
    caller = await stage.dial()
    await caller.listen()
    await caller.goes_quiet()


def _silent_judged(performance: Performance) -> Iterable[Check]:
    steps = [event["step"] for event in performance.evidence[0].of("silence_met")]
    yield Check(
        what="the caller was asked twice and then let go",
        holds=steps == ["ask", "ask_again", "goodbye"],
        seen=f"steps: {steps}",
    )


async def _mumble(stage: Stage) -> None:
    caller = await stage.dial()
    await caller.listen()
    caller.telephone.ear.forget()
    await caller.telephone.says(utterance("order-status").sound[::-1])
    await caller.listen()
    await caller.ask("order-number-again", "order-number", "order-number-bare")
    await caller.converse(*ABOUT_ORDERS)


def _mumble_judged(performance: Performance) -> Iterable[Check]:
    yield did(performance.evidence[0], "find_order", "dispatched")


SCENES = (
    Scene(
        id="silent",
        title="Nobody speaks",
        shows="A silent caller is asked twice and kindly let go.",
        play=_silent,
        judge=_silent_judged,
        number="+14155550192",
    ),
    Scene(
        id="mumble",
        title="Could you say that again?",
        shows="What nobody can understand is asked for again, and the caller repeats it.",
        play=_mumble,
        judge=_mumble_judged,
    ),
)
