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
Followed = AboutADeed | IdentityChecked


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
    identity_by: Mapping[str, Any] | None
    """The check that showed it, with its number, time and method; None where none had passed."""
    seq: int
    """Of the proposal, in the call's chain: `callwright verify` proves the chain."""
    steps: list[dict[str, Any]] = field(default_factory=list)
    """What followed, each with its number, time, kind and fields; a check of who the caller is stands with
    the deed that was asked for last before it."""

    def exported(self) -> dict[str, Any]:
        return asdict(self)


def trails(happened: Iterable[Happened]) -> list[Trail]:
    """In the order in which they were asked for.

    What a job did to a deed that another call proposed stands under a trail of its own.
    """
    found: dict[str, Trail] = {}
    asked_last: Trail | None = None
    utterance, identity, identity_by = "", 0, None
    for it in happened:
        match it.event:
            case CallerSaid(text=text):
                utterance = text
            case KeypadPressed(digits=digits):
                utterance = f"(keypad) {digits}"
            case IdentityChecked(passed=passed, level=level) as checked:
                step = _step(it, checked)
                if passed:
                    identity, identity_by = level, step
                if asked_last:
                    asked_last.steps.append(step)
            case ActionProposed(action_id=action_id, action=action, arguments=arguments):
                found[action_id] = asked_last = Trail(
                    action_id=action_id,
                    action=action,
                    arguments=arguments,
                    utterance=utterance,
                    identity=identity,
                    identity_by=identity_by,
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
    return Trail(
        action_id=action_id, action="", arguments={}, utterance="", identity=0, identity_by=None, seq=seq
    )


def _step(it: Happened, event: Followed) -> dict[str, Any]:
    told = {name: value for name, value in asdict(event).items() if name != "action_id"}
    return {"seq": it.seq, "at": it.at.isoformat(), "kind": type(event).__name__, **told}
