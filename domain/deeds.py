"""A deed: one action on a system of record, from the caller's yes to a certain end; the ledger keeps them.

The states and who moves them:

    reserved -> doing                     allowed at once
    reserved -> waiting -> reserved       a supervisor is asked, and approves
    waiting  -> refused                   the supervisor says no, or nobody answers in time
    reserved -> refused                   the caller left before it began, or policy changed meanwhile
    doing    -> done | failed | unknown   the system's answer; `unknown` when it may have been done
    unknown  -> done | failed             a read found out
    done     -> undoing -> undone | done  the compensation worked, or did not
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from domain.money import Money

State = Literal["reserved", "waiting", "doing", "done", "failed", "unknown", "refused", "undoing", "undone"]
STANDING: frozenset[State] = frozenset({"reserved", "waiting", "doing", "unknown", "done", "undoing"})
"""Those that hold their subject and count against limits."""
_MOVES: Mapping[State, frozenset[State]] = {
    "reserved": frozenset({"waiting", "doing", "refused"}),
    "waiting": frozenset({"reserved", "refused"}),
    "doing": frozenset({"done", "failed", "unknown"}),
    "unknown": frozenset({"done", "failed"}),
    "done": frozenset({"undoing"}),
    "undoing": frozenset({"undone", "done"}),
    "failed": frozenset(),
    "refused": frozenset(),
    "undone": frozenset(),
}


class ImpossibleMove(Exception):
    """The program asked for a state that cannot follow: a mistake in the program."""


@dataclass(frozen=True, kw_only=True)
class Deed:
    """One row of the ledger."""

    id: str
    """Also the idempotency key towards the system of record, the same over retries and restarts."""
    company: str
    call_id: str
    customer: str
    """The customer's id in the company's systems; empty where nobody was identified."""
    action: str
    arguments: Mapping[str, Any]
    """Canonical: as checked by the gate; JSON."""
    scope: Mapping[str, Any] = field(default_factory=dict)
    """What else the deed was decided on and is done with: `caller`, `customer`, `call`, the reads; JSON."""
    subject: str
    """What it is about, from `once_per`: at most one standing deed of an action and subject."""
    amount: Money | None = None
    day: str
    """The company's day on which it was agreed, ISO 8601: limits per day count it there."""
    state: State = "reserved"
    version: int = 1
    """Counts moves, for compare-and-set."""
    parent: str | None = None
    """The coordinate deed of which it is a step."""
    result: Mapping[str, Any] = field(default_factory=dict)
    """The declared facts of the system's answer; JSON."""
    outcome: str = ""
    approver: str = ""
    created_at: datetime
    moved_at: datetime
    """When the state was entered; the grace of an undo runs from it."""

    @property
    def standing(self) -> bool:
        return self.state in STANDING

    def moved(self, to: State, at: datetime, **changes: Any) -> "Deed":
        """Raises `ImpossibleMove`."""
        if to not in _MOVES[self.state]:
            raise ImpossibleMove(f"a deed that is {self.state} cannot become {to}")
        return replace(self, state=to, version=self.version + 1, moved_at=at, **changes)
