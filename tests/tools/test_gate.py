"""Nothing reaches a system of record but through the gate, and what happens there is written down."""

# ruff: noqa: E501 - a row of a table stays whole

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from loguru import logger

from domain.actions import Argument
from domain.events import GoalOpened, GoalResolved, MessageTaken, PassageCited
from domain.gate_events import ActionDecided, ActionDone, ActionProposed
from domain.ports.knowledge import Passage
from tests.tools.world import ORDER, SAMPLE, World, forever
from tools.catalogue import tool_schemas
from tools.policy.arguments import Refused, check

GOALS = {goal.id: goal for goal in SAMPLE.goals}
CUSTOMER = {"customer_id": "C-1", "name": "Secret Name"}


async def test_an_order_is_found_and_said_without_personal_data() -> None:
    world = World(answers={"getOrder": (200, ORDER)})
    outcome = await world.gate().act(world.case(), "find_order", {"order_id": "4712"}, world)
    assert outcome.name == "in_transit"
    assert outcome.say == "Your order four seven one two is on its way. It should be with you tomorrow."
    assert "Secret" not in str(outcome)
    assert set(outcome.facts) == {
        "order_id",
        "state",
        "placed_on",
        "promised_on",
        "expected_on",
        "delivered_on",
    }
    assert [type(event) for event in world.events] == [
        ActionProposed,
        GoalOpened,
        ActionDecided,
        ActionDone,
        GoalResolved,
    ]
    assert world.told(ActionDecided)[0].rules == ("tier.open:lookup",)
    assert world.told(ActionDone)[0].facts == outcome.facts


async def test_a_sentence_whose_fact_is_missing_falls_back() -> None:
    world = World(answers={"getOrder": (200, {**ORDER, "expected_on": None})})
    outcome = await world.gate().act(world.case(), "find_order", {"order_id": "4712"}, world)
    assert (
        outcome.say
        == "Your order four seven one two is being looked after. I have no delivery day for it yet."
    )


async def test_a_german_line_speaks_german() -> None:
    world = World(answers={"getOrder": (200, ORDER)})
    outcome = await world.gate().act(world.case(language="de-DE"), "find_order", {"order_id": "4712"}, world)
    assert outcome.say == "Ihre Bestellung vier sieben eins zwei ist unterwegs. Geplant ist morgen."


@pytest.mark.parametrize("given", ["4712", 4712, " 4712 ", "4 7 1 2", "47-12"])
async def test_the_ways_models_write_a_number(given: object) -> None:
    world = World(answers={"getOrder": (200, ORDER)})
    await world.gate().act(world.case(), "find_order", {"order_id": given}, world)
    assert world.calls == [("getOrder", {"order_id": "4712"})]


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({}, "argument.missing:order_id"),
        ({"order_id": ""}, "argument.missing:order_id"),
        ({"order_id": "47120"}, "argument.value:order_id"),
        ({"order_id": "../4712"}, "argument.value:order_id"),
        ({"order_id": "\uff14\uff17\uff11\uff12"}, "argument.type:order_id"),
        ({"order_id": True}, "argument.type:order_id"),
        ({"order_id": ["4712"]}, "argument.type:order_id"),
        ({"order_id": "4" * 501}, "argument.type:order_id"),
        ({"order_id": "4712", "customer_id": "C-2"}, "argument.undeclared"),
        (["4712"], "argument.undeclared"),
        ("4712", "argument.undeclared"),
        (None, "argument.undeclared"),
    ],
)
async def test_wrong_arguments_reach_nothing(given: Any, rule: str) -> None:
    world = World(answers={"getOrder": (200, ORDER)})
    outcome = await world.gate().act(world.case(), "find_order", given, world)
    assert outcome.name == "invalid"
    assert outcome.say.startswith("An order number has four digits.")
    assert world.calls == []
    assert world.events[1:] == [ActionDecided(action_id="a-1", outcome="deny", rules=(rule,))]


@pytest.mark.parametrize(
    ("status", "body", "name"),
    [
        (404, {"detail": "no"}, "not_found"),
        (500, {}, "failed"),
        (401, {"x": 1}, "failed"),
        (200, {}, "not_found"),
    ],
)
async def test_what_the_back_office_answers(status: int, body: dict[str, object], name: str) -> None:
    world = World(answers={"getOrder": (status, body)})
    outcome = await world.gate().act(world.case(), "find_order", {"order_id": "4712"}, world)
    assert outcome.name == name
    assert outcome.say
    assert outcome.facts == {}


