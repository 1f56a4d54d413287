"""What the model is told: only what was heard, in a shape that every provider takes."""

import pytest

from domain.events import AgentSpoke, CallerSaid, InputMasked, SilenceMet
from pipelines.context import KEEP_TURNS, SHORTEN_OVER, Context, tools_schema


@pytest.fixture
def context() -> Context:
    return Context(instructions="Be kind.", facts="It is Monday.", tools=list)


def roles(context: Context) -> str:
    return " ".join(message["role"] for message in context.messages)


def test_the_sentences_of_an_answer_are_one_message(context: Context) -> None:
    context.caller_said("Where is it?")
    for heard in ("It left.", "", "You will have it soon."):
        context.agent_was_heard(heard)
    context.caller_said("Thanks.")
    context.agent_was_heard("Gladly.")

    assert [message["content"] for message in context.messages] == [
        "Where is it?",
        "It left. You will have it soon.",
        "Thanks.",
        "Gladly.",
    ]


def test_a_turn_that_goes_on_is_told_again_whole(context: Context) -> None:
    context.agent_was_heard("Hello.")
    context.caller_said("Where is")
    context.unsay_caller()
    context.caller_said("Where is my order?")
    assert [message["content"] for message in context.messages] == ["Hello.", "Where is my order?"]


def test_what_was_looked_up_for_a_turn_that_goes_on_stays_known(context: Context) -> None:
    context.caller_said("Where is")
    context.tool_answered("1", "find_order", {"id": "1"}, {"outcome": "found"})
    context.unsay_caller()
    assert roles(context) == "assistant tool"


def test_a_turn_that_was_answered_is_not_unsaid(context: Context) -> None:
    context.caller_said("Where is it?")
    context.agent_was_heard("It left.")
    context.unsay_caller()
    assert roles(context) == "user assistant"


def test_each_result_stands_behind_its_call(context: Context) -> None:
    context.caller_said("Where is it?")
    context.agent_was_heard("One moment.")
    context.tool_answered("1", "find_order", {"id": "7"}, {"outcome": "ä"})
    context.agent_was_heard("It left.")

    assert roles(context) == "user assistant assistant tool assistant"
    call, result = context.messages[2:4]
    assert call["tool_calls"][0]["function"] == {"name": "find_order", "arguments": '{"id": "7"}'}
    assert (result["tool_call_id"], result["content"]) == ("1", '{"outcome": "ä"}')


def test_what_a_model_was_told_never_changes_under_it(context: Context) -> None:
    context.caller_said("Where is it?")
    told = context.for_model()
    context.caller_said("And when?")
    assert len(told.get_messages()) == 1


def test_the_stable_part_comes_first(context: Context) -> None:
    before = context.system_instruction()
    context.shorten(0, "It is Monday. They asked a lot.")
    assert before.startswith("Be kind.") and context.system_instruction().startswith("Be kind.")


def test_recalling_a_call(context: Context) -> None:
    def spoke(heard: str) -> AgentSpoke:
        return AgentSpoke(
            turn=1, text="It left.", heard=heard, started_ms=0, ended_ms=0, interrupted=False, origin="model"
        )

    said = CallerSaid(turn=1, text="Where is it?", started_ms=0, ended_ms=0)
    context.recall([spoke("Hello."), said, SilenceMet(step="ask", at_ms=0), spoke("It"), spoke("")])
    assert [message["content"] for message in context.messages] == ["Hello.", "Where is it?", "It"]


def test_a_call_is_recalled_without_what_turned_out_to_be_a_card_number(context: Context) -> None:
    turns = enumerate(("Hello.", "4539", "[card number]"))
    said = [CallerSaid(turn=at, text=text, started_ms=100 * at, ended_ms=100 * at) for at, text in turns]
    context.recall([*said, InputMasked(what="card", at_ms=300, recalled=(100,))])
    assert [message["content"] for message in context.messages] == ["Hello.", "[card number]"]


def test_words_are_replaced_whole(context: Context) -> None:
    context.caller_said("4 of order 4712, or 4.")
    context.replace_in_callers_words("4", "[card number]")
    assert context.messages[-1]["content"] == "[card number] of order 4712, or [card number]."


def test_a_summary_never_stands_between_a_call_and_its_result(context: Context) -> None:
    for turn in range(SHORTEN_OVER):
        context.caller_said(f"Question {turn}")
        context.tool_answered(str(turn), "find_order", {}, {})
        context.agent_was_heard(f"Answer {turn}")
    assert context.too_long()
    last = context.messages[-KEEP_TURNS + 3 :]
    replaced = len(context.oldest())
    context.shorten(replaced, "Facts and a summary.")

    assert context.messages[0]["role"] == "user"
    assert KEEP_TURNS - 3 <= len(context.messages) <= KEEP_TURNS
    assert context.messages[-len(last) :] == last
    assert context.facts == "Facts and a summary."


def test_tools_in_the_form_that_is_sent() -> None:
    parameters = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}
    function = {"name": "find_order", "description": "Finds it", "parameters": parameters}
    [tool] = tools_schema([{"type": "function", "function": function}]).standard_tools
    assert (tool.name, tool.description, tool.required) == ("find_order", "Finds it", ["id"])
