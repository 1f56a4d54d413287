"""A refund as it comes before the rules, and how to change one thing about it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from domain.actions import Action, Argument, Binding, Identity, Limit, Read
from domain.company import Goal
from domain.money import Money
from domain.policy import Authority, Policy, Rule, Verdict
from tools.policy.rules import Rules
from tools.policy.snapshot import Caller, CallScene, Snapshot


def euros(amount: str) -> Money:
    return Money.of(amount, "EUR")


REFUND = Action(
    name="refund",
    purpose="Refund an order.",
    tier="execute",
    arguments=(
        Argument(name="order_id", type="string", description="The order.", pattern=r"\d{4}"),
        Argument(name="amount", type="money", description="How much.", currency="EUR"),
    ),
    binding=Binding(kind="openapi", name="createRefund"),
    outcomes={"not_found": "I cannot find that order."},
    translations={"de": {"not_found": "Diese Bestellung finde ich nicht."}},
    identity=Identity.VERIFIED,
    reads=(Read(name="order", binding=Binding(kind="openapi", name="getOrder")),),
    owner="order.customer_id",
    amount="args.amount",
    read_back="Refund {amount|money} for {order_id|digits}?",
    once_per=("args.order_id",),
    limits=(Limit(per="customer_day", amount=euros("150.00"), count=3),),
)
LOOKUP = Action(
    name="find_order",
    purpose="Find.",
    tier="lookup",
    arguments=REFUND.arguments[:1],
    binding=Binding(kind="openapi", name="getOrder"),
    outcomes={},
)
MESSAGE = Action(
    name="take_message",
    purpose="Take a message.",
    tier="draft",
    arguments=(),
    binding=Binding(kind="builtin", name="take_message"),
    outcomes={},
)
AUTHORITIES = (
    Authority(role="agent", up_to={"refund": euros("25.00")}),
    Authority(role="supervisor", up_to={"refund": euros("100.00")}),
)
ORDER: dict[str, Any] = {
    "customer_id": "C-1",
    "state": "delivered",
    "delivered_on": "2026-11-01",
    "items": [{"sku": "tent", "quantity": 1}],
}
GOAL = Goal(
    id="refund", title="", phrases=(), actions=("refund",), instructions="", resolved_when="refund.done"
)


def rule(when: str, then: Verdict = "deny", *, name: str = "ours", actions: tuple[str, ...] = ()) -> Rule:
    return Rule(
        id=name,
        actions=actions,
        when=when,
        then=then,
        reason="Because.",
        say="No.",
        translations={"de": "Nein."},
        where="policy.yaml:7",
    )


def rules(*rules: Rule) -> Rules:
    return Rules(Policy(rules=rules, authorities=AUTHORITIES))


def refund(amount: str = "25.00", **changes: Any) -> Snapshot:
    """Of a verified customer's own order, agreed to by them."""
    snapshot = Snapshot(
        action=REFUND,
        arguments={"order_id": "4712", "amount": euros(amount)},
        call=CallScene(
            id="call-1",
            line="main",
            language="en-US",
            goal=GOAL,
            now=datetime(2026, 11, 21, 10, 30, tzinfo=UTC),
            today=date(2026, 11, 21),
        ),
        caller=Caller(
            number="+14155550111",
            identity=Identity.VERIFIED,
            customer_id="C-1",
            customer={"tier": "gold", "name": "Ada"},
        ),
        rules=rules(),
        reads={"order": ORDER},
        confirmed=True,
    )
    return replace(snapshot, **changes)


def caller(snapshot: Snapshot, **changes: Any) -> Snapshot:
    return replace(snapshot, caller=replace(snapshot.caller, **changes))


def call(snapshot: Snapshot, **changes: Any) -> Snapshot:
    return replace(snapshot, call=replace(snapshot.call, **changes))


def action(snapshot: Snapshot, **changes: Any) -> Snapshot:
    assert snapshot.action is not None
    return replace(snapshot, action=replace(snapshot.action, **changes))
