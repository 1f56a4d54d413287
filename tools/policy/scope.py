"""A snapshot as plain JSON: under dotted paths for built-in rules, and as the facts of the company's."""

from collections.abc import Mapping
from typing import Any

from domain.money import Money
from tools.policy.arguments import canonical, money_in
from tools.policy.conditions import LEVELS, RULES, Facts
from tools.policy.snapshot import Snapshot


def at(scope: Any, path: str) -> Any:
    """What lies at a dotted path; None where nothing does."""
    for name in path.split("."):
        if isinstance(scope, Mapping):
            scope = scope.get(name)
        elif isinstance(scope, (list, tuple)) and name.isdecimal() and int(name) < len(scope):
            scope = scope[int(name)]
        else:
            return None
    return scope


def money_at(scope: Any, path: str) -> Money | None:
    """The amount there, as we write it or as a back office does; None where there is none, or a wrong one."""
    return money_in(at(scope, path))


def scope_of(snapshot: Snapshot) -> dict[str, Any]:
    """The roots of a `domain.actions.Path` on which a decision may depend."""
    return {
        **snapshot.reads,
        "args": canonical(snapshot.arguments),
        "caller": {"number": snapshot.caller.number},
        "customer": snapshot.caller.customer,
    }


def facts_for_rules(snapshot: Snapshot, *, records: bool) -> Facts:
    """`records` false keeps the customer's and the reads' away: the caller may not learn anything of them."""
    call, caller = snapshot.call, snapshot.caller
    known: dict[str, Any] = {
        "action": snapshot.action.name if snapshot.action else "",
        "args": canonical(snapshot.arguments),
        "caller": {"number": caller.number, "identity": int(caller.identity)},
        "call": {
            "id": call.id,
            "line": call.line,
            "language": call.language,
            "goal": call.goal.id if call.goal else "",
            "today": call.today.isoformat(),
        },
        "now": call.now,
        "spent": dict(vars(snapshot.spent)),
        **LEVELS,
    }
    if records:
        known["customer"] = dict(caller.customer or {})
        known["record"] = {name: record for name, record in snapshot.reads.items() if record is not None}
    return RULES.facts(known)
