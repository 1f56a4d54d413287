"""Callers who want a person."""

from collections.abc import Iterable

from simulator.rehearsal.scene import Check, Performance, Scene, did, says
from simulator.rehearsal.scenes.answers import ABOUT_MESSAGES
from simulator.rehearsal.stage import Stage


async def _person(stage: Stage) -> None:
    caller = await stage.dial()
    await caller.listen()
    await caller.ask("person", "person-again")
    await caller.converse(*ABOUT_MESSAGES)


def _person_judged(performance: Performance) -> Iterable[Check]:
    one = performance.evidence[0]
    yield did(one, "take_message", "taken")
    taken = one.of("message_taken")
    yield Check(
        what="one message for a call back was kept",
        holds=len(taken) == 1 and taken[0]["number"] == one.call.from_,
        seen=f"{len(taken)} messages",
    )
    yield says(one, r"call you back|calls you back", "the caller heard that a colleague calls back")


SCENES = (
    Scene(
        id="person",
        title="I want to speak to a person",
        shows="Nobody argues: a message for a call back is taken.",
        play=_person,
        judge=_person_judged,
        number="+14155550115",
        tour=True,
    ),
)
