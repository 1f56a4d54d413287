"""What the stand-in brain does around the gate: goals, read-backs, proofs, supervisors, a change of mind."""

from collections.abc import Callable

import pytest

from tests.simulator.brain.conftest import ALL, KNOWN, Talk, tool

Ring = Callable[..., Talk]

BEGIN = tool(
    "start_topic",
    "Note what the caller wants, as soon as they have said it: the goal that fits best.",
    goal="The goal",
    required=["goal"],
)
BEGIN["function"]["parameters"]["properties"]["goal"]["enum"] = ["order_status", "refund", "cancel_order"]
PROVE = tool(
    "who_is_it",
    "Prove that the caller is who they say they are, by postcode and date of birth.",
    postcode="The postcode",
    born_on="The date of birth",
    required=["postcode", "born_on"],
)
UNDO = tool("undo", "Take back what was done last in this call, or what was just read out.")
PAY_BACK = tool(
    "pay_back",
    "Pay money for an order back to the caller, the way they paid.",
    order_id="The order number",
    amount="How much to pay back, such as 25.00. In EUR.",
    reason="Why",
    required=["order_id", "amount", "reason"],
)
PAY_BACK["function"]["parameters"]["properties"]["reason"]["enum"] = ["damaged", "late", "goodwill"]
BEFORE = [*ALL, BEGIN, PROVE, UNDO]
READ_BACK = "I would pay back twenty euros for order four five three three. Shall I do that?"
WANTED = "I want twenty euros back for order four five three three because the lamp is broken"


async def proposed(ring: Ring) -> Talk:
    """The caller has said all that is needed, and the tool came with the goal."""
    talk = ring(tools=list(BEFORE), instructions=KNOWN)
    await talk.says(WANTED)
    assert talk.last_call == ("start_topic", {"goal": "refund"})
    talk.tools = [*BEFORE, PAY_BACK]
    await talk.returns({"outcome": "begun", "say": "All right.", "facts": {"goal": "refund"}})
    return talk


def heard_by_gate(talk: Talk, said: str) -> None:
    """The runtime reads back by itself, and tells next what came of the caller's answer."""
    call_id = talk.messages[-1]["tool_calls"][0]["id"]
    confirm = '{"outcome": "confirm", "say": "' + READ_BACK + '", "facts": {}}'
    talk.messages += [
        {"role": "tool", "tool_call_id": call_id, "content": confirm},
        {"role": "assistant", "content": READ_BACK},
        {"role": "user", "content": said},
    ]
    function = {"name": "pay_back", "arguments": "{}"}
    call = {"id": "gate-1", "type": "function", "function": function}
    talk.messages.append({"role": "assistant", "content": None, "tool_calls": [call]})


async def test_a_goal_is_begun_before_its_tool_is_there(ring: Ring) -> None:
    talk = await proposed(ring)
    assert talk.last_call == ("pay_back", {"order_id": "4533", "amount": "20.00", "reason": "damaged"})


async def test_what_was_agreed_to_is_told_in_the_tools_words(ring: Ring) -> None:
    talk = await proposed(ring)
    heard_by_gate(talk, "yes please")
    said = await talk.returns({"outcome": "done", "say": "I have paid back twenty euros.", "facts": {}})
    assert said == "I have paid back twenty euros. Is there anything else I can help you with?"


async def test_another_topic_instead_of_a_yes_is_answered(ring: Ring) -> None:
    talk = await proposed(ring)
    heard_by_gate(talk, "when are you open")
    await talk.returns({"outcome": "lapsed", "say": "I have not done that.", "facts": {}})
    assert talk.last_call[0] == "opening_hours"


async def test_a_change_of_mind_takes_back_what_was_done(ring: Ring) -> None:
    talk = await proposed(ring)
    heard_by_gate(talk, "yes")
    await talk.returns({"outcome": "done", "say": "I have paid back twenty euros.", "facts": {}})
    talk.tools = list(BEFORE)
    await talk.says("no wait cancel that")
    assert talk.last_call == ("undo", {})
    said = await talk.returns({"outcome": "undone", "say": "I have taken that back.", "facts": {}})
    assert said.startswith("I have taken that back.")


async def test_facts_are_asked_for_and_the_wish_goes_on(ring: Ring) -> None:
    talk = await proposed(ring)
    asked = "What are your postcode and your date of birth?"
    said = await talk.returns({"outcome": "identify", "say": asked, "facts": {"needed": "verified"}})
    assert said == asked
    said = await talk.says("(The caller pressed 10115 on the keypad.)")
    assert "date of birth" in said
    await talk.says("the seventeenth of June nineteen eighty four")
    assert talk.last_call == ("who_is_it", {"postcode": "10115", "born_on": "1984-06-17"})
    await talk.returns({"outcome": "proven", "say": "Thank you, that is right.", "facts": {}})
    assert talk.last_call[0] == "pay_back"


async def test_whoever_waits_for_a_supervisor_is_kept_company(ring: Ring) -> None:
    talk = await proposed(ring)
    said = await talk.returns({"outcome": "waiting", "say": "I am asking my colleague.", "facts": {}})
    assert said == "I am asking my colleague."
    assert "still waiting" in await talk.says("okay")


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("denied", "That is not possible. Would you like a colleague to call you back about it?"),
        ("hand_over", "That is not possible. Would you like a colleague to call you back about it?"),
        ("already", "That is not possible. Is there anything else I can help you with?"),
        ("unknown", "That is not possible. Is there anything else I can help you with?"),
        ("compensated", "That is not possible. Is there anything else I can help you with?"),
    ],
)
async def test_what_is_not_done_is_said_as_it_is(ring: Ring, outcome: str, said: str) -> None:
    talk = await proposed(ring)
    assert await talk.returns({"outcome": outcome, "say": "That is not possible.", "facts": {}}) == said


async def test_what_was_held_back_is_not_said_again(ring: Ring) -> None:
    talk = ring()
    await talk.says("how long does delivery take")
    first = await talk.returns({"outcome": "found", "facts": {"passages": [{"text": "Three days."}]}})
    assert "Three days." in first
    talk.messages.pop()
    note = "(Your last sentence was not said aloud: it named a day that nothing in this call bears out.)"
    assert "Three days" not in await talk.says(note)


async def test_of_an_answer_that_broke_off_only_the_rest_is_said(ring: Ring) -> None:
    talk = ring()
    await talk.says("what about order 4712")
    said = await talk.returns(
        {"outcome": "found", "say": "It left on Monday. It comes on Friday.", "facts": {}}
    )
    talk.messages[-1] = {"role": "assistant", "content": "It left on Monday."}
    note = "(The line dropped in the middle of your answer. Say only what is still missing.)"
    assert await talk.says(note) == said.removeprefix("It left on Monday. ")
