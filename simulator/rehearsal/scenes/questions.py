"""Callers who ask about policies and hours, and who speak while the agent does."""

from collections.abc import Iterable

from simulator.rehearsal.measures import STOPS_WITHIN_S, stopped_after_s
from simulator.rehearsal.scene import Check, Performance, Scene, did, says
from simulator.rehearsal.scenes.answers import NO_CALL_BACK, QUESTION
from simulator.rehearsal.stage import Stage

BEN, PRIYA, TOM = "+14155550112", "+14155550113", "+14155550114"
HOURS = r"\b(nine|ten|9|10)\b|closed|open again"
ASKED_POLICY = ("return-policy", "return-policy-again", "return-policy")


async def _interruption(stage: Stage) -> None:
    caller = await stage.dial()
    await caller.listen()
    await caller.ask_and_hear(1.2, *ASKED_POLICY)
    await caller.ask("interrupt-opening-hours", "opening-hours-again", "opening-hours")
    await caller.converse(QUESTION, NO_CALL_BACK)


def _interruption_judged(performance: Performance) -> Iterable[Check]:
    one = performance.evidence[0]
    yield did(one, "search_documents", "found")
    cut = [event for event in one.of("agent_spoke") if event["interrupted"]]
    yield Check(
        what="the answer was cut, and only what was heard is kept",
        holds=any(len(event["heard"]) < len(event["text"]) for event in cut),
        seen=f"{len(cut)} sentences were cut",
    )
    stops = [stopped_after_s(one.call.recording, at) for at in one.caller.spoke_at_s]
    took = [after for after in stops if after is not None]
    yield Check(
        what=f"the agent stopped within {STOPS_WITHIN_S} s at the caller's ear",
        holds=bool(took) and max(took) <= STOPS_WITHIN_S,
        seen=f"it went on for {[round(after, 2) for after in took]} s",
    )
    yield did(one, "opening_hours", "open", "closed")
    yield says(one, HOURS, "the caller heard the opening hours")


async def _hours(stage: Stage) -> None:
    caller = await stage.dial()
    await caller.listen()
    await caller.ask("opening-hours", "opening-hours-again")
    await caller.converse(NO_CALL_BACK)


def _hours_judged(performance: Performance) -> Iterable[Check]:
    yield did(performance.evidence[0], "opening_hours", "open", "closed")
    yield says(performance.evidence[0], HOURS, "the caller heard the opening hours")


async def _machine(stage: Stage) -> None:
    caller = await stage.dial()
    await caller.listen()
    await caller.ask("machine", "machine-again")
    await caller.converse()


def _machine_judged(performance: Performance) -> Iterable[Check]:
    told = [
        event for event in performance.evidence[0].of("agent_spoke") if "with an automated" in event["heard"]
    ]
    yield Check(
        what="asked, the agent said that it is a machine",
        holds=any(event["turn"] > 0 for event in told),
        seen=f"said so in turns {[event['turn'] for event in told]}",
    )


async def _backchannel(stage: Stage) -> None:
    caller = await stage.dial()
    await caller.listen()
    await caller.ask_and_hear(1.2, *ASKED_POLICY)
    answer = caller.telephone.ear.said[:]
    await caller.say("backchannel-mhm")
    caller.telephone.ear.said[:0] = answer
    await caller.listen()
    await caller.converse(QUESTION, NO_CALL_BACK)


def _backchannel_judged(performance: Performance) -> Iterable[Check]:
    one = performance.evidence[0]
    yield did(one, "search_documents", "found")
    cut = [event["heard"] for event in one.of("agent_spoke") if event["interrupted"]]
    yield Check(what="the agent went on to the end of its answer", holds=not cut, seen=f"cut after: {cut}")
    real = [event for event in one.of("caller_interrupted") if event["proved"] == "interruption"]
    yield Check(what='"mhm" was no interruption', holds=not real, seen=f"{len(real)} interruptions")


SCENES = (
    Scene(
        id="interruption",
        title="An interrupted answer",
        shows="A caller cuts the agent short and gets an answer to the new question.",
        play=_interruption,
        judge=_interruption_judged,
        number=BEN,
        tour=True,
    ),
    Scene(
        id="opening-hours",
        title="When are you open?",
        shows="The hours come from the company's folder, not from the model.",
        play=_hours,
        judge=_hours_judged,
        number=PRIYA,
    ),
    Scene(
        id="machine",
        title="Are you a machine?",
        shows="The truth about that is told by code, at any time.",
        play=_machine,
        judge=_machine_judged,
        number=TOM,
    ),
    Scene(
        id="backchannel",
        title="Mhm",
        shows="A caller who only shows that they listen does not stop the agent.",
        play=_backchannel,
        judge=_backchannel_judged,
        number=BEN,
    ),
)
