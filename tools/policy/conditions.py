"""Conditions in CEL: compiled and type-checked once at start, evaluated over plain facts in microseconds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cel_expr_python import cel

_MAP = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
_LEVELS = ("unknown", "recognised", "verified", "confirmed")
RULE_FACTS: Mapping[str, cel.Type] = {
    "action": cel.Type.STRING,
    **dict.fromkeys(("args", "caller", "customer", "call", "record", "spent"), _MAP),
    "now": cel.Type.TIMESTAMP,
    **dict.fromkeys(_LEVELS, cel.Type.INT),
}
"""What a rule of `policy.yaml` may look at. `caller.identity` compares with the four levels."""
RECONCILE_FACTS: Mapping[str, cel.Type] = {
    "answer": cel.Type.DYN,
    **dict.fromkeys(("args", "deed"), _MAP),
}
"""What `done_when` may look at."""
LEVELS: Mapping[str, int] = {name: at for at, name in enumerate(_LEVELS)}
_COMPLAINT = re.compile(r"ERROR: <input>:\d+:(?P<column>\d+): (?P<what>.*?)(?: \(in container ''\))?$", re.M)


class ConditionWrong(ValueError):
    """The expression does not compile; says what is wrong, and at which column."""


class ConditionFailed(Exception):
    """It could not be evaluated on these facts: a field is missing, or of another type. Quotes nothing."""


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One compiled expression."""

    source: str
    expression: cel.Expression
    language: "Language"

    def holds(self, facts: "Facts | Mapping[str, Any]") -> bool:
        """Raises `ConditionFailed`; what it would quote may be a customer's, so it says nothing of it."""
        known = facts if isinstance(facts, Facts) else self.language.facts(facts)
        try:
            answer = self.expression.eval(known.activation)
            is_bool, value = answer.type() == cel.Type.BOOL, answer.value()
        except Exception as error:
            raise ConditionFailed("the expression could not be evaluated") from error
        if not is_bool:
            raise ConditionFailed("the expression gave no yes or no")
        return bool(value)


class Language:
    """CEL over a fixed set of facts."""

    def __init__(self, facts: Mapping[str, cel.Type]) -> None:
        self._names = facts.keys()
        self._env = cel.NewEnv(variables=dict(facts))

    def compile(self, source: str) -> Condition:
        """Raises `ConditionWrong`."""
        try:
            expression = self._env.compile(source)
            kind = expression.return_type()
        except RuntimeError as error:
            raise ConditionWrong(self._complaint(str(error))) from error
        if kind not in (cel.Type.BOOL, cel.Type.DYN):
            raise ConditionWrong(f"it gives {kind.name().lower()}, not yes or no")
        return Condition(source=source, expression=expression, language=self)

    def facts(self, known: Mapping[str, Any]) -> "Facts":
        """Plain JSON only; a fact that is left out makes the conditions that look at it fail."""
        return Facts(activation=self._env.Activation(dict(known)))

    def _complaint(self, error: str) -> str:
        found = _COMPLAINT.search(error)
        if found is None:
            return "it does not compile"
        names = f"; there are {', '.join(self._names)}" if "undeclared reference" in error else ""
        return f"column {found['column']}: {found['what'].split(' expecting ')[0]}{names}"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What conditions look at, handed over once for all of them."""

    activation: cel.Activation


RULES = Language(RULE_FACTS)
RECONCILE = Language(RECONCILE_FACTS)
