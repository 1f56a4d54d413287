"""A company's policy, compiled once: which of its rules speak about a deed, and which could not be asked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from domain.actions import Action
from domain.company import Company
from domain.policy import Policy, Rule
from tools.policy.conditions import RECONCILE, RULES, Condition, ConditionFailed, ConditionWrong, Facts

__all__ = ["Condition", "ConditionFailed", "RuleRefused", "Rules", "Spoken", "concerns", "proofs"]


class RuleRefused(Exception):
    """A rule does not compile; `str()` says where, what and which."""


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """A rule that has something to say."""

    rule: Rule
    failed: bool = False
    """It could not be evaluated: nobody knows what it would have said."""


class Rules:
    """All rules of one company; immutable, shared by all its calls."""

    def __init__(self, policy: Policy) -> None:
        """Raises `RuleRefused`."""
        self.policy = policy
        self._compiled = tuple((rule, _compiled(rule)) for rule in policy.rules)

    def about(self, action: Action, facts: Facts) -> Iterator[Spoken]:
        """In the order of the file."""
        for rule, condition in self._compiled:
            if not concerns(rule, action):
                continue
            try:
                if condition.holds(facts):
                    yield Spoken(rule=rule)
            except ConditionFailed:
                yield Spoken(rule=rule, failed=True)


def concerns(rule: Rule, action: Action) -> bool:
    return action.name in rule.actions if rule.actions else action.writes


def _compiled(rule: Rule) -> Condition:
    try:
        return RULES.compile(rule.when)
    except ConditionWrong as error:
        raise RuleRefused(f"{rule.where or rule.id}: `when` of {rule.id}: {error}") from error


def proofs(company: Company) -> Mapping[str, Condition]:
    """By action, what proves that a deed of unknown outcome was done. Raises `ConditionWrong`."""
    return {
        action.name: RECONCILE.compile(action.reconcile.done_when)
        for action in company.actions
        if action.reconcile is not None
    }
