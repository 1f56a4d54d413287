"""What happened at the gate after an action was decided: read-backs, answers, approvals, identity, truth."""

from typing import assert_never

from app.api.deeds import Deed
from app.api.wording import Tone, spoken_name
from domain.events import InputMasked, SensitiveMode, SentenceHeldBack
from domain.gate_events import (
    ActionUndone,
    ApprovalAsked,
    ApprovalDecided,
    ConfirmationHeard,
    IdentityChecked,
    MessageQueued,
    OutcomeReconciled,
    ReadBack,
)

AtTheGate = (
    ReadBack
    | ConfirmationHeard
    | ApprovalAsked
    | ApprovalDecided
    | ActionUndone
    | OutcomeReconciled
    | IdentityChecked
    | SentenceHeldBack
    | InputMasked
    | SensitiveMode
    | MessageQueued
)
_ANSWERS: dict[str, tuple[str, Tone]] = {
    "yes": ("the caller agreed", "good"),
    "no": ("the caller said no", "warn"),
    "unclear": ("neither yes nor no", "warn"),
    "too_early": ("a yes before the sentence was heard does not count", "warn"),
    "too_late": ("the sentence was read too long ago", "warn"),
    "other_topic": ("the caller spoke of something else", "warn"),
}
_DECISIONS: dict[str, Tone] = {"approved": "good", "denied": "bad", "expired": "warn"}


def deed_at_the_gate(event: AtTheGate, at_ms: int) -> Deed:
    tone, label, text, aside = _told(event)
    return Deed(at_ms=at_ms, tone=tone, label=label, text=text, aside=aside)


def _told(event: AtTheGate) -> tuple[Tone, str, str, str]:
    match event:
        case ReadBack(sentence=sentence):
            return "acc", "read back", sentence, ""
        case ConfirmationHeard(answer=answer, by=by):
            text, tone = _ANSWERS[answer]
            return tone, "answer", text, "by keypad" if by == "keypad" else ""
        case ApprovalAsked():
            return "acc", "approval", "a supervisor is asked", ""
        case ApprovalDecided(decision=decision, by=by, amount_minor=minor):
            aside = "" if minor is None else "with another amount"
            return _DECISIONS[decision], decision, f"by {by}" if by else "nobody answered in time", aside
        case ActionUndone(outcome=outcome):
            return ("good" if outcome == "undone" else "bad"), "undo", spoken_name(outcome), ""
        case OutcomeReconciled(outcome=outcome):
            return ("warn" if outcome == "unknown" else "good"), "looked up", spoken_name(outcome), ""
        case MessageQueued(template=template, channel=channel):
            return "good", spoken_name(channel), spoken_name(template), "queued"
        case _:
            return _of_the_guards(event)


def _of_the_guards(
    event: IdentityChecked | SentenceHeldBack | InputMasked | SensitiveMode,
) -> tuple[Tone, str, str, str]:
    match event:
        case IdentityChecked(method=method, passed=passed, level=level):
            text = f"by {spoken_name(method)}"
            return ("good" if passed else "warn"), "identity", text, f"level {level}" if passed else "failed"
        case SentenceHeldBack(kinds=kinds, instead=instead):
            return "bad", "held back", "unsupported: " + ", ".join(kinds), spoken_name(instead)
        case InputMasked(what=what):
            return "warn", "masked", spoken_name(what), ""
        case SensitiveMode(on=on, reason=reason):
            return "warn", "sensitive mode", "on" if on else "off", reason
        case _:
            assert_never(event)
