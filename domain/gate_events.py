"""What can happen at the gate: proposed, decided, agreed to, approved, done, undone; a part of `Event`."""

from dataclasses import dataclass, field
from typing import Literal

from domain.policy import Verdict

Milliseconds = int


@dataclass(frozen=True, kw_only=True)
class ActionProposed:
    """The model asked for an action."""

    action_id: str
    action: str
    arguments: dict[str, object]


@dataclass(frozen=True, kw_only=True)
class ActionDecided:
    """The gate's answer, with the rules that gave it."""

    action_id: str
    outcome: Verdict
    rules: tuple[str, ...]
    inputs: dict[str, object] = field(default_factory=dict)
    """What the rules saw: amount, identity, spending; never a whole record."""


@dataclass(frozen=True, kw_only=True)
class ReadBack:
    """The exact sentence that code made of the arguments, for the caller's yes or no."""

    action_id: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class ConfirmationHeard:
    """What the caller's next utterance after a read-back meant, by code."""

    action_id: str
    answer: Literal["yes", "no", "unclear", "too_early", "too_late", "other_topic"]
    by: Literal["voice", "keypad"]


@dataclass(frozen=True, kw_only=True)
class ApprovalAsked:
    """A supervisor is asked."""

    action_id: str
    approval_id: str


@dataclass(frozen=True, kw_only=True)
class ApprovalDecided:
    """A supervisor, or the clock, decided."""

    action_id: str
    approval_id: str
    decision: Literal["approved", "denied", "expired"]
    by: str
    amount_minor: int | None = None


@dataclass(frozen=True, kw_only=True)
class ActionUndone:
    """A deed was taken back, by its declared undo."""

    action_id: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class OutcomeReconciled:
    """A deed of unknown outcome was looked up afterwards."""

    action_id: str
    outcome: Literal["done", "failed", "unknown"]


@dataclass(frozen=True, kw_only=True)
class IdentityChecked:
    """The caller proved who they are, or did not; which fact was wrong is nobody's to know."""

    method: Literal["number", "facts", "code"]
    passed: bool
    level: int
    """0 to 3, as in `domain.actions.Identity`, after the check."""
    customer: str = ""
    """The customer's id, where the check passed."""


@dataclass(frozen=True, kw_only=True)
class MessageQueued:
    """An SMS or e-mail is on its way."""

    message_id: str
    template: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class ActionDone:
    """The action ended; `outcome` is one of its declared spoken outcomes."""

    action_id: str
    outcome: str
    took_ms: Milliseconds
    facts: dict[str, object] = field(default_factory=dict)
    """What left the gate: what a sentence of ours may lean on."""
