"""Whether an action may be done at all: the rules that are built in, strictest first."""

from dataclasses import dataclass
from typing import Literal

from domain.actions import Action
from domain.company import Goal
from tools.catalogue import OPEN_TIERS


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The gate's answer and the rules that gave it."""

    outcome: Literal["allow", "deny"]
    rules: tuple[str, ...]


def decide(action: Action | None, goal: Goal | None) -> Decision:
    """Built-ins that only speak, and reaching a person, are never refused for the goal's sake."""
    if action is None:
        return Decision(outcome="deny", rules=("action.unknown",))
    if action.tier not in OPEN_TIERS:
        return Decision(outcome="deny", rules=(f"tier.closed:{action.tier}",))
    if action.binding.kind == "builtin":
        return Decision(outcome="allow", rules=("builtin.always",))
    if goal is not None and action.name not in goal.actions:
        return Decision(outcome="deny", rules=(f"goal.not_its_action:{goal.id}",))
    return Decision(outcome="allow", rules=(f"tier.open:{action.tier}",))
