"""What a runner is told and what it brings back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from domain.actions import Action
from domain.company import Company, Goal
from domain.events import MessageTaken, PassageCited
from tools.permit import Permit, redeem


@dataclass(frozen=True, kw_only=True)
class CallFacts:
    """What code knows of the call; never what the model says of it."""

    call_id: str
    caller: str
    """E.164, or empty where the number is hidden."""
    language: str
    """BCP 47, the line's."""
    goal: Goal | None = None


@dataclass(frozen=True, kw_only=True)
class Errand:
    """One checked deed."""

    company: Company
    call: CallFacts
    action: Action
    arguments: Mapping[str, Any]
    now: datetime

    @property
    def today(self) -> date:
        """The company's day."""
        return self.now.astimezone(self.company.hours.zone).date()

    def redeem(self, permit: Permit) -> None:
        redeem(permit, self.action.name, self.arguments, self.call.call_id, self.now)


@dataclass(frozen=True, kw_only=True)
class Result:
    """An outcome's name, what the model may know, and what the journal must."""

    outcome: str
    facts: dict[str, Any] = field(default_factory=dict)
    events: tuple[PassageCited | MessageTaken, ...] = ()


class Runner(Protocol):
    """Does one kind of deed; redeems the permit first."""

    async def __call__(self, permit: Permit, errand: Errand) -> Result: ...
