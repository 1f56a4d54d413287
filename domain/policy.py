"""What the company allows: rules, and who may decide how much; and the decision that comes of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from domain.money import Money

Verdict = Literal["allow", "confirm", "step_up", "approve", "draft", "hand_over", "deny"]
STRICTNESS: Mapping[Verdict, int] = {
    "allow": 0,
    "approve": 1,
    "confirm": 2,
    "step_up": 3,
    "draft": 4,
    "hand_over": 5,
    "deny": 6,
}
"""The strictest of all verdicts wins, and is asked again once it is met: identity comes before a yes, and a
supervisor is asked last, for what the caller has already agreed to."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One line of `policy.yaml`."""

    id: str
    actions: tuple[str, ...]
    """The actions it is about; none means all that write."""
    when: str
    """CEL over `action`, `args`, `caller`, `customer`, `call`, `record`; true means that it speaks."""
    then: Verdict
    reason: str
    """For people: the journal, the approver, the audit."""
    say: str = ""
    """For the caller; the action's own word for the verdict where it is empty."""
    translations: Mapping[str, str] = field(default_factory=dict)
    where: str = ""
    """`policy.yaml:12`."""


@dataclass(frozen=True, kw_only=True)
class Authority:
    """How much a role may decide alone, by action."""

    role: Literal["agent", "supervisor"]
    up_to: Mapping[str, Money]


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The whole of `policy.yaml`."""

    rules: tuple[Rule, ...] = ()
    authorities: tuple[Authority, ...] = ()
    approval_wait_s: int = 180
    """How long a caller is kept company; the approval itself waits longer."""
    approval_expires_s: int = 86_400

    def authority(self, role: Literal["agent", "supervisor"], action: str) -> Money | None:
        """None where the role has no bound for the action."""
        return next((it.up_to.get(action) for it in self.authorities if it.role == role), None)


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The gate's answer and the rules that gave it."""

    verdict: Verdict
    rules: tuple[str, ...]
    say: str = ""
    reason: str = ""