async def test_a_dead_back_office_has_words() -> None:
    world = World()
    outcome = await world.gate().act(world.case(), "find_order", {"order_id": "4712"}, world)
    assert outcome.name == "failed"
    assert "Shall I take a message" in outcome.say


@pytest.mark.parametrize(
    ("breaks", "told"),
    [
        (None, [("WARNING", "A look-up or a built-in failed", "NotDone")]),
        (
            ConnectionError("to +14155550111"),
            [
                ("ERROR", "A runner broke", "ConnectionError"),
                ("WARNING", "A look-up or a built-in failed", "ConnectionError"),
            ],
        ),
    ],
)
async def test_a_look_up_that_fails_is_in_the_log(
    breaks: Exception | None, told: list[tuple[str, str, str]]
) -> None:
    async def answer() -> None:
        if breaks is not None:
            raise breaks

    lines: list[Any] = []
    sink = logger.add(lines.append, level="WARNING")
    try:
        world = World(before_answer=answer)
        outcome = await world.gate().act(world.case(), "find_order", {"order_id": "4712"}, world)
    finally:
        logger.remove(sink)
    assert outcome.name == "failed"
    seen = [line.record for line in lines]
    assert [(it["level"].name, it["message"], it["extra"]["error"]) for it in seen] == told
    assert all(it["extra"]["action"] == "find_order" for it in seen)


async def test_a_slow_back_office_is_given_up_in_time() -> None:
    actions = tuple(replace(action, timeout_s=0.01) for action in SAMPLE.actions)
    world = World(before_answer=forever)
    company = replace(SAMPLE, actions=actions)
    outcome = await world.gate(company).act(world.case(company), "find_order", {"order_id": "4712"}, world)
    assert outcome.name == "failed"


async def test_what_has_begun_is_finished_even_where_nobody_waits_for_it() -> None:
    goes_on = asyncio.Event()
    world = World(answers={"getOrder": (200, ORDER)}, before_answer=lambda: _wait(goes_on))
    gate = world.gate()
    task = asyncio.create_task(gate.act(world.case(), "find_order", {"order_id": "4712"}, world))
    while not world.calls:
        await asyncio.tasks.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    goes_on.set()
    await gate.settle()
    assert world.told(ActionDone)[-1].outcome == "in_transit"


async def _wait(event: asyncio.Event) -> None:
    await event.wait()


async def test_the_callers_orders_are_found_by_the_number_that_rings() -> None:
    world = World(
        answers={"findCustomerByPhone": (200, [CUSTOMER]), "listCustomerOrders": (200, [ORDER, ORDER])}
    )
    outcome = await world.gate().act(world.case(), "list_orders", {}, world)
    assert outcome.say == "The first order I see is four seven one two, with tent and kettle."
    assert world.calls == [
        ("findCustomerByPhone", {"phone": "+14155550111"}),
        ("listCustomerOrders", {"customer_id": "C-1"}),
    ]
    assert "Secret" not in str(outcome)
    assert len(outcome.facts["results"]) == 2


@pytest.mark.parametrize("customers", [[], [CUSTOMER, {"customer_id": "C-2"}]])
async def test_nobody_and_two_people_are_not_recognised(customers: list[dict[str, str]]) -> None:
    world = World(answers={"findCustomerByPhone": (200, customers)})
    outcome = await world.gate().act(world.case(), "list_orders", {}, world)
    assert outcome.name == "not_recognised"
    assert len(world.calls) == 1


async def test_a_hidden_number_is_not_recognised_and_not_looked_up() -> None:
    world = World()
    outcome = await world.gate().act(world.case(caller=""), "list_orders", {}, world)
    assert (outcome.name, world.calls) == ("not_recognised", [])


async def test_the_model_cannot_choose_whose_orders() -> None:
    world = World(answers={"findCustomerByPhone": (200, [CUSTOMER]), "listCustomerOrders": (200, [ORDER])})
    outcome = await world.gate().act(world.case(), "list_orders", {"customer_id": "C-2"}, world)
    assert (outcome.name, world.calls) == ("invalid", [])


