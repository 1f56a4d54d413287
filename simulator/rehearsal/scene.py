"""A scene: who calls, what they do, and the end state by which it is judged from outside."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulator.carrier.call import SimulatedCall
from simulator.carrier.faults import CallFaults
from simulator.post.page import Piece
from simulator.rehearsal.caller import Caller
from simulator.rehearsal.measures import MOST_SILENCE_S, Measures
from simulator.rehearsal.product_api import Event

if TYPE_CHECKING:
    from simulator.rehearsal.stage import Stage


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that has to be so."""

    what: str
    holds: bool
    seen: str = ""
    """What was found instead; shown where the check does not hold."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One call, as it can be seen from outside of the product."""

    call: SimulatedCall
    caller: Caller
    record: Mapping[str, Any]
    """The product's own word on the call; empty where it has none."""
    events: Sequence[Event] = ()
    office: Sequence[Mapping[str, Any]] = ()
    """Requests to the back office while the scene played."""
    effects: Sequence[Mapping[str, Any]] = ()
    """Writes that the back office carried out while the scene played."""
    post: Sequence[Piece] = ()
    """SMS and e-mails of this time."""
    kept_sound: bytes = b""
    """The product's recording, a WAV file; only where the scene looks into it."""
    shown_to_model: str = ""
    """The latest requests to the stand-in model, as text; likewise."""

    def of(self, kind: str) -> list[Event]:
        return [event for event in self.events if event["kind"] == kind]

    @property
    def agent_heard(self) -> str:
        """All that the caller heard the agent say."""
        return " ".join(str(event["heard"]) for event in self.of("agent_spoke"))

    def wrote(self, operation: str) -> list[Mapping[str, Any]]:
        """What the back office did of this kind."""
        return [effect for effect in self.effects if effect["operation"] == operation]

    def outcomes(self, action: str) -> list[str]:
        """How the action ended each time it was done."""
        names = {event["action_id"]: event["action"] for event in self.of("action_proposed")}
        done = self.of("action_done")
        return [str(event["outcome"]) for event in done if names.get(event["action_id"]) == action]


@dataclass(frozen=True, kw_only=True)
class Performance:
    """A scene that has been played."""

    evidence: Sequence[Evidence]
    """One for each call, in the order of dialling."""
    measures: Measures
    broken: str = ""
    """Why the script could not be played to its end."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Data and a small script."""

    id: str
    title: str
    shows: str
    """In one sentence."""
    play: Callable[["Stage"], Awaitable[None]]
    judge: Callable[[Performance], Iterable[Check]]
    number: str = "+14155550111"
    """Whose telephone it is, E.164; Anna Smith's."""
    ends: str | None = "completed"
    """The terminal state of its first call; None where the product hears of none."""
    faults: CallFaults = field(default_factory=CallFaults)
    most_silence_s: float = MOST_SILENCE_S
    """In the agent's turn; longer only where a person decides, who has asked the caller to hold on."""
    alone: bool = False
    """It spoils something that others need, so nothing else is played meanwhile."""
    looks_into: bool = False
    """What was recorded and what the model was shown are evidence too."""
    tour: bool = False
    """It belongs to the short programme."""


def usual_checks(scene: Scene, performance: Performance) -> Iterable[Check]:
    """What holds for every call, whatever its scene is about."""
    if performance.broken:
        yield Check(what="the script was played to its end", holds=False, seen=performance.broken)
    if scene.ends is not None and performance.evidence:
        state = str(performance.evidence[0].record.get("state", "not known to the product"))
        yield Check(what=f"the call ended as {scene.ends}", holds=state == scene.ends, seen=state)
    for one in performance.evidence:
        if scene.ends is not None and one.record.get("state") != "refused":
            yield from _of_answered(one)
        warnings = "; ".join(f"{warning.error} {warning.reason}" for warning in one.call.warnings)
        yield Check(what="the carrier had nothing to warn of", holds=not warnings, seen=warnings)
    silence = performance.measures.longest_silence_s
    yield Check(
        what=f"never {scene.most_silence_s:.1f} s of silence in the agent's turn",
        holds=silence <= scene.most_silence_s,
        seen=f"{silence:.2f} s",
    )


def _of_answered(one: Evidence) -> Iterable[Check]:
    ended = len(one.of("call_ended"))
    yield Check(what="the call ended exactly once", holds=ended == 1, seen=f"{ended} times")
    notices = sorted(str(event["notice"]) for event in one.of("notice_played"))
    yield Check(
        what="it was disclosed that a machine speaks",
        holds="disclosure" in notices,
        seen=f"notices: {notices}",
    )


def says(evidence: Evidence, pattern: str, what: str) -> Check:
    """The caller heard the agent say that."""
    heard = evidence.agent_heard
    return Check(
        what=what, holds=re.search(pattern, heard, re.IGNORECASE) is not None, seen=f"heard: {heard[-300:]}"
    )


def did(evidence: Evidence, action: str, *outcomes: str) -> Check:
    """The action was done with one of these outcomes."""
    done = evidence.outcomes(action)
    wanted = " or ".join(outcomes)
    return Check(
        what=f"{action}: {wanted}", holds=bool(set(done) & set(outcomes)), seen=str(done or "not done")
    )


def wrote_only(evidence: Evidence, *operations: str) -> Check:
    """The back office carried out these writes, each once, in this order, and nothing else."""
    seen = [str(effect["operation"]) for effect in evidence.effects]
    wanted = ", then ".join(operations) or "nothing"
    return Check(what=f"the back office did {wanted}", holds=seen == list(operations), seen=f"did: {seen}")
