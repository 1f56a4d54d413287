"""A deed: one action on a system of record, from the caller's yes to a certain end; the ledger keeps them.

The states and who moves them:

    reserved -> doing                     allowed at once
    reserved -> waiting -> reserved       a supervisor is asked, and approves
    waiting  -> refused                   the supervisor says no, or nobody answers in time
    reserved -> refused                   the caller left before it began, or policy changed meanwhile
    doing    -> doing                     the caller has typed a secret: only now it is sent
    doing    -> done | failed | unknown   the system's answer; `unknown` when it may have been done
    unknown  -> done | failed             a read found out
    done     -> undoing -> undone | done  the compensation worked, or did not
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from domain.actions import Limit
from domain.money import Money

State = Literal["reserved", "waiting", "doing", "done", "failed", "unknown", "refused", "undoing", "undone"]
STANDING: frozenset[State] = frozenset({"reserved", "waiting", "doing", "unknown", "done", "undoing"})
"""Those that hold their subject and count against limits."""
_MOVES: Mapping[State, frozenset[State]] = {
    "reserved": frozenset({"waiting", "doing", "refused"}),
    "waiting": frozenset({"reserved", "refused"}),
    "doing": frozenset({"doing", "done", "failed", "unknown"}),
    "unknown": frozenset({"done", "failed"}),
    "done": frozenset({"undoing"}),
    "undoing": frozenset({"undone", "done"}),
    "failed": frozenset(),
    "refused": frozenset(),
    "undone": frozenset(),
}
_CHANGEABLE = frozenset({"arguments", "scope", "amount", "result", "outcome", "approver"})
"""The rest is what limits and subject were reserved under."""


class ImpossibleMove(Exception):
    """The program asked for what cannot follow: a mistake in the program."""


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
    """When the state was entered."""
    done_at: datetime | None = None
    """When it was first done: the grace of an undo runs from it, and no undo that fails begins it anew."""

    @property
    def standing(self) -> bool:
        return self.state in STANDING

    def moved(self, to: State, at: datetime, **changes: Any) -> "Deed":
        """Raises `ImpossibleMove`, also where a change would take more than was reserved."""
        if to not in _MOVES[self.state]:
            raise ImpossibleMove(f"a deed that is {self.state} cannot become {to}")
        if fixed := changes.keys() - _CHANGEABLE:
            raise ImpossibleMove(f"a deed keeps its {', '.join(sorted(fixed))}: reserve another one")
        if not _within(changes.get("amount", self.amount), self.amount):
            raise ImpossibleMove("a reserved amount can only be lowered, in its own currency")
        done_at = at if to == "done" and self.done_at is None else self.done_at
        return replace(self, state=to, version=self.version + 1, moved_at=at, done_at=done_at, **changes)


def _within(amount: Money | None, reserved: Money | None) -> bool:
    if amount is None or reserved is None:
        return amount is reserved
    return amount.currency == reserved.currency and amount <= reserved


@dataclass(frozen=True, kw_only=True)
class Tally:
    """The standing deeds in the scope of a limit, without the one that is asked for."""

    count: int = 0
    minor: Mapping[str, int] = field(default_factory=dict)
    """Minor units by currency."""


NOTHING = Tally()


def passes(limit: Limit, amount: Money | None, tally: Tally = NOTHING) -> bool:
    """Whether one more deed of this amount would pass the limit.

    What cannot be compared passes it: another currency, also among the standing deeds, and a deed that
    names no amount where one is limited.
    """
    if limit.count is not None and tally.count + 1 > limit.count:
        return True
    if limit.amount is None:
        return False
    currency = limit.amount.currency
    if amount is None or amount.currency != currency or any(other != currency for other in tally.minor):
        return True
    return tally.minor.get(currency, 0) + amount.minor > limit.amount.minor


def first_passed(limits: Iterable[Limit], amount: Money | None, tallies: Mapping[str, Tally]) -> Limit | None:
    """The first of these limits that one more deed would pass.

    `tallies` are by the limits' `per`; a scope without one holds nothing, as that of `action` always does.
    """
    return next((it for it in limits if passes(it, amount, tallies.get(it.per, NOTHING))), None)
