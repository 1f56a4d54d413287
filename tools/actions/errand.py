"""What a runner is told and what it brings back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from domain.actions import Action
from domain.clock import Clock
from domain.company import Company
from domain.events import Event
from tools.case import Case
from tools.permit import Permit, redeem


@dataclass(frozen=True, kw_only=True)
class Errand:
    """One checked deed."""

    company: Company
    call_id: str
    action: Action
    arguments: Mapping[str, Any]
    """Canonical; JSON."""
    scope: Mapping[str, Any]
    """What paths may name: see `domain.actions.Path`."""
    key: str
    """Idempotency key: the same for every attempt at this deed."""
    now: datetime
    """When it was let through."""
    clock: Clock
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What the caller typed for this one attempt: for the system of record and nobody else."""
    case: Case | None = None
    """None where the call is over, or another process does what it left."""

    @property
    def today(self) -> date:
        """The company's day."""
        return self.now.astimezone(self.company.hours.zone).date()

    def redeem(self, permit: Permit) -> None:
        redeem(permit, self.action.name, self.arguments, self.call_id, self.clock.now())


@dataclass(frozen=True, kw_only=True)
class Result:
    """An outcome's name, what the model may know, and what the journal must."""

    outcome: str
    facts: dict[str, Any] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    done: bool = True
    """False where the system refused: nothing was done, and `outcome` says why."""


class Runner(Protocol):
    """Does one kind of deed; redeems the permit first. Raises `NotDone` or `MaybeDone`."""

    async def __call__(self, permit: Permit, errand: Errand) -> Result: ...
