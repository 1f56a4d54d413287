"""What was asked for, decided, agreed to, approved and done in a call, deed by deed, with its proof."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from domain.events import CallerSaid, Event, KeypadPressed
from domain.gate_events import (
    ActionDecided,
    ActionDone,
    ActionProposed,
    ActionUndone,
    ApprovalAsked,
    ApprovalDecided,
    ConfirmationHeard,
    IdentityChecked,
    OutcomeReconciled,
    ReadBack,
)

AboutADeed = (
    ActionDecided
    | ReadBack
    | ConfirmationHeard
    | ApprovalAsked
    | ApprovalDecided
    | ActionDone
    | ActionUndone
    | OutcomeReconciled
)


@dataclass(frozen=True, kw_only=True)
class Happened:
    """One event with its place in the call's chain."""

    seq: int
    at: datetime
    event: Event


@dataclass(kw_only=True)
class Trail:
    """One deed from the caller's words to its end."""

    action_id: str
    action: str
    arguments: Mapping[str, object]
    utterance: str
    """What the caller had said last when the model asked for it."""
    identity: int
    """How surely the caller was known then, 0 to 3."""
    seq: int
    """Of the proposal, in the call's chain: `callwright verify` proves the chain."""
    steps: list[dict[str, Any]] = field(default_factory=list)
    """What followed, each with its number, time, kind and fields."""

    def exported(self) -> dict[str, Any]:
        return asdict(self)


def trails(happened: Iterable[Happened]) -> list[Trail]:
    """In the order in which they were asked for.

    What a job did to a deed that another call proposed stands under a trail of its own.
    """
    found: dict[str, Trail] = {}
    utterance, identity = "", 0
    for it in happened:
        match it.event:
            case CallerSaid(text=text):
                utterance = text
            case KeypadPressed(digits=digits):
                utterance = f"(keypad) {digits}"
            case IdentityChecked(passed=True, level=level):
                identity = level
            case ActionProposed(action_id=action_id, action=action, arguments=arguments):
                found[action_id] = Trail(
                    action_id=action_id,
                    action=action,
                    arguments=arguments,
                    utterance=utterance,
                    identity=identity,
                    seq=it.seq,
                )
            case (
                ActionDecided()
                | ReadBack()
                | ConfirmationHeard()
                | ApprovalAsked()
                | ApprovalDecided()
                | ActionDone()
                | ActionUndone()
                | OutcomeReconciled()
            ):
                trail = found.setdefault(it.event.action_id, _carried_on(it.event.action_id, it.seq))
                heard = {"utterance": utterance} if isinstance(it.event, ConfirmationHeard) else {}
                trail.steps.append(_step(it, it.event) | heard)
            case _:
                pass
    return list(found.values())


def _carried_on(action_id: str, seq: int) -> Trail:
    return Trail(action_id=action_id, action="", arguments={}, utterance="", identity=0, seq=seq)


def _step(it: Happened, event: AboutADeed) -> dict[str, Any]:
    told = {name: value for name, value in asdict(event).items() if name != "action_id"}
    return {"seq": it.seq, "at": it.at.isoformat(), "kind": type(event).__name__, **told}
