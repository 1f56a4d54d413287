"""After a yes: reserved once, shown to a supervisor where it must be, done, and said as it stands."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from loguru import logger

from domain.clock import Clock
from domain.deeds import Deed
from domain.gate_events import ActionDecided, ActionDone, ApprovalAsked, ApprovalDecided
from domain.policy import Decision, Policy
from domain.ports.durable import Durable
from domain.ports.ledger import AlreadyStanding, Approval, Approvals, Ledger, LimitPassed, Reserved
from tools.case import Case, Proposal
from tools.gate.asked import Asked, Deciding, Note
from tools.gate.doing import Doing
from tools.words import Outcome, Words

_SAID_OF: Mapping[str, str] = {"done": "already", "waiting": "waiting"}
"""A deed that stands already, by its state; of every other nobody knows yet how it ends."""

_SOMEBODY_IS_AT_IT = frozenset({"reserved", "doing", "unknown", "undoing"})
"""After a decision: whoever took it up, as a job, notes how it ends."""
WITHDRAWN = "withdrawn"
"""The outcome of a deed that its caller called off while a supervisor was asked: they know it already."""

Finish = Callable[[Coroutine[Any, Any, Outcome]], Awaitable[Outcome]]
"""Sees a deed through to its end, even where nobody waits for it any more."""


class Agreed:
    """From a yes to its outcome."""

    def __init__(
        self,
        *,
        policy: Policy,
        deciding: Deciding,
        doing: Doing,
        words: Words,
        ledger: Ledger,
        approvals: Approvals,
        durable: Durable,
        clock: Clock,
    ) -> None:
        self._policy = policy
        self._deciding = deciding
        self._doing = doing
        self._words = words
        self._ledger = ledger
        self._approvals = approvals
        self._durable = durable
        self._clock = clock

    async def standing(self, asked: Asked) -> Outcome | None:
        """How it stands, where the same was agreed before: then it is not asked again."""
        deed = await self._ledger.standing(self._deciding.company_id, asked.action.name, asked.subject)
        return None if deed is None else self._already(asked, deed)

    async def go(self, asked: Asked, decision: Decision) -> Outcome:
        match await self._ledger.reserve(self._deciding.deed(asked), asked.action.limits):
            case AlreadyStanding(deed=deed):
                return self._already(asked, deed)
            case LimitPassed(limit=limit):
                rules = (f"limit.{limit.per}.meanwhile",)
                asked.note(ActionDecided(action_id=asked.action_id, outcome="hand_over", rules=rules))
                return self._words.outcome(asked.case, asked.action, "hand_over")
            case Reserved(deed=deed):
                if decision.verdict in {"approve", "draft"}:
                    return await self._ask_supervisor(asked, decision, deed)
                return await self._do(asked.case, asked.note, deed)

    async def _do(self, case: Case, note: Note, deed: Deed) -> Outcome:
        began = self._clock.monotonic()
        try:
            ended = await self._doing.carry_out(deed, case)
        except Exception as error:  # it may have happened: the ledger holds it, and a job finds out
            logger.bind(action=deed.action, error=type(error).__name__).error("A deed lost its ledger")
            note(ActionDone(action_id=deed.id, outcome="unknown", took_ms=0))
            return self._of(case, deed, "unknown")
        took_ms = round((self._clock.monotonic() - began) * 1000)
        return self._ended(case, note, ended, took_ms)

    def _ended(self, case: Case, note: Note, deed: Deed, took_ms: int = 0) -> Outcome:
        if deed.state in {"reserved", "doing", "undoing"}:  # somebody was faster, and notes how it ends
            return self._of(case, deed, "unknown")
        name = deed.outcome or deed.state
        facts = dict(deed.result)
        note(ActionDone(action_id=deed.id, outcome=name, took_ms=took_ms, facts=facts))
        return self._of(case, deed, name)

    def _of(self, case: Case, deed: Deed, name: str) -> Outcome:
        known: dict[str, Any] = {**deed.arguments, **deed.result}
        return self._words.outcome(
            case, self._doing.action(deed.action), name, known, arguments=deed.arguments
        )

    def _already(self, asked: Asked, deed: Deed) -> Outcome:
        rules = (f"once.{deed.state}",)
        asked.note(ActionDecided(action_id=asked.action_id, outcome="deny", rules=rules))
        if not _is_theirs(deed, asked.case):
            return self._words.outcome(asked.case, asked.action, "denied")
        outcome = self._of(asked.case, deed, _SAID_OF.get(deed.state, "unknown"))
        return replace(outcome, deed_id=deed.id if deed.state == "waiting" else "")

    # -- a supervisor decides ------------------------------------------------------------------

    async def _ask_supervisor(self, asked: Asked, decision: Decision, deed: Deed) -> Outcome:
        now = self._clock.now()
        waiting = deed.moved("waiting", now)
        await self._ledger.replace(waiting, deed.version)
        sentence = asked.action.read_back and self._words.read_back(
            asked.action, asked.facts, asked.case.language
        )
        approval = Approval(
            id=approval_of(deed.id),
            deed=waiting,
            rules=decision.rules,
            reason=decision.reason,
            read_back=sentence[0] if sentence else "",
            state="waiting",
            asked_at=now,
            expires_at=now + timedelta(seconds=self._policy.approval_expires_s),
        )
        await self._approvals.ask(approval)
        await self._durable.start("approval", deed.id, company=deed.company)
        asked.note(ApprovalAsked(action_id=deed.id, approval_id=approval.id))
        name = "waiting" if decision.verdict == "approve" else "drafted"
        outcome = self._words.outcome(
            asked.case, asked.action, name, deed.arguments, say=decision.say, arguments=deed.arguments
        )
        return replace(outcome, deed_id=deed.id if name == "waiting" else "")

    async def supervised(
        self, case: Case, note: Note, proposal: Proposal, *, finish: Finish
    ) -> Outcome | Asked:
        """Wait as long as a caller is kept company; whoever does not wait any more cancels only the waiting.

        `Asked` where another amount was allowed: it is read back anew, and the supervisor's yes holds for it.
        """
        deed_id = proposal.action_id
        approval = await self._approvals.decided(approval_of(deed_id), within_s=self._policy.approval_wait_s)
        if approval.state == "waiting":
            return self._of(case, approval.deed, "approval_later")
        note(
            ApprovalDecided(
                action_id=deed_id,
                approval_id=approval.id,
                decision=approval.state,
                by=approval.decided_by,
                amount_minor=None if approval.amount is None else approval.amount.minor,
            )
        )
        if approval.state == "approved" and approval.amount not in {None, approval.deed.amount}:
            deed = await self.refuse(approval)
            if deed.outcome == WITHDRAWN:
                return self._of(case, deed, WITHDRAWN)
            # Of an amount that a record says nobody can ask for less.
            if not str(proposal.action.amount).startswith("args."):
                return self._of(case, deed, "denied")
            return await self._deciding.with_amount(case, note, proposal, approval)
        return await finish(self.after(approval, case, note))

    async def decided_elsewhere(self, case: Case, note: Note, deed_id: str, *, finish: Finish) -> Outcome:
        """What became of what the caller agreed to in another call; another amount needs a yes there."""
        approval_id = approval_of(deed_id)
        if await self._approvals.load(approval_id) is None:  # whoever wanted to ask died before
            return self._of(case, await self._load(deed_id), "approval_later")
        approval = await self._approvals.decided(approval_id, within_s=self._policy.approval_wait_s)
        if approval.state == "waiting" or approval.amount not in {None, approval.deed.amount}:
            return self._of(case, approval.deed, "approval_later")
        return await finish(self.after(approval, case, note))

    async def after(self, approval: Approval, case: Case, note: Note) -> Outcome:
        """Done, or not, by the supervisor's word; whoever comes first does it."""
        approved = approval.state == "approved"
        deed = await (self.approve(approval) if approved else self.refuse(approval))
        if deed.outcome == WITHDRAWN:
            return self._of(case, deed, WITHDRAWN)
        if approved and deed.state == "reserved":
            return await self._do(case, note, deed)
        if approved:
            at_it = deed.state in _SOMEBODY_IS_AT_IT
            return self._of(case, deed, "unknown") if at_it else self._ended(case, note, deed)
        outcome = self._of(case, deed, "denied")
        unanswered = self._of(case, deed, "unanswered").say if approval.state == "expired" else ""
        return replace(outcome, say=approval.words or unanswered or outcome.say)

    async def approve(self, approval: Approval) -> Deed:
        """The deed as it stands then: `reserved` for the one who was first."""
        deed = await self._load(approval.deed.id)
        if deed.state != "waiting":
            return deed
        moved = deed.moved("reserved", self._clock.now(), approver=approval.decided_by)
        return moved if await self._ledger.replace(moved, deed.version) else await self._load(deed.id)

    async def refuse(self, approval: Approval) -> Deed:
        deed = await self._load(approval.deed.id)
        if deed.state != "waiting":
            return deed
        moved = deed.moved("refused", self._clock.now(), approver=approval.decided_by, outcome="denied")
        return moved if await self._ledger.replace(moved, deed.version) else await self._load(deed.id)

    async def _load(self, deed_id: str) -> Deed:
        deed = await self._ledger.load(deed_id)
        assert deed is not None
        return deed


def _is_theirs(deed: Deed, case: Case) -> bool:
    """What somebody else agreed to may hold the same subject; nothing of it is told."""
    return deed.call_id == case.call_id or (deed.customer == case.standing.customer_id != "")


def approval_of(deed_id: str) -> str:
    return f"{deed_id}.approval"
