"""What the caller agreed to is done once, within its limits, and said as it is; nothing else is done."""

# ruff: noqa: E501 - a row of a table stays whole

from dataclasses import replace
from typing import Any

import pytest

from domain.actions import Argument, Binding
from domain.confirmation import Said
from domain.gate_events import (
    ActionDecided,
    ActionDone,
    ActionProposed,
    ApprovalAsked,
    ApprovalDecided,
    ConfirmationHeard,
    ReadBack,
)
from tests.tools.shop import SHOP, VERIFY, Office, euros
from tests.tools.world import World
from tools.catalogue import tool_schemas
from tools.words import Outcome

REFUND = {"order_id": "4712", "amount": "20.00"}
SENTENCE = "I will refund twenty euros for order four seven one two. Shall I do that?"


class Story:
    """One call at the shop's gate."""

    def __init__(self, **world: Any) -> None:
        self.office = Office()
        self.world = World(answers=self.office.answers(), **world)
        self.gate = self.world.gate(SHOP)
        self.case = self.world.case(SHOP)

    async def act(self, name: str, arguments: Any) -> Outcome:
        return await self.gate.act(self.case, name, arguments, self.world)

    async def says(self, text: str, *, by: Any = "voice", heard: str = SENTENCE) -> Outcome | None:
        return await self.gate.hear(self.case, Said(text=text, by=by, heard=heard), self.world)

    async def refunded(self, **arguments: Any) -> Outcome:
        asked = await self.act("refund", {**REFUND, **arguments})
        assert asked.name == "confirm", asked
        done = await self.says("yes please", heard=asked.say)
        assert done is not None
        return done


async def test_a_refund_is_read_back_and_done_on_the_callers_yes() -> None:
    story = Story()
    asked = await story.act("refund", REFUND)
    assert (asked.name, asked.say) == ("confirm", SENTENCE)
    assert story.office.refunded == 0
    done = await story.says("yes please")
    assert done is not None
    assert (done.name, done.say) == ("done", "I have refunded twenty euros.")
    assert story.office.refunded == 2000
    assert [type(it) for it in story.world.events[-5:]] == [
        ActionDecided,
        ReadBack,
        ConfirmationHeard,
        ActionDecided,
        ActionDone,
    ]
    assert story.case.proposal is None


@pytest.mark.parametrize(
    ("text", "by", "heard", "then"),
    [
        ("no", "voice", SENTENCE, "declined"),
        ("no", "voice", "", "declined"),
        ("1", "keypad", SENTENCE, "done"),
        ("2", "keypad", SENTENCE, "declined"),
        ("7", "keypad", SENTENCE, "confirm"),
        ("maybe", "voice", SENTENCE, "confirm"),
        ("mhm", "voice", SENTENCE, "confirm"),
        ("yes but only if it is quick", "voice", SENTENCE, "confirm"),
        ("yes", "voice", "I will refund", "confirm"),
        ("yes", "voice", "I will refund twenty euros for order", "confirm"),
        ("what about my other order that I made last week", "voice", SENTENCE, "lapsed"),
    ],
)
async def test_only_a_clear_yes_to_what_was_heard_counts(text: str, by: Any, heard: str, then: str) -> None:
    story = Story()
    await story.act("refund", REFUND)
    outcome = await story.says(text, by=by, heard=heard)
    assert outcome is not None
    assert outcome.name == then
    assert (story.office.refunded > 0) is (then == "done")


async def test_an_unclear_answer_is_asked_again_twice_and_then_dropped() -> None:
    story = Story()
    await story.act("refund", REFUND)
    names = [outcome.name for outcome in [await story.says("maybe") for _ in range(3)] if outcome]
    assert names == ["confirm", "confirm", "lapsed"]
    assert await story.says("yes") is None
    assert story.office.refunded == 0


