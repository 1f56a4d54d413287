"""The small words of a call are told apart by data, in every language that we ship."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.language import LanguageUnknown, known_languages, language_for, plain

EN, DE = language_for("en-US"), language_for("de-DE")


@pytest.mark.parametrize(
    "text", ["Mhm.", "uh-huh", "Okay, okay.", "Yeah, right.", "I see.", "oh I see, got it"]
)
def test_a_listening_caller_takes_no_turn(text: str) -> None:
    assert EN.is_backchannel(text)


@pytest.mark.parametrize(
    "text", ["", "right but when", "no", "okay where is it", "yeah yeah yeah yeah yeah", "stop"]
)
def test_a_caller_who_says_something_takes_the_turn(text: str) -> None:
    assert not EN.is_backchannel(text)


def test_german_backchannels() -> None:
    assert DE.is_backchannel("Ja, ja, verstehe.")
    assert not DE.is_backchannel("Ja, aber wann?")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Yes.", "yes"),
        ("Yes, please.", "yes"),
        ("Yeah, that\u2019s right", "yes"),
        ("no problem", "yes"),
        ("yes that is my number", "yes"),
        ("No.", "no"),
        ("no thank you", "no"),
        ("that's not right", "no"),
        ("don't", "no"),
        ("of course not", "no"),
        ("yes but make it fifty", "unclear"),
        ("yes and no", "unclear"),
        ("no wait yes", "unclear"),
        ("I don't know", "unclear"),
        ("I'm not sure", "unclear"),
        ("Is that right?", "unclear"),
        ("four seven one two", "unclear"),
        ("", "unclear"),
        ("notable", "unclear"),
        ("yes I told your colleague already that my parcel was lost", "unclear"),
    ],
)
def test_yes_no_and_unclear(text: str, answer: str) -> None:
    assert EN.yes_or_no(text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Ja, genau.", "yes"),
        ("Das stimmt.", "yes"),
        ("Nein, danke.", "no"),
        ("Das stimmt nicht", "no"),
        ("Ja, aber nur wenn es heute kommt", "unclear"),
        ("Weiß ich nicht", "unclear"),
    ],
)
def test_german_yes_no_and_unclear(text: str, answer: str) -> None:
    assert DE.yes_or_no(text) == answer


@pytest.mark.parametrize(
    "text",
    [
        "Am I talking to a machine?",
        "am i speaking with a real person",
        "Are you a robot?",
        "are you human",
        "Are you an A.I.?",
        "are you real",
        "Is this a recording?",
        "is this a bot or something",
        "wait am i talking to some kind of computer",
        "You're a robot, aren't you?",
        "are you a person or a machine",
        "is that a real person speaking",
    ],
)
def test_who_asks_whether_a_machine_speaks(text: str) -> None:
    assert EN.asks_if_machine(text)


@pytest.mark.parametrize(
    "text",
    [
        "I want to speak to a real person",
        "Can I talk to a human please?",
        "my coffee machine is broken",
        "is this a good time",
        "are you open on Sunday",
        "is this the computer I ordered",
        "are you really sure",
        "Is it a robot vacuum that I ordered?",
    ],
)
def test_who_asks_for_something_else(text: str) -> None:
    assert not EN.asks_if_machine(text)


@pytest.mark.parametrize(
    "text",
    ["Spreche ich mit einer Maschine?", "Sind Sie ein Mensch?", "Ist das ein Roboter?", "Bist du echt?"],
)
def test_who_asks_in_german(text: str) -> None:
    assert DE.asks_if_machine(text)


def test_asking_for_a_person_in_german_is_another_thing() -> None:
    assert not DE.asks_if_machine("Ich möchte mit einem Menschen sprechen")


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("four seven one two", ("4712",)),
        ("It's order four-seven-one-two, please", ("4712",)),
        ("forty-seven twelve", ("4712",)),
        ("four thousand seven hundred and twelve", ("4712",)),
        ("forty seven hundred", ("4700",)),
        ("double three oh nine", ("3309",)),
        ("triple oh seven", ("0007",)),
        ("four seven uh one two", ("4712",)),
        ("4 7 1 2", ("4712",)),
        ("order 4712 and postcode one oh one", ("4712", "101")),
        ("oh my order is late", ()),
        ("double trouble", ()),
        ("oh four", ("04",)),
        ("", ()),
    ],
)
def test_spoken_digits(text: str, runs: tuple[str, ...]) -> None:
    assert EN.digit_runs(text) == runs


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("vier sieben eins zwo", ("4712",)),
        ("siebenundvierzig zwölf", ("4712",)),
        ("Meine Nummer ist einundzwanzig null", ("210",)),
    ],
)
def test_german_spoken_digits(text: str, runs: tuple[str, ...]) -> None:
    assert DE.digit_runs(text) == runs


@given(st.text(alphabet="0123456789", min_size=1, max_size=12))
def test_digits_said_one_by_one_come_back(digits: str) -> None:
    names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    assert EN.digit_runs(" ".join(names[int(digit)] for digit in digits)) == (digits,)


@given(st.integers(min_value=0, max_value=99))
def test_every_number_below_a_hundred_is_understood_as_num2words_says_it(number: int) -> None:
    from num2words import num2words  # noqa: PLC0415 - the independent witness of this one test

    for language in (EN, DE):
        said = num2words(number, lang=language.tag)
        assert language.digit_runs(said) == (str(number),)


@given(st.text(max_size=60))
def test_no_text_is_too_strange(text: str) -> None:
    for language in (EN, DE):
        assert language.yes_or_no(text) in {"yes", "no", "unclear"}
        language.is_backchannel(text)
        language.asks_if_machine(text)
        assert all(run.isdecimal() for run in language.digit_runs(text))


@pytest.mark.parametrize("tag", known_languages())
def test_every_word_in_the_files_is_written_as_words_are_compared(tag: str) -> None:
    language = language_for(tag)
    for phrase in (*language.yes, *language.no, *language.unclear, *language.backchannels):
        assert plain(phrase) == phrase


@pytest.mark.parametrize("tag", known_languages())
def test_each_listed_answer_is_read_as_it_is_listed(tag: str) -> None:
    language = language_for(tag)
    for answer, phrases in {"yes": language.yes, "no": language.no, "unclear": language.unclear}.items():
        assert {phrase: language.yes_or_no(phrase) for phrase in phrases} == dict.fromkeys(phrases, answer)


def test_an_unknown_language_says_what_there_is() -> None:
    with pytest.raises(LanguageUnknown, match=r"'tlh'.*de, en.*tlh\.toml"):
        language_for("tlh-Latn")
