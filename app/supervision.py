"""What a supervisor may decide: within their authority, downwards only, and while the deed waits."""

from collections.abc import Iterable, Sequence

from domain.company import Company
from domain.money import CurrencyMismatch, Money
from domain.ports.ledger import Approval, Approvals


class CannotDecide(Exception):
    """The decision was not taken; says why, and what to do."""


class Supervision:
    """The supervisors' list with the rules over it. The first decision counts."""

    def __init__(self, approvals: Approvals, companies: Iterable[Company]) -> None:
        self._approvals = approvals
        self._companies = {company.id: company for company in companies}

    async def waiting(self) -> Sequence[Approval]:
        """Who waits longest is first; what the caller has withdrawn meanwhile is nobody's to decide."""
        return [it for it in await self._approvals.waiting() if it.deed.state == "waiting"]

    async def approve(self, approval_id: str, *, by: str, amount: Money | None = None) -> Approval:
        """`amount`: less than was asked, where not all of it is allowed. Raises `CannotDecide`."""
        approval = await self._open(approval_id, by)
        self._check(approval, amount)
        less = None if amount == approval.deed.amount else amount
        decided = await self._approvals.decide(approval_id, state="approved", by=by.strip(), amount=less)
        return self._settled(decided, "approved")

    async def deny(self, approval_id: str, *, by: str, words: str = "") -> Approval:
        """`words` are for the caller. Raises `CannotDecide`."""
        await self._open(approval_id, by)
        decided = await self._approvals.decide(
            approval_id, state="denied", by=by.strip(), words=words.strip()
        )
        return self._settled(decided, "denied")

    async def _open(self, approval_id: str, by: str) -> Approval:
        if not by.strip():
            raise CannotDecide("Say who decides.")
        approval = await self._approvals.load(approval_id)
        if approval is None:
            raise CannotDecide("There is no such approval.")
        if approval.state != "waiting":
            raise CannotDecide(f"It was {approval.state} before{_by(approval)}.")
        if approval.deed.state != "waiting":
            raise CannotDecide("The caller has withdrawn it.")
        return approval

    def _check(self, approval: Approval, amount: Money | None) -> None:
        asked, action = approval.deed.amount, approval.deed.action
        try:
            if amount is not None and (asked is None or not amount <= asked or amount.minor == 0):
                raise CannotDecide(f"An amount can only be lowered: {asked or 'none'} was asked for.")
            company = self._companies.get(approval.deed.company)
            if company is None:
                raise CannotDecide(f"The company {approval.deed.company} is not served here.")
            if amount not in {None, asked} and not _is_the_callers(company, action):
                raise CannotDecide("This amount comes from a record: allow all of it or refuse it.")
            bound = company.policy.authority("supervisor", action)
            allowed = amount or asked
            if bound is not None and allowed is not None and not allowed <= bound:
                raise CannotDecide(f"A supervisor may allow {bound} at most for {action.replace('_', ' ')}.")
        except CurrencyMismatch:
            raise CannotDecide(f"The amount must be in the currency that was asked for: {asked}.") from None

    def _settled(self, approval: Approval | None, wanted: str) -> Approval:
        """Somebody, or the clock, may have been faster."""
        if approval is None or approval.state != wanted:
            what = "is gone" if approval is None else f"was {approval.state} just before{_by(approval)}"
            raise CannotDecide(f"It {what}.")
        return approval


def _is_the_callers(company: Company, action: str) -> bool:
    """An amount that a record says nobody can ask for less of."""
    declared = company.action(action)
    return declared is not None and (declared.amount or "").startswith("args.")


def _by(approval: Approval) -> str:
    return f" by {approval.decided_by}" if approval.decided_by else ""
