"""What one rule says about a deed, before the strictest of them wins."""

from dataclasses import dataclass

from domain.policy import Verdict


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """A verdict, the rule that gave it, why, and what to tell the caller."""

    verdict: Verdict
    rule: str
    reason: str = ""
    """For people."""
    say: str = ""
