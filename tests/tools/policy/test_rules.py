"""A policy is compiled and type-checked at start, and a rule that cannot be is refused with its place."""

from typing import Any

import pytest

from domain.policy import Policy
from tests.tools.policy.scenes import refund, rule
from tools.policy.conditions import RECONCILE, RULES, ConditionFailed, ConditionWrong
from tools.policy.decide import decide
from tools.policy.rules import RuleRefused, Rules


@pytest.mark.parametrize(
    ("when", "complaint"),
    [
        ("args.amount >", "Syntax error"),
        ("acton == 'refund'", "undeclared reference to 'acton'; there are action, args, caller"),
        ("nofunc(args.n)", "undeclared reference to 'nofunc'"),
        ("action > 3", "no matching overload"),
        ("size(args)", "gives int, not yes or no"),
        ("'refund'", "gives string, not yes or no"),
        ("", "Syntax error"),
    ],
)
def test_a_rule_that_does_not_compile_is_refused(when: str, complaint: str) -> None:
    with pytest.raises(RuleRefused, match=r"policy\.yaml:7: `when` of ours: ") as caught:
        Rules(Policy(rules=(rule(when),)))
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    "when",
    [
        "args.amount.minor == 2500 && args.amount.currency == 'EUR'",
        "args.order_id.matches('^47')",
        "action == 'refund' && call.goal == 'refund' && call.language.startsWith('en')",
        "caller.identity >= verified && caller.number == '+14155550111'",
        "customer.tier in ['gold', 'silver']",
        "has(record.order.delivered_on) && !has(record.order.lost_on)",
        "record.order.items.exists(item, item.sku == 'tent') && record.order.items.all(i, i.quantity < 2)",
        "call.today > record.order.delivered_on",
        "timestamp(record.order.delivered_on + 'T00:00:00Z') + duration('336h') < now",
        "spent.customer_day_count == 0",
    ],
)
def test_what_a_rule_can_look_at(when: str) -> None:
    assert decide(refund(rules=Rules(Policy(rules=(rule(when),))))).rules == ("ours",)


def test_a_condition_fails_rather_than_guesses() -> None:
    condition = RULES.compile("customer.tier == 'gold'")
    lacking: list[dict[str, Any]] = [
        {},
        {"customer": None},
        {"customer": []},
        {"customer": {"tier": 10**30}},
        {"customer": {}},
    ]
    for facts in lacking:
        with pytest.raises(ConditionFailed):
            condition.holds(facts)
    assert condition.holds({"customer": {"tier": "gold"}})
    assert not condition.holds({"customer": {"tier": 1}})


@pytest.mark.parametrize(
    ("answer", "done"), [([], False), ([{"key": "d-2"}], False), ([{"key": "d-1"}], True)]
)
def test_what_proves_that_a_deed_was_done(answer: object, done: bool) -> None:
    proof = RECONCILE.compile("answer.exists(refund, refund.key == deed.id)")
    assert proof.holds({"answer": answer, "args": {}, "deed": {"id": "d-1"}}) is done


def test_a_proof_looks_at_nothing_else() -> None:
    with pytest.raises(ConditionWrong, match="there are answer, args, deed"):
        RECONCILE.compile("customer.tier == 'gold'")
