"""What the model may say of a deed, by the gate's outcomes."""

from datetime import date
from typing import Any

import pytest

from app.callers_truth import TruthOfCall
from tests.support.scripted_call import LINE
from tests.tools.shop import SHOP
from tools.gate import Outcome

READ_BACK = "I will refund twenty euros for order four seven one two."
PROMISE = "The twenty euros will be in your account tomorrow."
REFUND = {"order_id": "4712", "amount": {"minor": 2000, "currency": "EUR"}}


def outcome(name: str, say: str = "", **more: Any) -> Outcome:
    return Outcome(name=name, say=say, action="refund", arguments=REFUND, **more)


def told(*outcomes: Outcome) -> TruthOfCall:
    truth = TruthOfCall(SHOP, LINE, call_id="call-1", today=date(2026, 11, 21))
    for each in outcomes:
        truth.learn(each)
    return truth


ASKED = outcome("confirm", f"{READ_BACK} Shall I do that?")


@pytest.mark.parametrize("then", [(), ("declined",), ("denied",), ("lapsed",), ("failed",), ("unknown",)])
def test_a_read_back_is_no_promise(then: tuple[str, ...]) -> None:
    assert told(ASKED, *map(outcome, then)).unsupported(READ_BACK)


@pytest.mark.parametrize(
    "ends", ["declined", "denied", "lapsed", "withdrawn", "hand_over", "failed", "compensated", "unknown"]
)
def test_what_came_to_nothing_is_told_no_more(ends: str) -> None:
    waiting = outcome("waiting", PROMISE)
    assert not told(waiting).unsupported(PROMISE)
    truth = told(waiting, outcome(ends, "That is how it stands with the twenty euros."))
    assert truth.unsupported(PROMISE)
    assert not truth.unsupported("That is how it stands with the twenty euros.")


def test_another_actions_words_stay() -> None:
    other = Outcome(name="done", say="It was all ended yesterday by our captain.", action="leave")
    truth = told(other, outcome("denied", "I may not do that."))
    assert not truth.unsupported(other.say)


def test_a_look_up_that_fails_unsays_no_other() -> None:
    found = Outcome(name="proven", say="Your captain comes at nine.", action="verify_identity")
    truth = told(found, Outcome(name="failed", say="So.", action="verify_identity"))
    assert not truth.unsupported(found.say)
