"""Whether what the model wrote are the arguments that the company declared."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from domain.actions import Action, Argument

_LARGEST = 1e15  # what a float counts exactly
_LONGEST = 500  # characters; a caller's sentence, not a document
_BETWEEN_DIGITS = re.compile(r"[\s-]+")  # how numbers are grouped when they are said

Value = str | int | float | bool


@dataclass(frozen=True, kw_only=True)
class Refused:
    """Why an argument does not do; `rule` names it without quoting it."""

    rule: str


def check(action: Action, given: Mapping[str, object]) -> dict[str, Value] | Refused:
    """The arguments in their declared types and nothing else, or the first thing wrong with them."""
    declared = {argument.name: argument for argument in action.arguments}
    for name in given:
        if name not in declared:
            return Refused(rule="argument.undeclared")
    checked: dict[str, Value] = {}
    for name, argument in declared.items():
        raw = given.get(name)
        if raw is None or raw == "":
            if argument.required:
                return Refused(rule=f"argument.missing:{name}")
            continue
        value = _typed(argument, raw)
        if value is None:
            return Refused(rule=f"argument.type:{name}")
        value = _fitting(argument, value)
        if value is None:
            return Refused(rule=f"argument.value:{name}")
        checked[name] = value
    return checked


def _typed(argument: Argument, raw: object) -> Value | None:
    """Models write numbers as text and text as numbers; what is lossless is taken, nothing else."""
    match argument.type:
        case "string" if isinstance(raw, (str, int)) and not isinstance(raw, bool):
            return str(raw).strip() if len(str(raw)) <= _LONGEST else None
        case "boolean" if isinstance(raw, bool):
            return raw
        case "integer" if isinstance(raw, (int, str)) and not isinstance(raw, bool):
            return int(raw) if re.fullmatch(r"-?[0-9]{1,15}", str(raw)) else None
        case "number" if isinstance(raw, (int, float)) and not isinstance(raw, bool):
            return raw if abs(raw) <= _LARGEST else None
        case "date" if isinstance(raw, str):
            return _iso_day(raw)
        case _:
            return None


def _iso_day(raw: str) -> str | None:
    try:
        return date.fromisoformat(raw).isoformat()
    except ValueError:
        return None


def _fitting(argument: Argument, value: Value) -> Value | None:
    if argument.choices and str(value) not in argument.choices:
        return None
    if argument.pattern is None:
        return value
    written = str(value)
    for form in (written, _BETWEEN_DIGITS.sub("", written)):
        if form.isascii() and re.fullmatch(argument.pattern, form):
            return form if isinstance(value, str) else value
    return None
