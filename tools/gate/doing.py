"""Does what was agreed: once, however often it is asked, and with a certain end, however it goes."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from loguru import logger

from domain.actions import Action, Step
from domain.clock import Clock
from domain.company import Company
from domain.deeds import Deed
from domain.ports.durable import Durable
from domain.ports.ledger import Ledger, Reserved
from domain.ports.systems import MaybeDone, NotDone
from tools.case import Case
from tools.gate.looking_up import Found, LookingUp
from tools.gate.running import Running
from tools.gate.typed import NOT_ENTERED, typed
from tools.paths import only, subject_of
from tools.policy.scope import at, money_at

COMPENSATED, PARTLY_DONE = "compensated", "partly_done"
SETTLES_AFTER_S = 60.0
"""So long a request may still be on its way: not to be found before that proves nothing."""


May = Callable[[Action, Deed], Awaitable[bool]]
"""Whether the policy lets a step be done, now that its arguments are known."""


class Doing:
    """One company's deeds, from `reserved` to their end. Every method may be called again at any time."""

    def __init__(
        self,
        company: Company,
        *,
        ledger: Ledger,
        running: Running,
        looking_up: LookingUp,
        may: May,
        durable: Durable,
        clock: Clock,
    ) -> None:
        self._company = company
        self._ledger = ledger
        self.run = running.run
        self._looking_up = looking_up
        self._may = may
        self._durable = durable
        self._clock = clock

    # -- forwards ------------------------------------------------------------------------------

    async def carry_out(self, deed: Deed, case: Case | None = None) -> Deed:
        """The deed as it ended: done, failed or unknown. Somebody who was faster does it alone."""
        doing = deed.moved("doing", self._clock.now())
        if not await self._ledger.replace(doing, deed.version):
            return await self._as_it_stands(deed.id)
        action = self.action(doing.action)
        return await (self._steps(action, doing) if action.steps else self._one(action, doing, case))

    async def _one(self, action: Action, doing: Deed, case: Case | None) -> Deed:
        try:
            secrets = await typed(action, case, self._clock)
            if secrets is None:
                return await self._moved(doing, "failed", outcome=NOT_ENTERED)
            if secrets:  # that took its time: whoever took the deed for left behind settles it alone
                begun = doing.moved("doing", self._clock.now())
                if not await self._ledger.replace(begun, doing.version):
                    return await self._as_it_stands(doing.id)
                doing = begun
            result = await self.run(action, doing, doing.arguments, doing.scope, doing.id, case, secrets)
        except NotDone as error:
            _warn(action, error)
            return await self._moved(doing, "failed", outcome="failed")
        except MaybeDone as error:
            _warn(action, error)
            unknown = await self._moved(doing, "unknown", outcome="unknown")
            await self._durable.start("reconciliation", doing.id, company=doing.company)
            return await self.reconcile(unknown)
        end = "done" if result.done else "failed"
        return await self._moved(doing, end, outcome=result.outcome, result=result.facts)

    # -- several systems -----------------------------------------------------------------------

    async def _steps(self, action: Action, doing: Deed) -> Deed:
        """All of them, or none: what was done of them is taken back in the opposite order."""
        scope = dict(doing.scope)
        for number, step in enumerate(action.steps, 1):
            child = await self._step(doing, step, number, scope)
            if number == 1 and child is not None and child.state == "failed":
                known = child.outcome in action.outcomes
                return await self._moved(doing, "failed", outcome=child.outcome if known else "failed")
            if child is None or child.state != "done":
                return await self.roll_back(doing)
            scope[step.action] = dict(child.result)
        return await self._moved(doing, "done", outcome="done", result=only(scope, action.facts))

    async def _step(self, parent: Deed, step: Step, number: int, scope: Mapping[str, Any]) -> Deed | None:
        """None where its own rules, limits or subject forbid it."""
        action = self.action(step.action)
        arguments = {
            name: at({**scope, "args": parent.arguments}, path) for name, path in step.arguments.items()
        }
        child = replace(
            parent,
            id=f"{parent.id}.{number}",
            parent=parent.id,
            action=action.name,
            arguments=arguments,
            scope=scope,
            subject=subject_of(action, {**scope, "args": arguments}, parent.id),
            amount=money_at({**scope, "args": arguments}, action.amount) if action.amount else None,
            state="reserved",
            version=1,
            result={},
        )
        if not await self._may(action, child):
            return None
        reserved = await self._ledger.reserve(child, action.limits)
        if not isinstance(reserved, Reserved):
            return None
        return await self.carry_out(reserved.deed)

    async def roll_back(self, parent: Deed) -> Deed:
        """Take back each step that was done. What cannot be taken back now is taken up by a job."""
        left = False
        for child in reversed(await self._ledger.steps_of(parent.id)):
            settled = await self.settled_step(child)
            gone = await self.take_back(settled) if settled.state in {"done", "undoing"} else settled
            left = left or gone.state in {"unknown", "undoing", "done"}
        if left:
            await self._durable.start("compensation", parent.id, company=parent.company)
        return await self._moved(parent, "failed", outcome=PARTLY_DONE if left else COMPENSATED)

    async def settled_step(self, step: Deed) -> Deed:
        """As far as it can be known; one that was reserved and never begun holds its subject for nothing."""
        if step.state == "reserved":
            return await self._moved(step, "refused", outcome="not_begun")
        return await self.settle(step)

    # -- backwards -----------------------------------------------------------------------------

    async def take_back(self, deed: Deed) -> Deed:
        """The deed `undone`; `done` where it could not be; `undoing` while nobody knows, until a job does."""
        action = self.action(deed.action)
        if deed.state not in {"done", "undoing"}:
            return deed
        if action.steps:
            return await self._take_back_steps(deed)
        if action.undo is None:
            return deed
        undoing = deed if deed.state == "undoing" else deed.moved("undoing", self._clock.now())
        if undoing is not deed and not await self._ledger.replace(undoing, deed.version):
            return await self._as_it_stands(deed.id)
        scope = {**deed.scope, "args": deed.arguments, "result": deed.result, "deed": {"id": deed.id}}
        arguments = {name: at(scope, path) for name, path in action.undo.arguments.items()}
        undo = self.action(action.undo.action)
        attempt = replace(undoing, id=f"{deed.id}.undo", action=undo.name, arguments=arguments)
        if undoing is deed and undo.reconcile and (known := await self._tried(undo, attempt, undoing)):
            return known
        try:
            result = await self.run(undo, undoing, arguments, scope, attempt.id)
        except NotDone as error:
            _warn(undo, error)
            return await self._moved(undoing, "done", outcome=deed.outcome)
        except MaybeDone as error:
            _warn(undo, error)
            await self._durable.start("compensation", deed.id, company=deed.company)
            return undoing
        return await self._moved(undoing, "undone" if result.done else "done", outcome=result.outcome)

    async def _tried(self, undo: Action, attempt: Deed, undoing: Deed) -> Deed | None:
        """What came of an attempt that nobody heard back from; None where it is certain that nothing did.

        One whose action cannot be looked up may be done again: its system knows it by its key.
        """
        found = await self._looking_up.look(undo, attempt)
        if found is not None and found.was_done:
            return await self._moved(undoing, "undone", outcome="done")
        settled = (self._clock.now() - undoing.moved_at).total_seconds() >= SETTLES_AFTER_S
        return None if found is not None and settled else undoing

    async def _take_back_steps(self, deed: Deed) -> Deed:
        undoing = deed if deed.state == "undoing" else deed.moved("undoing", self._clock.now())
        if undoing is not deed and not await self._ledger.replace(undoing, deed.version):
            return await self._as_it_stands(deed.id)
        children = [await self.take_back(child) for child in reversed(await self._ledger.steps_of(deed.id))]
        if all(child.state in {"undone", "failed", "refused"} or self._is_said(child) for child in children):
            return await self._moved(undoing, "undone", outcome="done")
        await self._durable.start("compensation", deed.id, company=deed.company)
        return undoing

    def _is_said(self, step: Deed) -> bool:
        """A message that no other takes back: it cannot be unsent, and holds up no undo."""
        action = self.action(step.action)
        return step.state == "done" and action.binding.kind == "message" and action.undo is None

    # -- certainty -----------------------------------------------------------------------------

    async def settle(self, deed: Deed) -> Deed:
        """What a dead process left, brought to an end as far as it can be known now."""
        match deed.state:
            case "doing" if steps := self.action(deed.action).steps:
                return await self._finished(deed, len(steps)) or await self.roll_back(deed)
            case "doing":
                return await self.reconcile(await self._moved(deed, "unknown", outcome="unknown"))
            case "unknown":
                return await self.reconcile(deed)
            case "undoing":
                return await self.take_back(deed)
            case _:
                return deed

    async def _finished(self, parent: Deed, steps: int) -> Deed | None:
        """Where every step was done, and only that was not written down."""
        children = await self._ledger.steps_of(parent.id)
        if [child.state for child in children] != ["done"] * steps:
            return None
        scope = {**parent.scope, **{child.action: dict(child.result) for child in children}}
        facts = only(scope, self.action(parent.action).facts)
        return await self._moved(parent, "done", outcome="done", result=facts)

    async def reconcile(self, deed: Deed) -> Deed:
        """Ask the system whether it was done. A no counts only when nothing can be on its way any more."""
        if deed.state != "unknown" or (found := await self._looked_up(deed)) is None:
            return deed
        if found.was_done:
            return await self._moved(deed, "done", outcome="done", result=found.facts)
        if (self._clock.now() - deed.moved_at).total_seconds() < SETTLES_AFTER_S:
            return deed
        return await self._moved(deed, "failed", outcome="failed")

    async def _looked_up(self, deed: Deed) -> Found | None:
        return await self._looking_up.look(self.action(deed.action), deed)

    # -- the ledger ----------------------------------------------------------------------------

    async def _moved(self, deed: Deed, to: Any, **changes: Any) -> Deed:
        moved = deed.moved(to, self._clock.now(), **changes)
        if await self._ledger.replace(moved, deed.version):
            return moved
        return await self._as_it_stands(deed.id)

    async def _as_it_stands(self, deed_id: str) -> Deed:
        deed = await self._ledger.load(deed_id)
        assert deed is not None
        return deed

    def action(self, name: str) -> Action:
        """A deed outlives a change of the folder: what is no longer declared cannot be done."""
        action = self._company.action(name)
        if action is None:
            raise NotDone(f"{name} is not declared any more")
        return action


def _warn(action: Action, error: Exception) -> None:
    logger.bind(action=action.name, error=type(error).__name__).warning("An action failed")
