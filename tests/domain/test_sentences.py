"""Sentences are cut as early as the voice can begin, and never in the middle of one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.sentences import LONGEST_CHARS, SentenceCutter


def cut(*pieces: str) -> list[list[str]]:
    cutter = SentenceCutter()
    return [*(cutter.add(piece) for piece in pieces), [cutter.rest()]]


def test_a_sentence_goes_with_its_full_stop() -> None:
    assert cut("It left on", " Monday", ".", " It arrives") == [
        [],
        [],
        ["It left on Monday."],
        [],
        ["It arrives"],
    ]


def test_a_short_beginning_waits_for_company() -> None:
    assert cut("Sure.", " It left on Monday.") == [[], ["Sure. It left on Monday."], [""]]


def test_several_at_once() -> None:
    assert cut("It left on Monday. It arrives tomorrow! Anything else?") == [
        ["It left on Monday.", "It arrives tomorrow!", "Anything else?"],
        [""],
    ]


def test_lines_are_sentences() -> None:
    assert cut("Monday to Friday\nSaturday and Sunday\n") == [
        ["Monday to Friday", "Saturday and Sunday"],
        [""],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Please ask for Dr. Miller there.",
        "It costs about 12.50 euros there.",
        "Bring it to our St. George shop.",
        "Ask for example e.g. the courier.",
        "Das kostet ca. zwanzig Euro mehr.",
    ],
)
def test_a_full_stop_that_ends_nothing(text: str) -> None:
    said = [sentence for sentences in cut(*text) for sentence in sentences if sentence]
    assert said == [text]


def test_a_number_at_the_end_waits_for_the_next_word() -> None:
    assert cut("Your order is 4712.", " It left.") == [[], ["Your order is 4712."], ["It left."]]


def test_closing_marks_stay_with_their_sentence() -> None:
    assert cut('He said "it is here." Good to know then.')[0] == [
        'He said "it is here."',
        "Good to know then.",
    ]


@settings(max_examples=100, deadline=None)
@given(
    pieces=st.lists(st.text(alphabet="abc12 .!?\n\"'", max_size=12), max_size=12),
)
def test_no_word_is_lost_or_changed(pieces: list[str]) -> None:
    said = [sentence for sentences in cut(*pieces) for sentence in sentences]
    assert "".join(" ".join(said).split()) == "".join("".join(pieces).split())


@pytest.mark.parametrize("unit", ["e.g. ", "word, ", "x", " "])
def test_a_sentence_without_an_end_is_said_in_pieces(unit: str) -> None:
    """Whole it would be waited for in vain, and searched again with every word."""
    cutter = SentenceCutter()
    said = [sentence for _ in range(2000) for sentence in cutter.add(unit)]
    said.append(cutter.rest())
    assert all(len(sentence) <= LONGEST_CHARS for sentence in said)
    assert "".join(said).replace(" ", "") == (unit * 2000).replace(" ", "")
