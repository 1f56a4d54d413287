"""An operation's arguments, filled by the company's paths, and what of its answer may leave the gate."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.actions import Action, Binding
from tools.policy.scope import at


def given(binding: Binding, scope: Mapping[str, Any]) -> dict[str, object]:
    """What its paths fill."""
    return {name: at(scope, path) for name, path in binding.given.items()}


def filled(binding: Binding, scope: Mapping[str, Any]) -> dict[str, object]:
    """What its paths fill, and each argument that none of them mentions under its own name."""
    mentioned = {path.split(".")[1] for path in binding.given.values() if path.startswith("args.")}
    own = {name: value for name, value in scope.get("args", {}).items() if name not in mentioned}
    return own | given(binding, scope)


MOST_ITEMS = 50
"""Of a list; nobody hears more of them, and no model should read them while a caller waits."""
LONGEST_TEXT = 500
DEEPEST = 12


def only(answer: Any, paths: Sequence[str]) -> Any:
    """The declared fields of a record, and of each record in a list; a path that ends keeps all below it.

    Bounded: what leaves the gate is read by a model, checked and journalled while calls go on.
    """
    if isinstance(answer, list):
        return [only(item, paths) for item in answer[:MOST_ITEMS]]
    if not isinstance(answer, dict):
        return bounded(answer)
    kept = {}
    for name, value in answer.items():
        if name in paths:
            kept[name] = bounded(value)
        elif below := [path.removeprefix(f"{name}.") for path in paths if path.startswith(f"{name}.")]:
            kept[name] = only(value, below)
    return kept


def bounded(value: Any, depth: int = 0) -> Any:
    """The same, with long texts and lists cut and what lies too deep left out."""
    if depth > DEEPEST:
        return None
    match value:
        case str():
            return value[:LONGEST_TEXT]
        case list():
            return [bounded(item, depth + 1) for item in value[:MOST_ITEMS]]
        case dict():
            return {name: bounded(item, depth + 1) for name, item in list(value.items())[:MOST_ITEMS]}
        case _:
            return value


def subject_of(action: Action, scope: Mapping[str, Any], otherwise: str) -> str:
    """What a deed is about; `otherwise` where the company declares nothing."""
    parts = [at(scope, path) for path in action.once_per]
    return "\0".join("" if part is None else str(part) for part in parts) if parts else otherwise
