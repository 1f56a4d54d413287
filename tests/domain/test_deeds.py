"""Every move of a deed, allowed or not, and when one more would pass a limit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, get_args

import pytest

from domain.actions import Limit
from domain.deeds import STANDING, Deed, ImpossibleMove, State, Tally, first_passed, passes
from domain.money import Money

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LATER = AT + timedelta(seconds=7)
STATES: tuple[State, ...] = get_args(State)
ALLOWED = {
    ("reserved", "waiting"), ("reserved", "doing"), ("reserved", "refused"),
    ("waiting", "reserved"), ("waiting", "refused"),
    ("doing", "doing"), ("doing", "done"), ("doing", "failed"), ("doing", "unknown"),
    ("unknown", "done"), ("unknown", "failed"),
    ("done", "undoing"), ("undoing", "undone"), ("undoing", "done"),
}  # fmt: skip


def euros(amount: str) -> Money:
    return Money.of(amount, "EUR")


DEED = Deed(
    id="d1", company="sample", call_id="c1", customer="C-7", action="refund", arguments={"order": "A-1"},
    subject="A-1", amount=euros("20.00"), day="2026-11-21", created_at=AT, moved_at=AT,
)  # fmt: skip


@pytest.mark.parametrize(("before", "after"), sorted(product(STATES, STATES)))
def test_only_the_moves_of_the_story_are_possible(before: State, after: State) -> None:
    deed = replace(DEED, state=before, version=3)
    if (before, after) in ALLOWED:
        done_at = LATER if after == "done" else None
        moved = replace(deed, state=after, version=4, moved_at=LATER, done_at=done_at)
        assert deed.moved(after, LATER) == moved
    else:
        with pytest.raises(ImpossibleMove, match=f"is {before} cannot become {after}"):
            deed.moved(after, LATER)


def test_what_could_not_be_undone_was_done_when_it_was_first() -> None:
    done = DEED.moved("doing", AT).moved("done", LATER)
    again = done.moved("undoing", LATER + timedelta(minutes=1)).moved("done", LATER + timedelta(minutes=2))
    assert (again.done_at, again.moved_at) == (LATER, LATER + timedelta(minutes=2))


def test_what_ended_without_effect_stands_no_more_and_never_stands_again() -> None:
    assert set(STATES) - STANDING == {"failed", "refused", "undone"}
    assert not [(before, after) for before, after in ALLOWED if before not in STANDING and after in STANDING]
    assert [replace(DEED, state=state).standing for state in ("done", "undone")] == [True, False]


def test_a_move_may_bring_its_result_and_lower_the_amount() -> None:
    moved = DEED.moved("waiting", LATER).moved("reserved", LATER, amount=euros("5.00"), approver="Kim")
    assert (moved.amount, moved.approver, moved.version) == (euros("5.00"), "Kim", 3)
    assert moved.moved("doing", LATER).moved("done", LATER, result={"id": 1}).result == {"id": 1}


@pytest.mark.parametrize("amount", [euros("20.01"), Money.of("1.00", "USD"), None])
def test_a_move_takes_no_more_than_was_reserved(amount: Money | None) -> None:
    with pytest.raises(ImpossibleMove, match="only be lowered"):
        DEED.moved("doing", LATER, amount=amount)


def test_a_deed_without_an_amount_gets_none() -> None:
    free = replace(DEED, amount=None)
    assert free.moved("doing", LATER, amount=None).amount is None
    with pytest.raises(ImpossibleMove, match="only be lowered"):
        free.moved("doing", LATER, amount=euros("0.01"))


@pytest.mark.parametrize(
    "change",
    [
        {"id": "d2"}, {"company": "x"}, {"call_id": "c2"}, {"customer": "C-8"}, {"action": "credit"},
        {"subject": "A-2"}, {"day": "2026-11-22"}, {"parent": "d0"}, {"created_at": LATER}, {"version": 9},
    ],
)  # fmt: skip
def test_a_move_keeps_what_was_reserved_under(change: dict[str, Any]) -> None:
    with pytest.raises(ImpossibleMove, match="keeps its"):
        DEED.moved("doing", LATER, **change)


@pytest.mark.parametrize(
    ("limit", "amount", "tally", "passed"),
    [
        (Limit(per="call", count=2), None, Tally(count=1), False),
        (Limit(per="call", count=2), None, Tally(count=2), True),
        (Limit(per="action", count=0), None, Tally(), True),
        (Limit(per="action", amount=euros("20.00")), euros("20.00"), Tally(), False),
        (Limit(per="action", amount=euros("20.00")), euros("20.01"), Tally(), True),
        (Limit(per="call", amount=euros("20.00")), euros("5.00"), Tally(count=1, minor={"EUR": 1500}), False),
        (Limit(per="call", amount=euros("20.00")), euros("5.00"), Tally(count=1, minor={"EUR": 1501}), True),
        (Limit(per="call", amount=euros("20.00")), Money.of("1.00", "USD"), Tally(), True),
        (Limit(per="call", amount=euros("20.00")), euros("1.00"), Tally(count=1, minor={"USD": 0}), True),
        (Limit(per="call", amount=euros("20.00")), None, Tally(), True),
        (Limit(per="call", amount=euros("9.00"), count=1), euros("1.00"), Tally(count=1), True),
    ],
)
def test_a_limit_is_passed_by_what_goes_beyond_it_or_cannot_be_compared(
    limit: Limit, amount: Money | None, tally: Tally, passed: bool
) -> None:
    assert passes(limit, amount, tally) is passed


def test_the_first_limit_that_is_passed_is_named() -> None:
    each = Limit(per="action", amount=euros("50.00"))
    call = Limit(per="call", count=2)
    day = Limit(per="company_day", amount=euros("30.00"))
    tallies = {"call": Tally(count=1, minor={"EUR": 100}), "company_day": Tally(count=4, minor={"EUR": 1100})}
    assert first_passed([each, call, day], euros("20.00"), tallies) is day
    assert first_passed([each, call, day], euros("60.00"), tallies) is each
    assert first_passed([each, call, day], euros("19.00"), tallies) is None
