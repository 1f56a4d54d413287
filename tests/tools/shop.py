"""A tiny shop whose gate the stories and machines of this folder try: one refund, one saga, one message."""

# ruff: noqa: E501 - a record and an answer stay whole

from dataclasses import replace
from typing import Any

from domain.actions import (
    Action,
    Argument,
    Binding,
    Identity,
    Limit,
    Read,
    Reconcile,
    Step,
    Undo,
)
from domain.company import Company, Recognition, Verification
from domain.messaging import MessageTemplate
from domain.money import Money
from domain.policy import Authority, Policy, Rule
from tests.tools.world import SAMPLE

CUSTOMER = {"customer_id": "C-1", "name": "Ada Lovelace", "phone": "+14155550111", "postcode": "D04 X2P1", "born": "1990-03-14"}  # fmt: skip
ORDERS = {
    "4712": {"order_id": "4712", "customer_id": "C-1", "paid": {"minor": 9000, "currency": "EUR"}},
    "4713": {"order_id": "4713", "customer_id": "C-2", "paid": {"minor": 5000, "currency": "EUR"}},
}
ORDER_ID = Argument(name="order_id", type="string", description="The order number.", pattern=r"\d{4}")
ORDER = Read(
    name="order", binding=Binding(kind="openapi", name="getOrder", given={"order_id": "args.order_id"})
)
WORDS = {
    "done": "Done.",
    "failed": "That did not work.",
    "unknown": "I do not know yet whether that worked.",
    "already": "That was done before.",
    "not_found": "There is no such order.",
    "denied": "I may not do that.",
}


def euros(amount: str) -> Money:
    return Money.of(amount, "EUR")


REFUND = Action(
    name="refund",
    purpose="Refund an order.",
    tier="execute",
    identity=Identity.RECOGNISED,
    arguments=(
        ORDER_ID,
        Argument(name="amount", type="money", currency="EUR", description="How much."),
    ),
    reads=(ORDER,),
    owner="order.customer_id",
    binding=Binding(
        kind="openapi",
        name="createRefund",
        given={
            "order_id": "args.order_id",
            "amount_minor": "args.amount.minor",
            "currency": "args.amount.currency",
        },
    ),
    amount="args.amount",
    read_back="I will refund {amount|money} for order {order_id|digits}. Shall I do that?",
    once_per=("args.order_id",),
    limits=(
        Limit(per="customer_day", amount=euros("90.00")),
        Limit(per="call", count=2),
    ),
    undo=Undo(action="cancel_refund", within_s=600, arguments={"refund_id": "result.refund_id"}),
    reconcile=Reconcile(
        binding=Binding(kind="openapi", name="listRefunds", given={"order_id": "args.order_id"}),
        done_when="answer.exists(refund, refund.key == deed.id)",
    ),
    facts=("refund_id",),
    outcomes={**WORDS, "done": "I have refunded {amount|money}."},
)
CANCEL_REFUND = Action(
    name="cancel_refund",
    purpose="Take a refund back.",
    tier="execute",
    offered=False,
    arguments=(Argument(name="refund_id", type="string", description="The refund."),),
    binding=Binding(kind="openapi", name="cancelRefund"),
    once_per=("args.refund_id",),
    outcomes=WORDS,
)


def _step(name: str, operation: str, undo: str) -> Action:
    return Action(
        name=name,
        purpose=name,
        tier="execute",
        offered=False,
        arguments=(ORDER_ID,),
        binding=Binding(kind="openapi", name=operation),
        once_per=("args.order_id",),
        undo=Undo(action=undo, within_s=600, arguments={"order_id": "args.order_id"}) if undo else None,
        outcomes=WORDS,
    )


