"""One proposal of the model's on its way through the gate, and the decision over it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from domain.actions import Action, Identity
from domain.clock import Clock
from domain.company import Company
from domain.deeds import Deed
from domain.events import Event
from domain.gate_events import ActionDecided
from domain.money import Money
from domain.policy import Decision
from domain.ports.ledger import Approval, Spent
from tools.case import Case, Proposal
from tools.paths import given, subject_of
from tools.policy.arguments import Refused, canonical, check
from tools.policy.decide import decide, wanted_identity
from tools.policy.rules import Rules
from tools.policy.scope import money_at
from tools.policy.snapshot import Approved, Caller, CallScene, Snapshot, Value
from tools.records import Records, Unreadable

Note = Callable[[Event], None]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked for, with everything that code knows of it."""

    case: Case
    note: Note
    action_id: str
    action: Action
    arguments: Mapping[str, Value]
    scope: Mapping[str, Any]
    confirmed: bool = False
    approved: Approved | None = None
    approver: str = ""

    @property
    def facts(self) -> dict[str, Any]:
        """What sentences may name: the arguments at the root, beside the roots of the scope."""
        return {**self.scope, **self.scope["args"]}

    @property
    def amount(self) -> Money | None:
        return money_at(self.scope, self.action.amount) if self.action.amount else None

    @property
    def subject(self) -> str:
        """Where the company names none: the same arguments, once a call."""
        return subject_of(
            self.action, self.scope, f"{self.case.call_id}\0{sorted(self.scope['args'].items())}"
        )


class Deciding:
    """Takes the snapshot, lets the rules decide, and writes both down."""

    def __init__(self, company: Company, rules: Rules, records: Records, clock: Clock) -> None:
        self._company = company
        self._rules = rules
        self._records = records
        self._clock = clock

    async def ask(
        self,
        case: Case,
        note: Note,
        action_id: str,
        action: Action,
        arguments: Mapping[str, Value],
    ) -> Asked:
        """Raises `Unreadable` where a record that the decision needs cannot be read."""
        if (recognised := await self._records.recognise(case, action)) is not None:
            note(recognised)
        scope = await self._records.scope(case, action, arguments)
        return Asked(
            case=case, note=note, action_id=action_id, action=action, arguments=arguments, scope=scope
        )

    async def agreed_to(self, case: Case, note: Note, proposal: Proposal) -> Asked:
        """The same over the records as they are now, with the caller's yes. Raises `Unreadable`."""
        return Asked(
            case=case,
            note=note,
            action_id=proposal.action_id,
            action=proposal.action,
            arguments=proposal.arguments,
            scope=await self._records.scope(case, proposal.action, proposal.arguments),
            confirmed=True,
            approved=proposal.approved,
            approver=proposal.approver,
        )

    def wanted_identity(self, asked: Asked) -> Identity:
        """What a `step_up` asks for."""
        return wanted_identity(self._snapshot(asked, Spent()))

    async def decide(self, asked: Asked) -> Decision:
        snapshot = self._snapshot(asked, await self._records.spent(asked.case, asked.action, self.day()))
        decision = decide(snapshot)
        inputs: dict[str, object] = {
            "identity": int(snapshot.caller.identity),
            "confirmed": asked.confirmed,
            "amount": None if asked.amount is None else str(asked.amount),
            "approver": asked.approver,
        }
        asked.note(
            ActionDecided(
                action_id=asked.action_id, outcome=decision.verdict, rules=decision.rules, inputs=inputs
            )
        )
        return decision

    async def may_step(self, action: Action, step: Deed) -> bool:
        """What the whole was agreed to and approved for covers its steps; no rule about them is left out."""
        arguments = check(action, step.arguments, by_code=True)
        if isinstance(arguments, Refused):
            return False
        scope = {**step.scope, "args": step.arguments}
        caller, call, now = step.scope["caller"], step.scope["call"], self._clock.now()
        try:
            reads = {
                read.name: await self._records.read(read.binding, given(read.binding, scope))
                for read in action.reads
            }
        except Unreadable:
            return False
        scene = CallScene(
            id=step.call_id,
            line=call["line"],
            language=call["language"],
            goal=None,
            now=now,
            today=now.astimezone(self._company.hours.zone).date(),
        )
        known = Caller(
            number=caller["number"],
            identity=Identity(caller["identity"]),
            customer_id=step.customer,
            customer=step.scope["customer"],
        )
        snapshot = Snapshot(
            action=action,
            arguments=arguments,
            call=scene,
            caller=known,
            rules=self._rules,
            reads=reads,
            approved=Approved(amount=step.amount) if step.approver else None,
            asked_by="step",
        )
        return decide(snapshot).verdict == "allow"

    def _snapshot(self, asked: Asked, spent: Spent) -> Snapshot:
        case, action = asked.case, asked.action
        now = self._clock.now()
        scene = CallScene(
            id=case.call_id,
            line=case.line,
            language=case.language,
            goal=case.goals.serving(action.name) or case.goals.current,
            now=now,
            today=now.astimezone(self._company.hours.zone).date(),
        )
        caller = Caller(
            number=case.caller,
            identity=case.standing.level,
            customer_id=case.standing.customer_id,
            customer=case.standing.customer,
        )
        return Snapshot(
            action=action,
            arguments=asked.arguments,
            call=scene,
            caller=caller,
            rules=self._rules,
            reads={read.name: asked.scope.get(read.name) for read in action.reads},
            spent=spent,
            confirmed=asked.confirmed,
            approved=asked.approved,
        )

    def deed(self, asked: Asked) -> Deed:
        """What the ledger is asked to reserve."""
        now = self._clock.now()
        return Deed(
            id=asked.action_id,
            company=self._company.id,
            call_id=asked.case.call_id,
            customer=asked.case.standing.customer_id,
            action=asked.action.name,
            arguments=canonical(asked.arguments),
            scope=asked.scope,
            subject=asked.subject,
            amount=asked.amount,
            day=self.day(),
            approver=asked.approver,
            created_at=now,
            moved_at=now,
        )

    async def with_amount(self, case: Case, note: Note, proposal: Proposal, approval: Approval) -> Asked:
        """The same deed for what a supervisor allowed, as a new one. Raises `Unreadable`."""
        path, allowed = proposal.action.amount or "", approval.amount
        assert allowed is not None
        arguments = {**proposal.arguments, path.removeprefix("args."): allowed}
        asked = await self.ask(case, note, f"{proposal.action_id}.allowed", proposal.action, arguments)
        return replace(asked, approved=Approved(amount=allowed), approver=approval.decided_by)

    @property
    def company_id(self) -> str:
        return self._company.id

    def day(self) -> str:
        """The company's day, ISO 8601."""
        return self._clock.now().astimezone(self._company.hours.zone).date().isoformat()
