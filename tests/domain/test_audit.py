"""A deed can be followed from the caller's words to its end."""

from datetime import UTC, datetime

from domain.audit import Happened, trails
from domain.events import CallerSaid, Event
from domain.gate_events import (
    ActionDecided,
    ActionDone,
    ActionProposed,
    ApprovalDecided,
    ConfirmationHeard,
    IdentityChecked,
    ReadBack,
)

AT = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def said(text: str) -> CallerSaid:
    return CallerSaid(turn=1, text=text, started_ms=0, ended_ms=1)


def happened(*events: Event) -> list[Happened]:
    return [Happened(seq=seq, at=AT, event=event) for seq, event in enumerate(events, 1)]


def test_a_deed_holds_the_words_the_rules_the_answer_and_the_approver() -> None:
    [trail] = trails(
        happened(
            IdentityChecked(method="facts", passed=True, level=2, customer="C-1"),
            said("I want my money back"),
            ActionProposed(action_id="a", action="refund", arguments={"amount": "80.00"}),
            ActionDecided(action_id="a", outcome="confirm", rules=("read_back.unconfirmed",)),
            ReadBack(action_id="a", sentence="I will refund eighty euros. Shall I?"),
            said("yes please"),
            ConfirmationHeard(action_id="a", answer="yes", by="voice"),
            ActionDecided(action_id="a", outcome="approve", rules=("authority.agent",)),
            ApprovalDecided(action_id="a", approval_id="a.approval", decision="approved", by="maria"),
            ActionDone(action_id="a", outcome="done", took_ms=120),
        )
    )
    assert (trail.action, trail.utterance, trail.identity, trail.seq) == (
        "refund",
        "I want my money back",
        2,
        3,
    )
    assert [step["kind"] for step in trail.steps] == [
        "ActionDecided",
        "ReadBack",
        "ConfirmationHeard",
        "ActionDecided",
        "ApprovalDecided",
        "ActionDone",
    ]
    assert trail.steps[2]["utterance"] == "yes please"
    assert trail.steps[4]["by"] == "maria"


def test_two_deeds_are_not_mixed_and_one_that_was_carried_on_stands_alone() -> None:
    first, second, elsewhere = trails(
        happened(
            ActionProposed(action_id="a", action="find_order", arguments={}),
            ActionProposed(action_id="b", action="refund", arguments={}),
            ActionDone(action_id="a", outcome="found", took_ms=1),
            ActionDone(action_id="c", outcome="done", took_ms=1),
        )
    )
    assert [step["outcome"] for step in first.steps] == ["found"]
    assert second.steps == []
    assert (elsewhere.action_id, elsewhere.action) == ("c", "")


def test_a_check_of_the_caller_is_a_step_and_shows_by_what_they_were_known() -> None:
    recognised = IdentityChecked(method="number", passed=True, level=1, customer="C-1")
    wrong = IdentityChecked(method="facts", passed=False, level=1)
    right = IdentityChecked(method="facts", passed=True, level=2, customer="C-1")
    stranger, *_ = trails(happened(ActionProposed(action_id="z", action="hours", arguments={})))
    first, second, refund = trails(
        happened(
            recognised,
            ActionProposed(action_id="a", action="verify_identity", arguments={}),
            wrong,
            ActionDone(action_id="a", outcome="refused", took_ms=1),
            ActionProposed(action_id="b", action="verify_identity", arguments={}),
            right,
            ActionProposed(action_id="c", action="refund", arguments={}),
        )
    )
    assert (stranger.identity, stranger.identity_by) == (0, None)
    assert [(step["kind"], step.get("passed")) for step in first.steps] == [
        ("IdentityChecked", False),
        ("ActionDone", None),
    ]
    assert [(step["seq"], step["method"], step["passed"]) for step in second.steps] == [(6, "facts", True)]
    assert [(it.identity, it.identity_by and it.identity_by["seq"]) for it in (first, second, refund)] == [
        (1, 1),
        (1, 1),
        (2, 6),
    ]
    assert refund.identity_by == {
        "seq": 6,
        "at": AT.isoformat(),
        "kind": "IdentityChecked",
        "method": "facts",
        "passed": True,
        "level": 2,
        "customer": "C-1",
    }
