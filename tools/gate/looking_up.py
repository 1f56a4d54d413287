"""Whether a deed of unknown outcome was done: a read of the system of record, and what in it proves it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from loguru import logger

from domain.actions import Action
from domain.deeds import Deed
from domain.ports.messages import Messages
from tools.paths import given, only
from tools.policy.conditions import RECONCILE, Condition, ConditionFailed
from tools.policy.scope import at
from tools.records import Records, Unreadable


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a look at the system of record told of a deed."""

    was_done: bool
    facts: Mapping[str, Any] = field(default_factory=dict)


class LookingUp:
    """One company's proofs, by action."""

    def __init__(self, records: Records, messages: Messages, reconciled: Mapping[str, Condition]) -> None:
        self._records = records
        self._messages = messages
        self._reconciled = reconciled

    async def look(self, action: Action, deed: Deed) -> Found | None:
        """None where nobody can tell."""
        proof = self._reconciled.get(deed.action)
        if action.binding.kind == "message":
            return Found(was_done=await self._messages.status(deed.id) is not None)
        if action.reconcile is None or proof is None:
            return None
        binding = action.reconcile.binding
        scope = {**deed.scope, "args": deed.arguments, "deed": {"id": deed.id}}
        try:
            answer = await self._records.read(binding, given(binding, scope))
        except Unreadable as error:
            logger.bind(action=action.name, error=type(error).__name__).warning(
                "A deed could not be looked up"
            )
            return None
        body = at({"answer": answer}, action.reconcile.result or "")
        facts = only(body, action.facts) if isinstance(body, Mapping) else {}
        return Found(was_done=_proven(proof, answer, deed), facts=facts)


def _proven(proof: Condition, answer: Any, deed: Deed) -> bool:
    """What cannot be evaluated proves nothing."""
    try:
        return proof.holds(
            RECONCILE.facts({"answer": answer, "args": dict(deed.arguments), "deed": {"id": deed.id}})
        )
    except ConditionFailed:
        return False
