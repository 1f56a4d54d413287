"""A secret argument at the gate: the model cannot give it, nobody keeps it, and it is asked for only once."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest

from domain.actions import Action, Argument, Binding, Reconcile
from domain.confirmation import Said
from domain.events import Event
from domain.ports.systems import MaybeDone
from tests.tools.shop import ORDER_ID, SHOP, WORDS, Office
from tests.tools.world import NOW, StillClock, World
from tools.actions.errand import Errand
from tools.case import Case
from tools.catalogue import tool_schemas
from tools.gate import Gate
from tools.gate.typed import WITHIN_S
from tools.policy.arguments import Refused, canonical, check
from tools.words import Outcome

NUMBER = "5105105105105100"
CODE = "737"
PAY = Action(
    name="pay_order",
    purpose="Pay an order by card.",
    tier="execute",
    arguments=(
        ORDER_ID,
        Argument(name="card_number", type="string", description="The card.", secret=True, digits=16),
        Argument(name="card_code", type="string", description="Its code.", secret=True, digits=3),
    ),
    binding=Binding(kind="openapi", name="payOrder"),
    read_back="I will charge your card for order {order_id|digits}. Shall I do that?",
    once_per=("args.order_id",),
    timeout_s=0.2,
    reconcile=Reconcile(
        binding=Binding(kind="openapi", name="listPayments", given={"order_id": "args.order_id"}),
        done_when="answer.exists(payment, payment.key == deed.id)",
    ),
    outcomes=WORDS,
)
COMPANY = replace(SHOP, actions=(*SHOP.actions, PAY))


@dataclass
class Keypad:
    """Types what it was told to, by argument."""

    types: Mapping[str, str | None] = field(repr=False)
    asked: list[tuple[str, int, float]] = field(default_factory=list)
    takes_s: float = 0.0

    async def collect(self, name: str, digits: int, within_s: float) -> str | None:
        self.asked.append((name, digits, within_s))
        await asyncio.sleep(self.takes_s)
        return self.types[name]


class Paying:
    """One call in which order 4712 is to be paid."""

    def __init__(self, keypad: Keypad | None) -> None:
        self.keypad = keypad
        self.world = World(answers=Office().answers())
        self.payments: list[dict[str, Any]] = []
        self.world.answers |= {
            "payOrder": self._pay,
            "listPayments": lambda *_: (200, [{"key": it["key"]} for it in self.payments]),
        }
        self.gate: Gate = self.world.gate(COMPANY)
        self.case: Case = self.world.case(COMPANY)
        self.case.secret_keys = keypad

    def _pay(self, arguments: dict[str, Any], key: str) -> tuple[int, Any]:
        self.payments.append({**arguments, "key": key})
        return 201, {}

    async def pays(self) -> Outcome:
        asked = await self.gate.act(self.case, "pay_order", {"order_id": "4712"}, self.world)
        assert asked.name == "confirm"
        self.world.clock.passed += 5.0
        said = Said(text="yes", by="voice", heard=asked.say)
        outcome = await self.gate.hear(self.case, said, self.world)
        assert outcome is not None
        return outcome

    def kept(self) -> str:
        events: list[Event] = self.world.events
        return f"{events} {self.world.ledger.deeds} {self.world.jobs} {vars(self.case)}"


def typing() -> Keypad:
    return Keypad({"card_number": NUMBER, "card_code": CODE})


async def test_each_is_asked_for_after_the_yes_and_handed_over_with_the_rest() -> None:
    call = Paying(typing())
    outcome = await call.pays()
    assert outcome.name == "done"
    assert call.keypad and call.keypad.asked == [("card_number", 16, WITHIN_S), ("card_code", 3, WITHIN_S)]
    [(_, given)] = [it for it in call.world.calls if it[0] == "payOrder"]
    assert given == {"order_id": "4712", "card_number": NUMBER, "card_code": CODE}
    assert call.world.ledger.deeds["a-1"].arguments == {"order_id": "4712"}
    assert NUMBER not in call.kept() and NUMBER not in f"{outcome}"


async def test_one_that_is_not_entered_lets_nothing_be_done_and_frees_the_order() -> None:
    call = Paying(Keypad({"card_number": NUMBER, "card_code": None}))
    assert (await call.pays()).name == "not_entered"
    assert not call.payments
    assert call.world.ledger.deeds["a-1"].state == "failed"
    call.case.secret_keys = typing()
    assert (await call.pays()).name == "done"
    assert len(call.payments) == 1


async def test_outside_a_live_call_nobody_can_type() -> None:
    call = Paying(None)
    assert (await call.pays()).name == "failed"
    assert not call.payments


async def test_the_typing_takes_none_of_the_systems_time() -> None:
    call = Paying(typing())
    assert call.keypad
    call.keypad.takes_s = PAY.timeout_s + 1.1
    assert (await call.pays()).name == "done"


@pytest.mark.parametrize(("fault", "ends"), [("lost_after", "done"), ("lost_before", "unknown")])
async def test_what_nobody_knows_is_looked_up_and_never_sent_again(fault: Any, ends: str) -> None:
    call = Paying(typing())
    call.world.faults["payOrder"] = [fault]
    assert (await call.pays()).name == ends
    call.world.clock.passed += 120.0
    settled = await call.gate.afterwards.recover(call.world.ledger.deeds["a-1"])
    assert settled.state == ("done" if ends == "done" else "failed")
    assert [name for name, _ in call.world.calls].count("payOrder") == 1
    assert NUMBER not in call.kept()


async def test_a_deed_that_somebody_settled_while_the_caller_typed_is_not_sent() -> None:
    call = Paying(typing())

    async def settle(name: str, digits: int, within_s: float) -> str:
        call.world.clock.passed += 40.0
        settled = await call.gate.afterwards.recover(call.world.ledger.deeds["a-1"])
        assert settled.state == ("doing" if name == "card_number" else "unknown")
        return "1" * digits

    call.case.secret_keys = SimpleNamespace(collect=settle)
    assert (await call.pays()).name == "unknown"
    assert not call.payments


@pytest.mark.parametrize("error", [MaybeDone("payOrder"), ConnectionError("the line broke")])
async def test_no_error_tells_it(error: Exception) -> None:
    call = Paying(typing())

    async def breaks() -> None:
        if call.world.calls[-1][0] == "payOrder":
            raise error

    call.world.before_answer = breaks
    outcome = await call.pays()
    assert outcome.name == "unknown"
    assert NUMBER not in f"{outcome} {call.kept()} {error.args} {error.__cause__!r}"


def test_the_model_neither_sees_nor_gives_it() -> None:
    assert "card" not in f"{tool_schemas(COMPANY)[-1]['function']['parameters']}"
    assert check(PAY, {"order_id": "4712", "card_number": NUMBER}) == Refused(rule="argument.undeclared")
    checked = check(PAY, {"order_id": "4712"})
    assert not isinstance(checked, Refused) and canonical(checked) == {"order_id": "4712"}


def test_an_errand_that_is_printed_does_not_show_it() -> None:
    errand = Errand(
        company=COMPANY,
        call_id="call-1",
        action=PAY,
        arguments={},
        scope={},
        key="a-1",
        now=NOW,
        clock=StillClock(),
        secrets={"card_number": NUMBER},
    )
    assert NUMBER not in repr(errand)
