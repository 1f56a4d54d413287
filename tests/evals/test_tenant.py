"""A benchmark's tools run behind the product's own gate, and only the user's own words let a change through."""

# ruff: noqa: E501 - a row of a table stays whole

import json
from typing import Any, Literal

import pytest
from hypothesis import given as given_all
from hypothesis import strategies as st
from pydantic import BaseModel

from domain.gate_events import ActionDecided
from domain.policy import Rule
from domain.ports.systems import MaybeDone
from evals.tenant import Tenant, Told, Tool
from tests.evals.outfitter import ID, POLICY, Outfitter, schema
from tests.tools.world import StillClock
from tools.policy.arguments import Refused, canonical, check
from tools.policy.rules import RuleRefused


class Talk:
    """One conversation with the outfitter."""

    def __init__(self, *, later: bool = False) -> None:
        self.shop = Outfitter()
        self.tenant = Tenant(tools=self.shop.tools(later=later), policy=POLICY, clock=StillClock())

    async def act(self, tool: str, **arguments: Any) -> Told:
        return await self.tenant.act(tool, arguments)

    async def says(self, text: str) -> Told:
        told = await self.tenant.caller_says(text)
        assert told is not None, "no question was open"
        return told

    async def agreed(self, tool: str, **arguments: Any) -> Told:
        asked = await self.act(tool, **arguments)
        assert asked.outcome == "confirm", asked
        return await self.says("Yes, please do.")


async def known(*, later: bool = False) -> Talk:
    talk = Talk(later=later)
    assert (await talk.act("find_user", email="Ada@example.com")).answer == "ada_1"
    return talk


CANCEL = {"order_id": "#W1", "reason": "no longer needed"}


@pytest.mark.parametrize("later", [False, True], ids=["plain", "awaited"])
async def test_a_look_up_and_a_change(later: bool) -> None:
    talk = await known(later=later)
    looked = await talk.act("get_order", order_id="#W1")
    assert json.loads(looked.content())["items"] == ["10", "11"]
    asked = await talk.act("cancel_order", **CANCEL)
    assert asked.say == "I would now cancel order: order id #W1; reason no longer needed. Shall I do that?"
    assert talk.shop.orders["#W1"].status == "pending"
    done = await talk.says("Yes, go ahead.")
    assert (done.outcome, done.action, done.answer["status"]) == ("done", "cancel_order", "cancelled")
    assert [deed.state for deed in talk.tenant.ledger.deeds.values()] == ["done"]
    names = [type(event).__name__ for event in talk.tenant.journal.events[-5:]]
    assert names == ["ActionDecided", "ReadBack", "ConfirmationHeard", "ActionDecided", "ActionDone"]
    assert await talk.tenant.caller_says("thank you") is None


@pytest.mark.parametrize(("words", "outcome"), [("No.", "declined"), ("Maybe.", "confirm"), ("What about the tent that I bought for my sister last week?", "lapsed")])  # fmt: skip
async def test_other_words_let_nothing_through(words: str, outcome: str) -> None:
    talk = await known()
    await talk.act("cancel_order", **CANCEL)
    assert (await talk.says(words)).outcome == outcome
    assert talk.shop.orders["#W1"].status == "pending"


async def test_the_model_cannot_agree_for_the_user() -> None:
    talk = await known()
    for _ in range(3):
        assert (await talk.act("cancel_order", **CANCEL)).outcome == "confirm"
    assert (await talk.act("cancel_order", **CANCEL, confirmed=True)).outcome == "invalid"
    assert "cancel_order" not in talk.shop.ran


