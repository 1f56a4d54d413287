"""Takes back what was just done, or just agreed to: "no wait, cancel that"."""

from datetime import timedelta

from domain.clock import Clock
from domain.deeds import Deed
from domain.gate_events import ActionUndone
from domain.ports.ledger import Approvals, Ledger
from tools.actions.errand import Errand, Result
from tools.gate.agreed import WITHDRAWN, approval_of
from tools.gate.doing import Doing
from tools.permit import Permit

_CAME_TO_NOTHING = frozenset({"failed", "refused"})


class UndoLast:
    """The built-in `undo_last`. It takes back the last deed of this call, and no other."""

    def __init__(self, ledger: Ledger, approvals: Approvals, doing: Doing, clock: Clock) -> None:
        self._ledger = ledger
        self._approvals = approvals
        self._doing = doing
        self._clock = clock

    async def __call__(self, permit: Permit, errand: Errand) -> Result:
        errand.redeem(permit)
        if errand.case is not None and errand.case.proposal is not None:
            errand.case.proposal = None
            return Result(outcome="nothing_done")
        deeds = [deed for deed in await self._ledger.of_call(errand.call_id) if deed.parent is None]
        last = next((deed for deed in reversed(deeds) if deed.state not in _CAME_TO_NOTHING), None)
        if last is None or last.state == "undone":
            return Result(outcome="nothing_to_undo")
        if last.state not in {"done", "waiting"}:  # nobody knows yet what there is to take back
            return Result(outcome="unknown", done=False)
        if last.state == "waiting":
            withdrawn = await self._withdrawn(last)
            if withdrawn and errand.case is not None:
                errand.case.waiting.pop(last.id, None)
            return Result(outcome="nothing_done" if withdrawn else "failed")
        if not self._in_time(last):
            return Result(outcome="too_late", facts={"action": last.action})
        ended = await self._doing.take_back(last)
        name = "undone" if ended.state == "undone" else "failed" if ended.state == "done" else "unknown"
        facts = {"action": last.action, **last.arguments}
        return Result(outcome=name, facts=facts, events=(ActionUndone(action_id=last.id, outcome=name),))

    async def _withdrawn(self, waiting: Deed) -> bool:
        """Nobody is asked about it any more, and nobody waits for an answer.

        False where the supervisor was faster.
        """
        moved = waiting.moved("refused", self._clock.now(), outcome=WITHDRAWN)
        withdrawn = await self._ledger.replace(moved, waiting.version)
        if withdrawn:
            await self._approvals.decide(approval_of(waiting.id), state="expired", by="")
        return withdrawn

    def _in_time(self, deed: Deed) -> bool:
        undo = self._doing.action(deed.action).undo
        done_at = deed.done_at or deed.moved_at
        return undo is not None and self._clock.now() - done_at <= timedelta(seconds=undo.within_s)
