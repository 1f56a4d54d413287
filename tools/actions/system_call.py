"""Calls one operation of the company's own systems and names what came of it."""

from collections.abc import Mapping
from typing import Any

from domain.actions import Action
from domain.ports.systems import MaybeDone, NotDone, Systems
from tools.actions.errand import Errand, Result
from tools.paths import filled, only
from tools.permit import Permit
from tools.policy.scope import at

CUSTOMER = "customer."
NOT_FOUND = 404


class CallSystem:
    """Runner of actions bound to an OpenAPI operation or an MCP tool."""

    def __init__(self, systems: Systems) -> None:
        self._systems = systems

    async def __call__(self, permit: Permit, errand: Errand) -> Result:
        errand.redeem(permit)
        action = errand.action
        arguments = filled(action.binding, errand.scope)
        if _lacks_customer(action, arguments):
            return Result(outcome="not_recognised", done=False)
        arguments = {name: value for name, value in arguments.items() if value is not None}
        answered = await self._systems.call(
            action.binding, {**arguments, **errand.secrets}, key=errand.key, timeout_s=action.timeout_s
        )
        if answered.status >= 500:
            raise (NotDone if self._systems.reads(action.binding) else MaybeDone)(action.binding.name)
        if answered.status >= 400:
            return Result(outcome=_refusal(action, answered.status, answered.body), done=False)
        if not answered.body and self._systems.reads(action.binding):
            return Result(outcome="not_found", done=False)
        answer = answered.body if isinstance(answered.body, dict) else {"results": answered.body}
        return Result(outcome=_outcome(action, answer), facts=only(answer, action.facts))


def _lacks_customer(action: Action, arguments: Mapping[str, object]) -> bool:
    sources = action.binding.given
    return any(
        path.startswith((CUSTOMER, "caller.number")) and arguments[name] in {None, ""}
        for name, path in sources.items()
    )


def _refusal(action: Action, status: int, body: Any) -> str:
    """A system's own code for its no, where the company has words for it."""
    code = at(body, "code") or at(body, "detail.code") or at(body, "error.code")
    if isinstance(code, str) and code in action.outcomes:
        return code
    return "not_found" if status == NOT_FOUND and "not_found" in action.outcomes else "failed"


def _outcome(action: Action, answer: dict[str, Any]) -> str:
    named = at(answer, action.outcome_by) if action.outcome_by else None
    if isinstance(named, str) and named in action.outcomes:
        return named
    return "done" if action.writes or "done" in action.outcomes else "found"
