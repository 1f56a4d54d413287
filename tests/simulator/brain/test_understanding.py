"""Callers' words, written apart from the brain's examples, are understood."""

import time
import tomllib
from pathlib import Path

import pytest

from simulator.brain.dialogue import load, sample
from simulator.brain.spoken import digit_strings, say_date, say_digits
from simulator.brain.understanding import Ear

UTTERANCES = tomllib.loads((Path(__file__).parent / "utterances.toml").read_text())
DIALOGUES = sample()


@pytest.fixture(scope="module")
def ear() -> Ear:
    return Ear(DIALOGUES)


@pytest.mark.parametrize("group", UTTERANCES)
def test_a_group_of_utterances_is_understood(ear: Ear, group: str) -> None:
    wrong = {}
    for text in UTTERANCES[group]:
        intent = ear.hear(text).intent
        found = (DIALOGUES.intents[intent].group or intent) if intent else "unclear"
        if found != group:
            wrong[text] = found
    assert len(wrong) <= 0.03 * len(UTTERANCES[group]), wrong


def test_the_main_groups_have_forty_utterances_that_are_no_examples() -> None:
    examples = {phrase.lower() for intent in DIALOGUES.intents.values() for phrase in intent.phrases}
    for group in ("order_status", "order_contents", "opening_hours", "policy", "person"):
        assert len(UTTERANCES[group]) >= 40
        repeated = [text for text in UTTERANCES[group] if text.lower() in examples]
        assert len(repeated) <= 12, (group, repeated)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("four seven one two", ["4712"]),
        ("forty seven twelve", ["4712"]),
        ("four thousand seven hundred and twelve", ["4712"]),
        ("forty-seven hundred twelve", ["4712"]),
        ("it's 47 12 please", ["4712"]),
        ("4,712", ["4712"]),
        ("four, uh, seven and then one two", ["4712"]),
        ("double four oh two", ["4402"]),
        ("not 4712 but four six ninety", ["4712", "4690"]),
        ("oh my", []),
        ("triple one nine", ["1119"]),
    ],
)
def test_spoken_numbers_become_digits(text: str, digits: list[str]) -> None:
    assert digit_strings(text) == digits


@pytest.mark.parametrize(
    ("text", "digits", "part"),
    [
        ("(The caller pressed 4 7 1 2 on the keypad.)", "4712", ""),
        ("DTMF: 4712", "4712", ""),
        ("The caller pressed 4 7 on the keypad", "", "47"),
        ("for seven won two", "4712", ""),
        ("four seven", "", "47"),
        ("I waited for two whole weeks for it", "", ""),
    ],
)
def test_an_expected_number_is_heard(ear: Ear, text: str, digits: str, part: str) -> None:
    heard = ear.hear(text, number_expected=True)
    assert (heard.digits, heard.part) == (digits, part)


def test_what_is_misheard_is_trusted_only_where_a_number_was_asked_for(ear: Ear) -> None:
    assert ear.hear("for seven won two").digits == ""


def test_numbers_and_days_are_spoken() -> None:
    assert say_digits("4702") == "four seven zero two"
    assert say_date("2026-11-03T10:00:00Z") == "Tuesday, the third of November"
    assert say_date("tomorrow") == "tomorrow"


def test_a_turn_takes_less_than_ten_milliseconds(ear: Ear) -> None:
    utterances = [f"so {text} and that is all I ask" for text in UTTERANCES["policy"]]
    began = time.process_time()
    for text in utterances:
        ear.hear(text)
    assert (time.process_time() - began) / len(utterances) < 0.010


def test_a_file_with_an_unknown_move_is_refused(tmp_path: Path) -> None:
    original = (Path(__file__).parents[3] / "simulator/brain/dialogues/sample.toml").read_text()
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(original.replace('move = "repeat"', 'move = "dance"'))
    with pytest.raises(ValueError, match="intent repeat has the unknown move 'dance'"):
        load(wrong)
