"""Whatever a model writes: the numbers, the names, the deeds and the promises of a call are kept."""

import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.language import known_languages, language_for, plain
from domain.summary_check import Deed, Said, Turn, missing, points

EN, DE = language_for("en"), language_for("de")


def kept(summary: str, *turns: Turn) -> str:
    """The summary with what it lacks behind it."""
    return "\n".join([summary, *(point.words for point in missing(points(turns, EN), summary, EN))])


def lacking(summary: str, *turns: Turn) -> list[str]:
    return [point.words for point in missing(points(turns, EN), summary, EN)]


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("It was 19.90 euros.", "19.90"),
        ("Come on 2026-11-24, please.", "2026-11-24"),
        ("My order is TW-4712!", "TW-4712"),
        ("It is at (14:30).", "14:30"),
        ("Four seven one two, please", "4712"),
    ],
)
def test_a_number_that_the_summary_has_is_not_told_again(said: str, number: str) -> None:
    turn = Said(by="caller", text=f"Well. {said} Thanks.")
    assert lacking("They called.", turn) == [
        f"caller: {said if said.endswith(('.', '!')) else said + ' Thanks.'}"
    ]
    assert lacking(f"They named {number.lower()}.", turn) == []


def test_a_number_inside_another_one_is_another_one() -> None:
    assert lacking("It costs 119.90.", Said(by="agent", text="It costs 19.90."))


def test_a_sentence_is_told_once_however_much_stands_in_it() -> None:
    assert lacking("", Said(by="caller", text="From 3 to 5 on the 24th.")) == [
        "caller: From 3 to 5 on the 24th."
    ]


def test_what_one_sentence_holds_need_not_be_told_by_another() -> None:
    first, second = Said(by="caller", text="It is 4712."), Said(by="agent", text="So 4712, right?")
    assert lacking("", first, second) == ["caller: It is 4712."]


def test_promises_stay_word_for_word() -> None:
    promise = Said(by="agent", text="I see. I will send you a new lamp. Is that fine?")
    assert lacking("The agent will send a lamp.", promise) == ["agent: I will send you a new lamp."]
    assert lacking("", Said(by="caller", text="I will think about it.")) == []


def test_promises_are_words_of_a_language() -> None:
    promise = Said(by="agent", text="Verstehe. Ein Kollege ruft Sie zurück.")
    assert [point.words for point in points([promise], DE)] == ["agent: Ein Kollege ruft Sie zurück."]


def test_an_action_is_told_with_its_outcome_and_its_facts() -> None:
    result = {
        "outcome": "found",
        "say": "It arrives tomorrow.",
        "items": [{"name": "Aurora lamp", "price": 1990}, {"name": "Bulb", "price": None}],
    }
    deed = Deed(action="find_order", arguments={"id": "4712"}, result=result)
    assert lacking("They asked about a bulb.", deed) == [
        "find_order (id 4712)",
        "find_order (id 4712): found",
        "find_order (id 4712): say It arrives tomorrow.",
        "find_order (id 4712): items.name Aurora lamp",
        "find_order (id 4712): items.price 1990",
    ]


def test_of_a_documents_passage_only_the_numbers_are_kept() -> None:
    passage = "Goods can be sent back for free. You have 30 days for it. Ask for a label in the shop or here."
    deed = Deed(action="search", arguments={}, result={"text": passage})
    assert lacking("", deed) == ["search: text You have 30 days for it."]


numbers = st.from_regex(r"[A-Z]{0,2}-?[0-9]{1,4}([.:/-][0-9]{1,3})?", fullmatch=True)
fillers = st.sampled_from(["well", "then", "please", "the lamp", "und"])
phrases = st.lists(st.one_of(numbers, fillers), min_size=1, max_size=6).map(" ".join)
promises = st.builds("I will {}".format, phrases)
sentences = st.builds("{}{}".format, st.one_of(phrases, promises), st.sampled_from([".", "!", "?"]))
speech = st.builds(Said, by=st.sampled_from(["caller", "agent"]), text=st.lists(sentences).map(" ".join))
values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), phrases, st.integers(min_value=0, max_value=99_999)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(fillers, inner, max_size=3)),
    max_leaves=6,
)
deeds = st.builds(Deed, action=st.just("find"), arguments=values, result=values)


@settings(max_examples=60)
@given(st.lists(st.one_of(speech, deeds), max_size=6), st.one_of(st.text(max_size=60), phrases))
@example([Said(by="caller", text="0 0. 00.")], "")
@example([Said(by="caller", text="0. A-0.")], "")
def test_nothing_is_lost_whatever_the_model_writes(turns: list[Turn], summary: str) -> None:
    text = kept(summary, *turns)
    for turn in turns:
        told = turn.text if isinstance(turn, Said) else f"{turn.arguments} {turn.result}"
        for number in re.findall(r"[A-Z]{0,2}-?[0-9]+(?:[.:/-][0-9]+)?", told):
            assert number.lstrip("-").lower() in text.lower()
        if isinstance(turn, Said) and turn.by == "agent":
            for promise in re.findall(r"I will [^.!?]*", turn.text):
                assert promise in text


@settings(max_examples=60)
@given(st.lists(st.one_of(speech, deeds), max_size=6), st.text(max_size=60))
def test_what_was_added_is_enough(turns: list[Turn], summary: str) -> None:
    assert missing(points(turns, EN), kept(summary, *turns), EN) == []


@pytest.mark.parametrize("tag", known_languages())
def test_promise_words_are_written_as_words_are_compared(tag: str) -> None:
    language = language_for(tag)
    assert language.promise_words
    for words in language.promise_words:
        assert plain(words) == words and language.promises(f"So, {words}, yes.")
