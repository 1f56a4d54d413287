"""The ledger of deeds: what makes an effect happen once, within its limits, whatever crashes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from domain.actions import Limit
from domain.deeds import Deed, State
from domain.money import Money


@dataclass(frozen=True, kw_only=True)
class Reserved:
    """The deed is in the ledger, and nobody else can pass its limits or take its subject."""

    deed: Deed


@dataclass(frozen=True, kw_only=True)
class AlreadyStanding:
    """The same was agreed before, in this call or another: this is that deed, in whatever state it is."""

    deed: Deed


@dataclass(frozen=True, kw_only=True)
class LimitPassed:
    """It would pass this limit."""

    limit: Limit


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What counts against an action's limits so far: a snapshot for the decision; `reserve` looks again."""

    call_amount: int = 0
    """Minor units, in the currency of the limits."""
    call_count: int = 0
    customer_day_amount: int = 0
    customer_day_count: int = 0
    company_day_amount: int = 0
    company_day_count: int = 0


class Ledger(Protocol):
    """Every method is one transaction and durable when it returns."""

    async def reserve(self, deed: Deed, limits: Sequence[Limit]) -> Reserved | AlreadyStanding | LimitPassed:
        """Limits and subject are checked under lock, so that two calls at once cannot pass them together."""
        ...

    async def spent(self, company: str, action: str, *, call_id: str, customer: str, day: str) -> Spent: ...

    async def load(self, deed_id: str) -> Deed | None: ...

    async def standing(self, company: str, action: str, subject: str) -> Deed | None:
        """The deed that holds this subject, if there is one."""
        ...

    async def replace(self, deed: Deed, expected_version: int) -> bool:
        """Store `deed` if the stored version is `expected_version`; False when somebody was faster."""
        ...

    async def of_call(self, call_id: str) -> Sequence[Deed]:
        """Oldest first, steps included."""
        ...

    async def of_customer(self, company: str, customer: str) -> Sequence[Deed]: ...

    async def in_state(self, *states: State, before: datetime) -> Sequence[Deed]:
        """Deeds that entered one of these states before this time and are in it still, oldest first."""
        ...

    async def steps_of(self, deed_id: str) -> Sequence[Deed]: ...


@dataclass(frozen=True, kw_only=True)
class Approval:
    """A deed that waits for a supervisor."""

    id: str
    deed: Deed
    rules: tuple[str, ...]
    reason: str
    read_back: str
    """The sentence that the caller agreed to."""
    state: Literal["waiting", "approved", "denied", "expired"]
    asked_at: datetime
    expires_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    amount: Money | None = None
    """What the supervisor allowed, where it is less than was asked."""
    words: str = ""
    """For the caller, from a supervisor who says no."""


class Approvals(Protocol):
    """The supervisors' list. Decisions are compare-and-set: the first one counts."""

    async def ask(self, approval: Approval) -> None:
        """Once per deed; asking again changes nothing."""
        ...

    async def load(self, approval_id: str) -> Approval | None: ...

    async def waiting(self, company: str | None = None) -> Sequence[Approval]: ...

    async def decide(
        self,
        approval_id: str,
        *,
        state: Literal["approved", "denied", "expired"],
        by: str,
        amount: Money | None = None,
        words: str = "",
    ) -> Approval | None:
        """The approval as it now stands, or None. A second decision changes nothing."""
        ...

    async def decided(self, approval_id: str, *, within_s: float) -> Approval:
        """Return when it is decided, or as it stands when the time is over."""
        ...