async def test_nobody_is_served_before_they_are_known_and_nobody_else_afterwards() -> None:
    talk = Talk()
    assert (await talk.act("cancel_order", **CANCEL)).outcome == "identify"
    assert (await talk.act("find_user", email="eve@example.com")).error == "User not found"
    assert (await talk.act("find_user", email="ada@example.com")).answer == "ada_1"
    for tool, more in (("get_order", {}), ("cancel_order", {"reason": "no longer needed"})):
        theirs = await talk.act(tool, order_id="#W3", **more)
        nobodys = await talk.act(tool, order_id="#W9", **more)
        assert theirs == nobodys
        assert (theirs.outcome, theirs.answer) == ("not_found", None)
    other = await talk.act("find_user", email="ben@example.com")
    assert (other.outcome, other.answer) == ("denied", None)
    assert (await talk.act("get_order", order_id="#W3")).outcome == "not_found"
    assert (await talk.act("send_voucher", user_id="ben_2", amount=5)).outcome == "not_found"


async def test_the_policy_refuses_in_its_own_words_before_the_tool_is_reached() -> None:
    talk = await known()
    refused = await talk.act("cancel_order", order_id="#W2", reason="ordered by mistake")
    assert (refused.outcome, refused.say) == ("denied", "That order was sent already.")
    assert json.loads(refused.content()) == {"outcome": "denied", "say": "That order was sent already."}
    assert "cancel_order" not in talk.shop.ran


async def test_lists_records_and_empty_texts_arrive_as_they_were_written() -> None:
    talk = await known()
    done = await talk.agreed(
        "exchange_items", order_id="#W1", item_ids=["10", "11"], new_item_ids=["20", "21"]
    )
    assert done.answer["items"] == ["20", "21"]
    asked = await talk.act("change_address", order_id="#W1", street="Elm 1", extra="", door={"floor": 3})
    told = (
        "I would now change address: door floor 3; extra none; order id #W1; street Elm 1. Shall I do that?"
    )
    assert asked.say == told
    assert (await talk.says("yes")).outcome == "done"
    assert talk.shop.orders["#W1"].address == {"street": "Elm 1", "extra": "", "floor": "3"}
    assert (await talk.agreed("change_address", order_id="#W1", street="Oak 2", extra="b")).outcome == "done"
    assert (await talk.act("change_address", order_id="#W1", street="Oak 2")).outcome == "invalid"


async def test_what_a_tool_raises_is_told_and_leaves_nothing_standing() -> None:
    talk = await known()
    told = await talk.agreed("exchange_items", order_id="#W1", item_ids=["10"], new_item_ids=[])
    assert (told.outcome, told.error) == ("failed", "The number of items must match")
    assert json.loads(told.content())["error"] == "The number of items must match"
    assert [deed.standing for deed in talk.tenant.ledger.deeds.values()] == [False]


async def test_vouchers_stop_at_the_limit_however_they_are_split() -> None:
    talk = await known()
    assert (await talk.agreed("send_voucher", user_id="ada_1", amount=60)).answer == "Voucher of 60.0 sent"
    assert (await talk.act("send_voucher", user_id="ada_1", amount=40.01)).outcome == "hand_over"
    assert (await talk.agreed("send_voucher", user_id="ada_1", amount=40)).outcome == "done"
    assert talk.shop.vouchers == [("ada_1", 60.0), ("ada_1", 40.0)]


async def test_a_supervisor_decides_where_the_policy_says_so() -> None:
    talk = await known()
    waiting = await talk.agreed("exchange_items", order_id="#W2", item_ids=["12"], new_item_ids=["13"])
    assert waiting.outcome == "waiting"
    assert talk.shop.orders["#W2"].items == ["12"]
    await talk.tenant.approvals.decide(f"{waiting.deed_id}.approval", state="approved", by="maria")
    done = await talk.tenant.supervised(waiting.deed_id)
    assert (done.outcome, done.answer["items"]) == ("done", ["13"])


async def test_the_same_again_is_said_and_not_done() -> None:
    talk = await known()
    await talk.agreed("send_voucher", user_id="ada_1", amount=10)
    assert (await talk.act("send_voucher", user_id="ada_1", amount="10.00")).outcome == "already"
    assert len(talk.shop.vouchers) == 1


