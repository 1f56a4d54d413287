"""What the model is offered: the company's actions as JSON-schema tools, and the built-ins behind some."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.actions import Action, Argument, Binding
from domain.company import Company
from tools.case import Case


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
    "begin_goal": Builtin(arguments=frozenset({"goal"}), outcomes=frozenset({"begun"})),
    "verify_identity": Builtin(
        arguments=frozenset(), outcomes=frozenset({"proven", "not_proven", "too_many", "failed"})
    ),
    "send_code": Builtin(
        arguments=frozenset(),
        outcomes=frozenset({"sent", "no_address", "not_recognised", "too_many", "failed"}),
    ),
    "check_code": Builtin(
        arguments=frozenset({"code"}),
        outcomes=frozenset({"proven", "not_proven", "expired", "too_many", "failed"}),
    ),
    "undo_last": Builtin(
        arguments=frozenset(),
        outcomes=frozenset({"undone", "nothing_done", "nothing_to_undo", "too_late", "unknown", "failed"}),
    ),
}


def tool_schemas(
    company: Company, case: Case | None = None, available: Callable[[Binding], bool] = lambda _binding: True
) -> list[dict[str, Any]]:
    """Tools as a chat-completions request takes them; with a case, only those that it allows at this moment.

    An operation that was withdrawn is not offered: its goals have words, or a person.

    The order is the company's own, so that the prompt prefix stays the same from turn to turn.
    """
    return [
        _tool(action, company)
        for action in company.actions
        if action.offered and available(action.binding) and (case is None or _allowed(action, company, case))
    ]


def _allowed(action: Action, company: Company, case: Case) -> bool:
    """While no goal is open, one looks up; what needs more identity than there is waits for it."""
    if action.binding.kind == "builtin":
        return True
    if action.identity > case.standing.level and company.verification is not None:
        return False
    goals = case.goals.open
    if not goals:
        return not action.writes
    return any(action.name in goal.actions for goal in goals)


def _tool(action: Action, company: Company) -> dict[str, Any]:
    told = [argument for argument in action.arguments if not argument.secret]
    return {
        "type": "function",
        "function": {
            "name": action.name,
            "description": action.purpose,
            "parameters": {
                "type": "object",
                "properties": {argument.name: _schema(action, argument, company) for argument in told},
                "required": [argument.name for argument in told if argument.required],
                "additionalProperties": False,
            },
        },
    }


def _schema(action: Action, argument: Argument, company: Company) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": argument.type, "description": argument.description}
    if argument.type == "date":
        schema |= {"type": "string", "format": "date"}
    if argument.type == "money":
        description = f"{argument.description} In {argument.currency}, such as 25.00."
        schema |= {"type": "string", "description": description}
    if argument.pattern:
        schema["pattern"] = f"^(?:{argument.pattern})$"
    if argument.choices:
        schema["enum"] = list(argument.choices)
    if action.binding.name == "begin_goal" and argument.name == "goal":
        schema["enum"] = [goal.id for goal in company.goals]
    return schema