STEPS = (
    _step("stop_billing", "stopBilling", "resume_billing"),
    _step("resume_billing", "resumeBilling", ""),
    _step("end_contract", "endContract", "renew_contract"),
    _step("renew_contract", "renewContract", ""),
)
LEAVE = Action(
    name="leave",
    purpose="End everything.",
    tier="coordinate",
    arguments=(ORDER_ID,),
    reads=(ORDER,),
    owner="order.customer_id",
    binding=Binding(kind="steps", name=""),
    read_back="I will end everything for order {order_id|digits}. Shall I?",
    once_per=("args.order_id",),
    steps=(
        Step(action="stop_billing", arguments={"order_id": "args.order_id"}),
        Step(action="end_contract", arguments={"order_id": "args.order_id"}),
        Step(action="tell_by_sms", arguments={}),
    ),
    undo=Undo(action="leave", within_s=600),
    outcomes=WORDS,
)
TELL = Action(
    name="tell_by_sms",
    purpose="Send a message.",
    tier="execute",
    offered=False,
    arguments=(),
    binding=Binding(kind="message", name="goodbye", given={"to": "customer.phone"}),
    outcomes=WORDS,
)
UNDO_LAST = Action(
    name="undo_last",
    purpose="Take back what was just done.",
    tier="draft",
    arguments=(),
    binding=Binding(kind="builtin", name="undo_last"),
    outcomes=dict.fromkeys(
        ("undone", "nothing_done", "nothing_to_undo", "too_late", "unknown", "failed"), "So."
    ),
)
VERIFY = Action(
    name="verify_identity",
    purpose="Prove who they are.",
    tier="lookup",
    arguments=(
        Argument(name="postcode", type="string", description="Postcode.", required=False),
        Argument(name="born", type="string", description="Day of birth.", required=False),
    ),
    binding=Binding(kind="builtin", name="verify_identity"),
    outcomes=dict.fromkeys(("proven", "not_proven", "too_many", "failed"), "So."),
)
POLICY = Policy(
    rules=(
        Rule(
            id="refund.more_than_paid",
            actions=("refund",),
            when="args.amount.minor > record.order.paid.minor",
            then="deny",
            reason="more than was paid",
            say="That is more than was paid.",
        ),
    ),
    authorities=(
        Authority(role="agent", up_to={"refund": euros("25.00")}),
        Authority(role="supervisor", up_to={"refund": euros("100.00")}),
    ),
)
SHOP: Company = replace(
    SAMPLE,
    id="shop",
    goals=(),
    actions=(REFUND, CANCEL_REFUND, *STEPS, LEAVE, TELL, UNDO_LAST, VERIFY),
    policy=POLICY,
    recognise=Recognition(operation="findCustomer", argument="phone"),
    verification=Verification(facts={"postcode": "customer.postcode", "born": "customer.born"}, needed=2),
    messages=(MessageTemplate(name="goodbye", channel="sms", text="It is over."),),
)


class Office:
    """The shop's systems of record: what was done in them, by idempotency key."""

    def __init__(self) -> None:
        self.refunds: dict[str, dict[str, Any]] = {}
        self.ended: set[tuple[str, str]] = set()

    def answers(self) -> dict[str, Any]:
        return {
            "findCustomer": (200, [CUSTOMER]),
            "getOrder": lambda args, _: (200, ORDERS[args["order_id"]]) if args["order_id"] in ORDERS else (404, {}),
            "createRefund": self._refund,
            "cancelRefund": self._cancel_refund,
            "listRefunds": lambda args, _: (200, [it for it in self.refunds.values() if it["order_id"] == args["order_id"]]),
            "stopBilling": self._switch("billing", on=True),
            "resumeBilling": self._switch("billing", on=False),
            "endContract": self._switch("contract", on=True),
            "renewContract": self._switch("contract", on=False),
        }  # fmt: skip

    @property
    def refunded(self) -> int:
        """Minor units that left the house."""
        return sum(int(it["amount_minor"]) for it in self.refunds.values() if not it["cancelled"])

    def _refund(self, arguments: dict[str, Any], key: str) -> tuple[int, Any]:
        """Whoever asks twice with another key has paid twice."""
        if key not in self.refunds:
            refund_id = f"R-{len(self.refunds) + 1}"
            self.refunds[key] = {**arguments, "refund_id": refund_id, "key": key, "cancelled": False}
        return 201, self.refunds[key]

    def _cancel_refund(self, arguments: dict[str, Any], _: str) -> tuple[int, Any]:
        for refund in self.refunds.values():
            if refund["refund_id"] == arguments["refund_id"]:
                refund["cancelled"] = True
                return 200, refund
        return 404, {}

    def _switch(self, what: str, *, on: bool) -> Any:
        def switch(arguments: dict[str, Any], _: str) -> tuple[int, Any]:
            place = (what, arguments["order_id"])
            self.ended = self.ended | {place} if on else self.ended - {place}
            return 200, {"ok": True}

        return switch