async def test_two_minutes_later_the_question_is_put_again() -> None:
    story = Story()
    await story.act("refund", REFUND)
    story.world.clock.passed = 121.0
    again = await story.says("yes")
    assert again is not None
    assert again.name == "confirm"
    done = await story.says("yes")
    assert done is not None
    assert done.name == "done"


async def test_the_model_cannot_agree_for_the_caller() -> None:
    story = Story()
    for _ in range(5):
        assert (await story.act("refund", REFUND)).name == "confirm"
    assert (await story.act("refund", {**REFUND, "confirmed": True})).name == "invalid"
    assert story.office.refunded == 0


async def test_a_changed_argument_is_another_question() -> None:
    story = Story()
    await story.act("refund", REFUND)
    asked = await story.act("refund", {**REFUND, "amount": "25.00"})
    assert asked.say.startswith("I will refund twenty-five euros")
    done = await story.says("yes", heard=asked.say)
    assert done is not None
    assert story.office.refunded == 2500


async def test_the_same_again_is_said_and_not_done() -> None:
    story = Story()
    await story.refunded()
    again = await story.act("refund", {**REFUND, "amount": "5.00"})
    assert (again.name, again.say) == ("already", "That was done before.")
    assert story.office.refunded == 2000


async def test_another_call_cannot_do_it_again_either() -> None:
    story = Story()
    await story.refunded()
    story.case = story.world.case(SHOP, call_id="call-2")
    assert (await story.act("refund", REFUND)).name == "already"


async def test_two_calls_at_once_do_it_once() -> None:
    story = Story()
    other = story.world.case(SHOP, call_id="call-2")
    await story.act("refund", REFUND)
    await story.gate.act(other, "refund", REFUND, story.world)
    yes = Said(text="yes", by="voice", heard=SENTENCE)
    outcomes = [await story.gate.hear(case, yes, story.world) for case in (story.case, other)]
    assert [outcome.name for outcome in outcomes if outcome] == ["done", "already"]
    assert story.office.refunded == 2000


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"order_id": "4713"}, "not_found"),
        ({"order_id": "9999"}, "not_found"),
        ({"amount": "90.01"}, "denied"),
        ({"amount": "0"}, "denied"),
        ({"amount": "-5"}, "invalid"),
        ({"amount": "20.00 USD"}, "invalid"),
        ({"amount": "1e1"}, "invalid"),
    ],
)
async def test_what_is_not_allowed_is_not_even_asked(arguments: dict[str, str], name: str) -> None:
    story = Story()
    assert (await story.act("refund", {**REFUND, **arguments})).name == name
    assert story.case.proposal is None


async def test_another_customers_order_sounds_like_none() -> None:
    story = Story()
    theirs = await story.act("refund", {**REFUND, "order_id": "4713"})
    nobodys = await story.act("refund", {**REFUND, "order_id": "9999"})
    assert (theirs.name, theirs.say, theirs.facts) == (nobodys.name, nobodys.say, nobodys.facts)


async def test_an_unknown_caller_proves_who_they_are_first() -> None:
    story = Story()
    story.world.answers["findCustomer"] = (200, [])
    outcome = await story.act("refund", REFUND)
    assert outcome.name == "identify"
    assert story.office.refunded == 0


async def test_wrong_facts_are_counted_and_not_told_apart() -> None:
    story = Story()
    await story.act("refund", REFUND)
    outcomes = [
        await story.act("verify_identity", {"postcode": "D04 X2P1", "born": born})
        for born in ("1990-03-15", "1991-03-14", "1990-04-14", "1990-03-14")
    ]
    assert [outcome.name for outcome in outcomes] == ["not_proven"] * 3 + ["too_many"]
    right = Story()
    await right.act("refund", REFUND)
    assert (
        await right.act("verify_identity", {"postcode": "d04x2p1", "born": "1990-03-14"})
    ).name == "proven"


