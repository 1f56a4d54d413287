"""What the model is offered: the company's actions as JSON-schema tools, and the built-ins behind some."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.actions import Action, Argument
from domain.company import Company, Goal

OPEN_TIERS = frozenset({"lookup", "draft"})
"""What the gate lets through today; tools of other tiers are not even offered."""


@dataclass(frozen=True, kw_only=True)
class Builtin:
    """A part of the product that an action can be bound to."""

    arguments: frozenset[str]
    """Those an action must declare."""
    outcomes: frozenset[str]
    """Those a company must have words for."""


BUILTINS: Mapping[str, Builtin] = {
    "search_documents": Builtin(
        arguments=frozenset({"question"}), outcomes=frozenset({"found", "not_found", "failed"})
    ),
    "opening_hours": Builtin(arguments=frozenset(), outcomes=frozenset({"open", "closed"})),
    "take_message": Builtin(
        arguments=frozenset({"about"}), outcomes=frozenset({"taken", "no_number", "failed"})
    ),
    "end_call": Builtin(arguments=frozenset(), outcomes=frozenset({"ending"})),
}


def tool_schemas(company: Company, goal: Goal | None = None) -> list[dict[str, Any]]:
    """Tools as a chat-completions request takes them; with a goal, only those it may use.

    The order is the company's own, so that the prompt prefix stays the same from turn to turn.
    """
    allowed = None if goal is None else set(goal.actions)
    return [
        _tool(action)
        for action in company.actions
        if action.tier in OPEN_TIERS and (allowed is None or action.name in allowed)
    ]


def _tool(action: Action) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {
            "name": action.name,
            "description": action.purpose,
            "parameters": {
                "type": "object",
                "properties": {argument.name: _schema(argument) for argument in action.arguments},
                "required": [argument.name for argument in action.arguments if argument.required],
                "additionalProperties": False,
            },
        },
    }


def _schema(argument: Argument) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": argument.type, "description": argument.description}
    if argument.type == "date":
        schema |= {"type": "string", "format": "date"}
    if argument.pattern:
        schema["pattern"] = f"^(?:{argument.pattern})$"
    if argument.choices:
        schema["enum"] = list(argument.choices)
    return schema