async def test_a_lost_answer_is_not_known_and_not_tried_again() -> None:
    times: list[str] = []

    def lose(name: str, arguments: Any) -> Any:
        times.append(name)
        raise MaybeDone(name)

    tool = Tool(schema=schema("pay", {"to": ID}), run=lose, writes=True)
    tenant = Tenant(tools=[tool], clock=StillClock())
    await tenant.act("pay", {"to": "Ada"})
    told = await tenant.caller_says("yes")
    assert told is not None
    assert told.outcome == "unknown"
    assert (await tenant.act("pay", {"to": "Ada"})).outcome == "unknown"
    assert times == ["pay"]
    assert tenant.jobs.started == [("reconciliation", "tenant-deed-1")]


async def test_reaching_a_person_is_never_read_back() -> None:
    talk = Talk()
    assert (await talk.act("transfer_to_human", summary="They are cross.")).answer == "Transferred"


async def test_tools_are_offered_under_their_own_schemas() -> None:
    talk = Talk()
    assert talk.tenant.tools() == [tool.schema for tool in talk.shop.tools()]
    unheard_of = await talk.act("rm_rf", path="/")
    assert unheard_of.outcome == "denied"
    assert [decided.rules for decided in talk.tenant.journal.told(ActionDecided)] == [("action.unknown",)]


class Leg(BaseModel):
    """One flight of a journey."""

    number: str
    day: str


class Journey(BaseModel):
    """Arguments as benchmarks declare them: choices, records or their like, what may be left out."""

    cabin: Literal["economy", "business"]
    legs: list[Leg | dict[str, Any]]
    bags: int
    insured: bool
    price: float
    seat: str | None = None
    extras: dict[str, Any] | None = None


JOURNEY: dict[str, Any] = {"cabin": "business", "legs": [{"day": "2026-11-21", "number": "WH1"}], "bags": 2, "insured": False, "price": 80.25}  # fmt: skip


@pytest.mark.parametrize("more", [{}, {"seat": "4C"}, {"extras": {"meal": ["a", 1, None, {"b": True}]}}])
async def test_schemas_as_pydantic_writes_them(more: dict[str, Any]) -> None:
    given: list[Any] = []
    shown = {"name": "book", "parameters": Journey.model_json_schema()}
    tool = Tool(schema={"function": shown}, run=lambda _, it: given.append(it), writes=True)
    tenant = Tenant(tools=[tool], clock=StillClock())
    assert (await tenant.act("book", {**JOURNEY, **more})).outcome == "confirm"
    done = await tenant.caller_says("yes")
    assert done is not None
    assert (done.outcome, given) == ("done", [{**JOURNEY, **more}])
    for wrong in ({"cabin": "first"}, {"bags": "many"}, {"insured": "yes"}, {"price": None}, {"legs": None}):
        assert (await tenant.act("book", {**JOURNEY, **wrong})).outcome == "invalid"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | st.text("abc", max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("xy", max_size=2), inner, max_size=3),
    max_leaves=8,
)


@given_all(value=JSON.filter(lambda value: value is not None), text=st.text("ab'[{ ", max_size=6))
def test_whatever_is_packed_is_unpacked(value: Any, text: str) -> None:
    shown = schema("keep", {"value": {}, "text": {"type": "string"}})
    tool = Tool(schema=shown, run=lambda *_: None, writes=False)
    checked = check(tool.action, tool.for_gate({"value": value, "text": text}))
    if isinstance(checked, Refused):
        assert not text.strip() and text, "a text of nothing but spaces is no text"
    else:
        arrived = tool.for_executor(canonical(checked))
        assert arrived == {"value": value, "text": " ".join(text.split())}


def test_a_policy_that_does_not_compile_is_refused() -> None:
    rule = Rule(id="odd", actions=(), when="record.order.status ==", then="deny", reason="")
    with pytest.raises(RuleRefused, match="odd"):
        Tenant(tools=Outfitter().tools(), policy=[rule], clock=StillClock())