@pytest.mark.parametrize(
    ("action", "given", "noted"),
    [
        ("verify_identity", {"postcode": "D04 X2P1", "born": "1990-03-14"}, {"postcode": "[secret]", "born": "[secret]"}),
        ("check_code", {"code": "482913"}, {"code": "[secret]"}),
        ("refund", {**REFUND, "born": "1990-03-14"}, {**REFUND, "born": "[secret]"}),
        ("no_such_action", {"code": "482913"}, {"code": "[secret]"}),
        ("refund", "482913", {"": "[secret]"}),
    ],
)  # fmt: skip
async def test_what_proves_who_calls_is_in_no_journal(action: str, given: Any, noted: Any) -> None:
    code = Argument(name="code", type="string", description="The code.")
    check = replace(
        VERIFY, name="check_code", arguments=(code,), binding=Binding(kind="builtin", name="check_code")
    )
    company = replace(SHOP, actions=(*SHOP.actions, check))
    world = World(answers=Office().answers())
    await world.gate(company).act(world.case(company), action, given, world)
    assert [event.arguments for event in world.told(ActionProposed)] == [noted]
    assert not [it for it in ("D04", "1990", "482913") if it in str(world.events)]


async def test_a_supervisor_is_asked_after_the_callers_yes() -> None:
    story = Story()
    waiting = await story.refunded(amount="80.00")
    assert (waiting.name, story.office.refunded) == ("waiting", 0)
    assert story.world.told(ApprovalAsked)
    assert story.world.jobs == [("approval", waiting.deed_id)]
    await story.world.approvals.decide(f"{waiting.deed_id}.approval", state="approved", by="maria")
    done = await story.gate.supervised(story.case, waiting.deed_id, story.world)
    assert (done.name, done.say) == ("done", "I have refunded eighty euros.")
    assert story.office.refunded == 8000
    assert story.world.told(ApprovalDecided)[0].by == "maria"


async def test_a_smaller_amount_is_read_back_anew_and_needs_no_second_approval() -> None:
    story = Story()
    waiting = await story.refunded(amount="80.00")
    approval = f"{waiting.deed_id}.approval"
    await story.world.approvals.decide(approval, state="approved", by="maria", amount=euros("50.00"))
    asked = await story.gate.supervised(story.case, waiting.deed_id, story.world)
    assert (asked.name, story.office.refunded) == ("confirm", 0)
    assert asked.say.startswith("I will refund fifty euros")
    done = await story.says("yes", heard=asked.say)
    assert done is not None
    assert (done.name, story.office.refunded) == ("done", 5000)


async def test_a_supervisors_no_has_their_words() -> None:
    story = Story()
    waiting = await story.refunded(amount="80.00")
    approval = f"{waiting.deed_id}.approval"
    await story.world.approvals.decide(approval, state="denied", by="maria", words="Not this time.")
    outcome = await story.gate.supervised(story.case, waiting.deed_id, story.world)
    assert (outcome.name, outcome.say, story.office.refunded) == ("denied", "Not this time.", 0)
    assert (await story.refunded(amount="20.00")).name == "done"


async def test_nobody_answers_in_time() -> None:
    story = Story()
    waiting = await story.refunded(amount="80.00")
    outcome = await story.gate.supervised(story.case, waiting.deed_id, story.world)
    assert outcome.name == "approval_later"
    assert (await story.act("refund", REFUND)).name == "waiting"


async def test_above_the_supervisor_a_person_takes_it() -> None:
    orders = Story()
    orders.world.answers["getOrder"] = (
        200,
        {"order_id": "4712", "customer_id": "C-1", "paid": {"minor": 50000, "currency": "EUR"}},
    )
    assert (await orders.act("refund", {**REFUND, "amount": "100.01"})).name == "hand_over"