async def test_an_unknown_action_is_denied_and_written_down() -> None:
    world = World()
    outcome = await world.gate().act(world.case(), "refund_everything", {"amount": 1}, world)
    assert outcome.name == "denied"
    assert world.events[1] == ActionDecided(action_id="a-1", outcome="deny", rules=("action.unknown",))


async def test_an_action_of_another_goal_opens_that_goal() -> None:
    world = World(answers={"getOrder": (200, ORDER)})
    case = world.case()
    case.goals.begin("opening_hours")
    outcome = await world.gate().act(case, "find_order", {"order_id": "4712"}, world)
    assert outcome.name == "in_transit"
    assert GoalOpened(goal="order_status") in world.events


async def test_a_person_can_be_asked_for_in_every_goal() -> None:
    for goal in SAMPLE.goals:
        world = World()
        case = world.case()
        case.goals.begin(goal.id)
        outcome = await world.gate().act(case, "take_message", {"about": "a refund"}, world)
        assert outcome.name == "taken"


async def test_a_message_is_taken_for_the_calling_number() -> None:
    world = World()
    outcome = await world.gate().act(
        world.case(), "take_message", {"about": "a refund", "name": "Ada"}, world
    )
    assert outcome.say.startswith(
        "I have taken your message, and a colleague will call you back on plus one four"
    )
    assert [(each.number, each.name, each.about) for each in world.messages] == [
        ("+14155550111", "Ada", "a refund")
    ]
    assert world.told(MessageTaken)[0] == MessageTaken(
        message_id="message-1", number="+14155550111", name="Ada", about="a refund"
    )


async def test_a_hidden_number_is_asked_for() -> None:
    world = World()
    outcome = await world.gate().act(world.case(caller=""), "take_message", {"about": "a refund"}, world)
    assert (outcome.name, world.messages) == ("no_number", [])


async def test_an_answer_cites_its_passages() -> None:
    passage = Passage(
        document="returns", version="2", title="Returns", section="How long", text="Thirty days.", score=0.9
    )
    world = World(passages=[passage])
    outcome = await world.gate().act(world.case(), "search_documents", {"question": "return"}, world)
    assert outcome.facts == {
        "passages": [{"title": "Returns", "section": "How long", "text": "Thirty days."}]
    }
    assert world.told(PassageCited)[0] == PassageCited(document="returns", version="2", section="How long")
    nothing = await World().gate().act(World().case(), "search_documents", {"question": "moon"}, World())
    assert nothing.name == "not_found"


@pytest.mark.parametrize(
    ("arguments", "say"),
    [
        ({}, "Our people are there today, ten AM to two PM."),
        ({"day": "2026-11-22"}, "We are closed tomorrow. We open again Monday the twenty-third of November, nine AM to six PM."),
        ({"day": "2026-12-25"}, "We are closed Friday the twenty-fifth of December. We open again Monday the twenty-eighth of December, nine AM to six PM."),
    ],
)  # fmt: skip
async def test_the_hours_of_a_day(arguments: dict[str, object], say: str) -> None:
    world = World()
    assert (await world.gate().act(world.case(), "opening_hours", arguments, world)).say == say


async def test_a_last_goodbye() -> None:
    world = World()
    assert (await world.gate().act(world.case(), "end_call", {}, world)).name == "ending"


def test_the_tools_of_the_model_are_the_companys_actions() -> None:
    tools = tool_schemas(SAMPLE)
    assert [tool["function"]["name"] for tool in tools] == [
        action.name for action in SAMPLE.actions if action.offered
    ]
    assert tools[0]["function"]["parameters"] == {
        "type": "object",
        "properties": {
            "order_id": {
                "type": "string",
                "description": "The order number, four digits, as the caller said or typed it.",
                "pattern": r"^(?:\d{4})$",
            }
        },
        "required": ["order_id"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize("given", [10**400, 1e300, float("nan"), float("inf"), -(10**16)])
def test_a_number_beyond_counting_is_no_number(given: float) -> None:
    action = replace(
        SAMPLE.actions[0], arguments=(Argument(name="amount", type="number", description="How much"),)
    )
    assert check(action, {"amount": given}) == Refused(rule="argument.type:amount")
    assert check(action, {"amount": 12.5}) == {"amount": 12.5}
