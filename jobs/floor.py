"""What jobs stand on: the deeds and their gates, the supervisors' list, and the people who are told."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from loguru import logger
from prometheus_client import Counter

from domain.clock import Clock
from domain.deeds import Deed, State
from domain.events import Event
from domain.gate_events import ActionDone, ActionUndone, ApprovalDecided, OutcomeReconciled
from domain.ports.callbacks import CallbackRequest, Callbacks
from domain.ports.journal import Journal
from domain.ports.ledger import Approvals, Ledger
from tools.gate.afterwards import Afterwards, Taken
from tools.gate.agreed import approval_of

LOOK_S = 15.0
"""How often who waits for a supervisor looks whether the deed was withdrawn."""
HANDED_OVER = Counter(
    "callwright_deeds_handed_over", "Deeds that no job could bring to an end: a person is told.", ["why"]
)


class NoSuchDeed(Exception):
    """The job is about a deed that the ledger does not know, or of a company that is not served here."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How patient jobs are; seconds."""

    head_start_s: float = 30.0
    """A call that still lives does by itself what a supervisor allowed."""
    decision_slice_s: float = 600.0
    intervals_s: tuple[float, ...] = (10.0, 30.0, 60.0, 300.0, *(1800.0,) * 47)
    """Between attempts; together a day."""


@dataclass(frozen=True, kw_only=True)
class Floor:
    """Every method is one step of a job: safe to repeat, and answered with a word that names nobody."""

    gates: Mapping[str, Afterwards]
    """By company."""
    ledger: Ledger
    approvals: Approvals
    callbacks: Callbacks
    open_journal: Callable[[str], Awaitable[Journal]]
    """A call's journal, to be gone on with."""
    written: Callable[[str], Awaitable[Sequence[object]]]
    """The events that a call's journal holds already."""
    clock: Clock
    pace: Pace = Pace()

    async def state(self, deed_id: str) -> State:
        return (await self._deed(deed_id)).state

    # -- approvals -----------------------------------------------------------------------------

    async def decision(self, deed_id: str) -> str:
        """`waiting` after a while; else how it was decided, or `withdrawn` or `never_asked`."""
        until = self.clock.monotonic() + self.pace.decision_slice_s
        approval_id = approval_of(deed_id)
        while True:
            approval = await self.approvals.load(approval_id)
            if approval is None:
                return "never_asked"
            if approval.state == "waiting" and approval.deed.state != "waiting":
                await self.approvals.decide(approval_id, state="expired", by="")
                return "withdrawn"
            now = self.clock.now()
            if approval.state == "waiting" and now >= approval.expires_at:
                approval = await self.approvals.decide(approval_id, state="expired", by="") or approval
            left_s = until - self.clock.monotonic()
            if approval.state != "waiting" or left_s <= 0:
                return approval.state
            expires_s = (approval.expires_at - now).total_seconds()
            await self.approvals.decided(approval_id, within_s=max(0.05, min(LOOK_S, left_s, expires_s)))

    async def carry_out_decision(self, deed_id: str) -> str:
        """`done`, `failed`, `doing`, `unknown`, `refused`, or `lowered` where the caller's yes is missing."""
        deed = await self._deed(deed_id)
        ended = await self._gate(deed).decided(deed)
        approval = await self.approvals.load(approval_of(deed_id))
        lowered = approval is not None and approval.state == "approved" and ended.state == "refused"
        return "lowered" if lowered else ended.state

    async def note_decision(self, deed_id: str) -> str:
        deed = await self._deed(deed_id)
        events: list[Event] = []
        if (approval := await self.approvals.load(approval_of(deed_id))) and approval.state != "waiting":
            events.append(
                ApprovalDecided(
                    action_id=deed_id,
                    approval_id=approval.id,
                    decision=approval.state,
                    by=approval.decided_by,
                    amount_minor=None if approval.amount is None else approval.amount.minor,
                )
            )
        if deed.state in {"done", "failed", "unknown"}:
            outcome = deed.outcome or deed.state
            events.append(ActionDone(action_id=deed_id, outcome=outcome, took_ms=0, facts=dict(deed.result)))
        return await self._write(deed, *events)

    async def write_to_customer(self, deed_id: str, template: str) -> str:
        deed = await self._deed(deed_id)
        return "queued" if await self._gate(deed).write_to_customer(deed, template) else "nothing to send"

    # -- certainty -----------------------------------------------------------------------------

    async def recover(self, deed_id: str) -> str:
        deed = await self._deed(deed_id)
        return (await self._gate(deed).recover(deed)).state

    async def note_outcome(self, deed_id: str) -> str:
        deed = await self._deed(deed_id)
        found = {"done": "done", "failed": "failed", "refused": "failed"}.get(deed.state, "unknown")
        return await self._write(deed, OutcomeReconciled(action_id=deed_id, outcome=found))  # type: ignore[arg-type]

    async def compensate(self, deed_id: str) -> Taken:
        deed = await self._deed(deed_id)
        return await self._gate(deed).compensate(deed)

    async def note_undone(self, deed_id: str, outcome: str) -> str:
        return await self._write(await self._deed(deed_id), ActionUndone(action_id=deed_id, outcome=outcome))

    # -- people --------------------------------------------------------------------------------

    async def tell_a_person(self, deed_id: str, why: str) -> str:
        """On the list of those who are to be rung back, once; and in the log and the figures."""
        deed = await self._deed(deed_id)
        caller, customer = deed.scope.get("caller") or {}, deed.scope.get("customer") or {}
        about = f"{deed.action.replace('_', ' ')}: {why} (deed {deed.id})"
        await self.callbacks.take(
            CallbackRequest(
                call_id=deed.call_id,
                company=deed.company,
                number=str(caller.get("number") or ""),
                name=str(customer.get("name") or ""),
                about=about,
            )
        )
        HANDED_OVER.labels(why).inc()
        logger.bind(deed=deed.id, action=deed.action, why=why).error("A deed needs a person")
        return "told"

    async def _write(self, deed: Deed, *events: Event) -> str:
        """What the call itself or a run of this step that died has written is not written again."""
        known = {_news(event) for event in await self.written(deed.call_id)}
        if new := [event for event in events if _news(event) not in known]:
            journal = await self.open_journal(deed.call_id)
            for event in new:
                journal.write(deed.call_id, event)
            await journal.settle(deed.call_id)
        return "written"

    async def _deed(self, deed_id: str) -> Deed:
        deed = await self.ledger.load(deed_id)
        if deed is None:
            raise NoSuchDeed(deed_id)
        return deed

    def _gate(self, deed: Deed) -> Afterwards:
        if (gate := self.gates.get(deed.company)) is None:
            raise NoSuchDeed(deed.id)
        return gate


def _news(event: object) -> tuple[type, str, str] | None:
    """What an event tells of its deed; None for those that no job writes."""
    match event:
        case ActionDone() | ActionUndone() | OutcomeReconciled():
            return type(event), event.action_id, event.outcome
        case ApprovalDecided():
            return type(event), event.action_id, event.decision
        case _:
            return None