async def test_a_no_wait_cancel_that_takes_it_back_and_frees_it() -> None:
    story = Story()
    await story.refunded()
    undone = await story.act("undo_last", {})
    assert (undone.name, story.office.refunded) == ("undone", 0)
    assert (await story.act("undo_last", {})).name == "nothing_to_undo"
    assert (await story.refunded()).name == "done"
    assert story.office.refunded == 2000


async def test_the_grace_of_an_undo_ends() -> None:
    story = Story()
    await story.refunded()
    story.world.clock.passed = 601.0
    assert (await story.act("undo_last", {})).name == "too_late"
    assert story.office.refunded == 2000


@pytest.mark.parametrize(("fault", "name", "refunded"), [("not_done", "failed", 0), ("lost_after", "done", 2000), ("lost_before", "unknown", 0)])  # fmt: skip
async def test_a_lost_answer_is_looked_up_and_said_as_it_is(fault: Any, name: str, refunded: int) -> None:
    story = Story(faults={"createRefund": [fault]})
    outcome = await story.refunded()
    assert (outcome.name, story.office.refunded) == (name, refunded)
    again = await story.act("refund", REFUND)
    assert again.name == {"failed": "confirm", "done": "already", "unknown": "unknown"}[name]


async def test_a_saga_is_done_whole() -> None:
    story = Story()
    asked = await story.act("leave", {"order_id": "4712"})
    done = await story.says("yes", heard=asked.say)
    assert done is not None
    assert done.name == "done"
    assert story.office.ended == {("billing", "4712"), ("contract", "4712")}
    assert [message.text for message in story.world.sent.values()] == ["It is over."]


async def test_a_saga_that_fails_half_way_takes_back_what_it_did() -> None:
    story = Story(faults={"endContract": ["not_done"]})
    asked = await story.act("leave", {"order_id": "4712"})
    outcome = await story.says("yes", heard=asked.say)
    assert outcome is not None
    assert (outcome.name, story.office.ended, story.world.sent) == ("compensated", set(), {})
    assert "Nothing has changed" in outcome.say


async def test_a_saga_whose_first_step_is_refused_has_its_own_words_for_it() -> None:
    story = Story(faults={"stopBilling": ["not_done"]})
    asked = await story.act("leave", {"order_id": "4712"})
    outcome = await story.says("yes", heard=asked.say)
    assert outcome is not None
    assert (outcome.name, outcome.say) == ("failed", "That did not work.")
    assert story.office.ended == set()


async def test_what_cannot_be_taken_back_now_is_said_and_taken_up_by_a_job() -> None:
    story = Story(faults={"endContract": ["not_done"], "resumeBilling": ["lost_before"]})
    asked = await story.act("leave", {"order_id": "4712"})
    outcome = await story.says("yes", heard=asked.say)
    assert outcome is not None
    assert outcome.name == "partly_done"
    assert {kind for kind, _ in story.world.jobs} == {"compensation"}


def test_the_model_sees_what_the_call_allows() -> None:
    story = Story()
    names = {tool["function"]["name"] for tool in tool_schemas(SHOP, story.case)}
    assert names == {"undo_last", "verify_identity"}
    everything = {tool["function"]["name"] for tool in tool_schemas(SHOP)}
    assert everything == {"refund", "leave", "undo_last", "verify_identity"}


async def test_the_records_are_looked_at_again_after_the_yes() -> None:
    story = Story()
    await story.act("refund", REFUND)
    story.world.answers["getOrder"] = (200, {"order_id": "4712", "customer_id": "C-9"})
    outcome = await story.says("yes")
    assert outcome is not None
    assert (outcome.name, story.office.refunded) == ("not_found", 0)


async def test_words_fall_back_to_the_language() -> None:
    quiet = replace(SHOP, actions=tuple(replace(it, outcomes={}) for it in SHOP.actions))
    world = World(answers=Office().answers())
    outcome = await world.gate(quiet).act(world.case(quiet), "refund", {**REFUND, "amount": "99.00"}, world)
    assert outcome.say == "That is more than was paid."
