"""A ledger and a supervisors' list in memory: the rules of the real ones, and none of their durability."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

from domain.actions import Limit
from domain.clock import Clock
from domain.deeds import Deed, State, Tally, first_passed
from domain.money import Money
from domain.ports.ledger import AlreadyStanding, Approval, LimitPassed, Reserved, Spent


class MemoryLedger:
    """Implements `domain.ports.ledger.Ledger`."""

    def __init__(self) -> None:
        self.deeds: dict[str, Deed] = {}

    async def reserve(self, deed: Deed, limits: Sequence[Limit]) -> Reserved | AlreadyStanding | LimitPassed:
        if deed.id in self.deeds:
            return AlreadyStanding(deed=self.deeds[deed.id])
        if (held := await self.standing(deed.company, deed.action, deed.subject)) is not None:
            return AlreadyStanding(deed=held)
        tallies = self._tallies(
            deed.company, deed.action, call_id=deed.call_id, customer=deed.customer, day=deed.day
        )
        if (limit := first_passed(limits, deed.amount, tallies)) is not None:
            return LimitPassed(limit=limit)
        self.deeds[deed.id] = deed
        return Reserved(deed=deed)

    async def spent(self, company: str, action: str, *, call_id: str, customer: str, day: str) -> Spent:
        of = self._tallies(company, action, call_id=call_id, customer=customer, day=day)
        return Spent(
            call_amount=_sum(of["call"]),
            call_count=of["call"].count,
            customer_day_amount=_sum(of["customer_day"]),
            customer_day_count=of["customer_day"].count,
            company_day_amount=_sum(of["company_day"]),
            company_day_count=of["company_day"].count,
        )

    def _tallies(
        self, company: str, action: str, *, call_id: str, customer: str, day: str
    ) -> Mapping[str, Tally]:
        """By the scope of a limit."""
        mine = [
            it for it in self.deeds.values() if (it.company, it.action) == (company, action) and it.standing
        ]
        today = [it for it in mine if it.day == day]
        return {
            "call": _tally(it for it in mine if it.call_id == call_id),
            "customer_day": _tally(it for it in today if it.customer == customer),
            "company_day": _tally(today),
        }

    async def load(self, deed_id: str) -> Deed | None:
        return self.deeds.get(deed_id)

    async def standing(self, company: str, action: str, subject: str) -> Deed | None:
        sought = (company, action, subject)
        return next(
            (
                it
                for it in self.deeds.values()
                if (it.company, it.action, it.subject) == sought and it.standing
            ),
            None,
        )

    async def replace(self, deed: Deed, expected_version: int) -> bool:
        if self.deeds[deed.id].version != expected_version:
            return False
        self.deeds[deed.id] = deed
        return True

    async def of_call(self, call_id: str) -> Sequence[Deed]:
        return [it for it in self.deeds.values() if it.call_id == call_id]

    async def of_customer(self, company: str, customer: str) -> Sequence[Deed]:
        return [it for it in self.deeds.values() if (it.company, it.customer) == (company, customer)]

    async def in_state(self, *states: State, before: datetime) -> Sequence[Deed]:
        found = [it for it in self.deeds.values() if it.state in states and it.moved_at < before]
        return sorted(found, key=lambda it: it.moved_at)

    async def steps_of(self, deed_id: str) -> Sequence[Deed]:
        return [it for it in self.deeds.values() if it.parent == deed_id]


def _tally(deeds: Iterable[Deed]) -> Tally:
    amounts = [it.amount for it in deeds]
    minor: Counter[str] = Counter()
    for amount in filter(None, amounts):
        minor[amount.currency] += amount.minor
    return Tally(count=len(amounts), minor=minor)


def _sum(tally: Tally) -> int:
    return sum(tally.minor.values())


class MemoryApprovals:
    """Implements `domain.ports.ledger.Approvals`; whoever waits gets the list as it stands."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.asked: dict[str, Approval] = {}

    async def ask(self, approval: Approval) -> None:
        self.asked.setdefault(approval.id, approval)

    async def load(self, approval_id: str) -> Approval | None:
        return self.asked.get(approval_id)

    async def waiting(self, company: str | None = None) -> Sequence[Approval]:
        return [
            it for it in self.asked.values() if it.state == "waiting" and company in {None, it.deed.company}
        ]

    async def decide(
        self,
        approval_id: str,
        *,
        state: Literal["approved", "denied", "expired"],
        by: str,
        amount: Money | None = None,
        words: str = "",
    ) -> Approval | None:
        approval = self.asked.get(approval_id)
        if approval is None or approval.state != "waiting":
            return approval
        decided = replace(
            approval, state=state, decided_by=by, decided_at=self._clock.now(), amount=amount, words=words
        )
        self.asked[approval_id] = decided
        return decided

    async def decided(self, approval_id: str, *, within_s: float) -> Approval:
        del within_s
        return self.asked[approval_id]
