"""One call's standing at the gate: who the caller is, what they want, which question waits for their yes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from domain.actions import Action
from domain.company import Company
from domain.confirmation import MOST_UNCLEAR, Question
from domain.goals import GoalTrack
from domain.identity import Standing
from domain.ports.secret_keys import SecretKeys
from tools.policy.snapshot import Approved, Value


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A deed that was read back and waits for the caller's answer; nothing of it has happened yet."""

    action_id: str
    action: Action
    arguments: Mapping[str, Value]
    question: Question
    times_unclear: int = 0
    approved: Approved | None = None
    """A supervisor has allowed this amount already; it was read back anew since it is another."""
    approver: str = ""

    def read_again(self, at: float) -> "Proposal | None":
        """None when it was read often enough."""
        if self.times_unclear >= MOST_UNCLEAR:
            return None
        return replace(
            self, times_unclear=self.times_unclear + 1, question=replace(self.question, read_at=at)
        )


class Case:
    """What the gate remembers of one call; the truth of it is in the ledger and the journal."""

    def __init__(self, company: Company, *, call_id: str, caller: str, line: str, language: str) -> None:
        """`caller`: E.164, or empty where the number is hidden; `language`: BCP 47, the line's."""
        self.call_id = call_id
        self.caller = caller
        self.line = line
        self.language = language
        self.goals = GoalTrack(company)
        self.standing = Standing()
        self.proposal: Proposal | None = None
        self.waiting: dict[str, Proposal] = {}
        """By deed: what a supervisor was asked about while the caller holds on."""
        self.secret_keys: SecretKeys | None = None
        """None outside a live call: there nobody can be asked to type anything."""
        self.looked_up = False
        """The number was looked up in the company's systems: once a call is enough."""

    def facts(self) -> dict[str, Any]:
        """The roots of a scope that the call itself gives."""
        return {
            "caller": {"number": self.caller, "identity": int(self.standing.level)},
            "customer": self.standing.customer,
            "call": {"id": self.call_id, "line": self.line, "language": self.language},
        }
