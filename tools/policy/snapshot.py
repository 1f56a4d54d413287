"""Everything a decision looks at, frozen at one moment: the same snapshot always gives the same decision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from domain.actions import Action, Identity
from domain.company import Goal
from domain.money import Money
from domain.ports.ledger import Spent
from tools.policy.rules import Rules

Value = str | int | float | bool | Money
"""A checked argument."""


@dataclass(frozen=True, kw_only=True)
class CallScene:
    """What code knows of the call."""

    id: str
    line: str
    language: str
    """BCP 47."""
    goal: Goal | None
    now: datetime
    """Timezone aware."""
    today: date
    """The company's day."""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who rings, as far as that is proven."""

    number: str
    """E.164, or empty where it is hidden."""
    identity: Identity = Identity.UNKNOWN
    customer_id: str = ""
    """In the company's systems; empty while nobody is identified."""
    customer: Mapping[str, Any] | None = None
    """The record of that customer; JSON."""


@dataclass(frozen=True, kw_only=True)
class Approved:
    """A supervisor said yes."""

    amount: Money | None
    """What was allowed; None where the deed has no amount."""


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One deed, as it is asked for."""

    action: Action | None
    """None where the company declares no such action."""
    arguments: Mapping[str, Value]
    """As `tools.policy.arguments.check` gave them."""
    call: CallScene
    caller: Caller
    rules: Rules
    """The company's policy, compiled once at start."""
    reads: Mapping[str, Any] = field(default_factory=dict)
    """Name of each of the action's reads to its record (JSON); None where there is no such record."""
    spent: Spent = field(default_factory=Spent)
    """Without this deed."""
    confirmed: bool = False
    """The caller said yes to the read-back of exactly these arguments."""
    approved: Approved | None = None
    asked_by: Literal["caller", "step", "undo"] = "caller"
    """Code asks for steps and undos: what they belong to has been offered and confirmed before."""
