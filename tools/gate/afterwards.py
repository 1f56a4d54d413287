"""What becomes of a deed when no call waits for it any more: carried on, looked up, taken back, told."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

from domain.clock import Clock
from domain.company import Company
from domain.deeds import Deed
from domain.ports.ledger import Approval, Approvals, Ledger
from domain.ports.messages import Messages, Outgoing
from domain.ports.systems import NotDone
from tools.gate.agreed import Agreed, approval_of
from tools.gate.doing import PARTLY_DONE, Doing
from tools.words import Words

AT_WORK_S = 65.0
"""So long whoever began a deed may be at it still: no request takes longer than a minute."""
Taken = Literal["undone", "left", "irreversible"]
"""`left`: worth another attempt; `irreversible`: what stands has no undo, or its system refuses it."""
_UNSETTLED = frozenset({"doing", "unknown", "undoing"})
_ADDRESSES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "sms": (("caller", "number"), ("customer", "phone")),
    "email": (("customer", "email"),),
}


class Afterwards:
    """One company's deeds, from outside a call. Every method may be called again at any time."""

    def __init__(
        self,
        company: Company,
        *,
        doing: Doing,
        agreed: Agreed,
        words: Words,
        ledger: Ledger,
        approvals: Approvals,
        messages: Messages,
        clock: Clock,
        at_work_s: float = AT_WORK_S,
    ) -> None:
        self._company = company
        self._doing = doing
        self._agreed = agreed
        self._words = words
        self._ledger = ledger
        self._approvals = approvals
        self._messages = messages
        self._clock = clock
        self._at_work_s = at_work_s

    async def decided(self, deed: Deed) -> Deed:
        """By the supervisor's word: done, or refused, as is a lowered amount: it lacks the caller's yes."""
        approval = await self._approvals.load(approval_of(deed.id))
        if approval is None:
            return await self._refuse(deed, "denied")
        if approval.state != "approved" or _is_lowered(approval):
            return await self._agreed.refuse(approval)
        ready = await self._agreed.approve(approval)
        return await self._doing.carry_out(ready) if ready.state == "reserved" else ready

    async def recover(self, deed: Deed) -> Deed:
        """What a dead process or a lost answer left, as far as it can be known now.

        What was agreed and never begun is refused: nobody is there who could be told of it.
        """
        if deed.state == "reserved":
            if deed.approver:
                return await self._doing.carry_out(deed)
            return await self._refuse(deed, "not_begun")
        if deed.state in {"doing", "undoing"} and await self._at_work(deed):
            return deed
        try:
            return await self._doing.settle(deed)
        except NotDone:  # its action is not declared any more
            return deed

    async def compensate(self, deed: Deed) -> Taken:
        """Take back what a broken or revoked deed has left standing."""
        if deed.state == "undoing":
            if await self._at_work(deed):
                return "left"
            for step in await self._ledger.steps_of(deed.id):
                await self._doing.settled_step(step)
            deed = await self._doing.take_back(deed)
            return {"undone": "undone", "done": "irreversible"}.get(deed.state, "left")  # type: ignore[return-value]
        if deed.state != "failed" or deed.outcome != PARTLY_DONE:
            return "undone" if deed.state == "undone" else "irreversible"
        steps = [
            await self._doing.settled_step(step) for step in reversed(await self._ledger.steps_of(deed.id))
        ]
        after = [await self._doing.take_back(step) for step in steps]
        left = [step for step in after if step.state in _UNSETTLED | {"done"}]
        if any(step.state in _UNSETTLED or self._doing.action(step.action).undo for step in left):
            return "left"
        return "irreversible" if left else "undone"

    async def write_to_customer(self, deed: Deed, template_name: str) -> bool:
        """By the company's template of this name, where there is one and an address; once, however often."""
        template = self._company.message(template_name)
        address = template and _address(deed.scope, template.channel)
        if template is None or not address:
            return False
        language = str(deed.scope.get("call", {}).get("language", ""))
        subject, text = template.words(language)
        facts: dict[str, Any] = {**deed.scope, **deed.arguments, **deed.result}
        try:
            message = Outgoing(
                id=f"{deed.id}.{template_name}",
                company=self._company.id,
                call_id=deed.call_id,
                template=template.name,
                channel=template.channel,
                to=address,
                subject=self._words.written(subject, facts, language),
                text=self._words.written(text, facts, language),
            )
        except LookupError:
            return False
        await self._messages.send(message)
        return True

    async def _at_work(self, deed: Deed) -> bool:
        """Whether somebody may be doing it at this moment, or one of its steps."""
        moved = [it.moved_at for it in (deed, *await self._ledger.steps_of(deed.id))]
        return self._clock.now() - max(moved) < timedelta(seconds=self._at_work_s)

    async def _refuse(self, deed: Deed, outcome: str) -> Deed:
        if deed.state not in {"reserved", "waiting"}:
            return deed
        refused = deed.moved("refused", self._clock.now(), outcome=outcome)
        if await self._ledger.replace(refused, deed.version):
            return refused
        return await self._ledger.load(deed.id) or deed


def _is_lowered(approval: Approval) -> bool:
    return approval.amount not in {None, approval.deed.amount}


def _address(scope: Mapping[str, Any], channel: str) -> str:
    found = (str((scope.get(root) or {}).get(name) or "") for root, name in _ADDRESSES[channel])
    return next(filter(None, found), "")
