"""What a model writes reaches the caller as speech, and speech is left alone."""

# ruff: noqa: RUF001 - models write typographic dashes; a row stays whole

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import Money
from prompts.spoken import day, digits, fill, for_the_ear, money, number, ordinal, spelled, time_of_day
from prompts.spoken.facts import FactMissing, UnknownForm, forms_in

TODAY = date(2026, 11, 21)  # a Saturday

ENGLISH = [
    ("Your refund of €25.00 is on its way.", "Your refund of twenty-five euros is on its way."),
    ("It arrives on 2026-11-24.", "It arrives on Tuesday the twenty-fourth of November."),
    ("It arrives on 2026-11-22.", "It arrives tomorrow."),
    ("Your order 4712 shipped.", "Your order four seven one two shipped."),
    ("10-15% off", "ten to fifteen percent off"),
    ("**Great** news:\n- First thing\n- Second thing", "Great news: First thing. Second thing."),
    ("See https://www.larkfield.example/returns.", "See larkfield dot example slash returns."),
    ("Write to help@larkfield.example, please.", "Write to help at larkfield dot example, please."),
    ("We are open 9:00-17:30, Monday to Friday.", "We are open nine AM to five thirty PM, Monday to Friday."),
    ("e.g. tents", "for example tents"),
    ("That is 3 – 5 working days.", "That is three to five working days."),
    ("Call +1 415 555 0100.", "Call plus one, four one five, five five five, zero one zero zero."),
    ("Tracking LK-4712-AB is moving.", "Tracking L K, four seven one two, A B is moving."),
    ("on November 24, 2026 at 2:30 pm.", "on the twenty-fourth of November at two thirty PM."),
    (
        "It costs $1,299.99.",
        "It costs one thousand two hundred and ninety-nine dollars and ninety-nine cents.",
    ),
    ("Open from 9 am to 5 pm.", "Open from nine AM to five PM."),
    ("the 24th of November", "the twenty-fourth of November"),
    ("1. Open the box\n2. Press the button", "Open the box. Press the button."),
    ("24/7 support & more", "twenty-four seven support and more"),
    (
        "In 2025 we had 4712 customers.",
        "In twenty twenty-five we had four thousand seven hundred and twelve customers.",
    ),
    (
        "It was 2026-11-24T14:30:00Z when",
        "It was Tuesday the twenty-fourth of November at two thirty PM when",
    ),
    ("€10-15", "ten to fifteen euros"),
    ("10-15 €", "ten to fifteen euros"),
    ("about ~5 minutes", "about five minutes"),
    ("Refund: -€5.00", "Refund: minus five euros"),
    ("and/or", "and or"),
    ("Order #4712.", "Order four seven one two."),
    ("Your orders are 4712 and 4713.", "Your orders are four seven one two and four seven one three."),
    ("It is 20 °C", "It is twenty degrees Celsius"),
    ("🙂 Fine.", "Fine."),
    ("You have 2 orders.", "You have two orders."),
    ("order 12", "order twelve"),
    ("0800 123456", "zero eight zero zero, one two three, four five six"),
    ("9 a.m. is fine.", "nine AM is fine."),
    ("We open at 9 a.m.", "We open at nine AM."),
    ("Nov 24th", "the twenty-fourth of November"),
    ("May 5", "the fifth of May"),
    ("We have May on staff 24 hours", "We have May on staff twenty-four hours"),
    ("12:30", "twelve thirty PM"),
    ("Mr. Smith's 3 tents.", "Mr. Smith's three tents."),
    ("a 30-day return, 2-year warranty", "a thirty-day return, two-year warranty"),
    ("returns within 14–30 days", "returns within fourteen to thirty days"),
]
GERMAN = [
    (
        "Die Erstattung von 25,00 € kommt am 24.11.2026.",
        "Die Erstattung von fünfundzwanzig Euro kommt am Dienstag, den vierundzwanzigsten November.",
    ),
    (
        "Ihre Bestellung 4712 kommt am 22.11.2026 um 14:30 Uhr.",
        "Ihre Bestellung vier sieben eins zwei kommt morgen um vierzehn Uhr dreißig.",
    ),
    ("1.299,99 €", "eintausendzweihundertneunundneunzig Euro und neunundneunzig Cent"),
    ("am 3. Dezember", "am dritten Dezember"),
    ("z.B. Zelte, 10-15 % Rabatt", "zum Beispiel Zelte, zehn bis fünfzehn Prozent Rabatt"),
    ("Der 3. Versuch", "Der dritte Versuch"),
    ("€25.50", "fünfundzwanzig Euro und fünfzig Cent"),
    ("von 9 Uhr bis 17 Uhr", "von neun Uhr bis siebzehn Uhr"),
    ("1 €", "ein Euro"),
    ("Mail an hilfe@larkfield.example", "Mail an hilfe ät larkfield Punkt example"),
]


@pytest.mark.parametrize(("written", "said"), ENGLISH)
def test_english_writing_is_said(written: str, said: str) -> None:
    assert for_the_ear(written, "en-US", TODAY) == said


@pytest.mark.parametrize(("written", "said"), GERMAN)
def test_german_writing_is_said(written: str, said: str) -> None:
    assert for_the_ear(written, "de-DE", TODAY) == said


@pytest.mark.parametrize("said", [said for _, said in ENGLISH + GERMAN])
def test_what_is_spoken_comes_back_as_the_same_string(said: str) -> None:
    assert for_the_ear(said, "en-US", TODAY) is said


@pytest.mark.parametrize(
    "plain",
    [
        "It left our warehouse on Monday, and it should be with you soon.",
        " and then - well, that's all (I think).",
        "Amber river falcon. Anything else?",
        "",
    ],
)
def test_a_plain_sentence_is_not_touched(plain: str) -> None:
    assert for_the_ear(plain, "en-US", TODAY) is plain


@given(
    st.text(alphabet="ab Z.,:-/#*_0129€$%&@|\n+()TtheMay", max_size=40), st.sampled_from(["en-US", "de-DE"])
)
def test_saying_it_twice_changes_nothing(written: str, language: str) -> None:
    once = for_the_ear(written, language, TODAY)
    assert for_the_ear(once, language, TODAY) == once
    assert not any(sign.isdecimal() for sign in once)


@pytest.mark.parametrize(
    ("minor", "currency", "language", "said"),
    [
        (2500, "EUR", "en", "twenty-five euros"),
        (2550, "EUR", "en", "twenty-five euros and fifty cents"),
        (101, "USD", "en", "one dollar and one cent"),
        (99, "GBP", "en", "ninety-nine pence"),
        (0, "EUR", "en", "zero euros"),
        (-500, "EUR", "en", "minus five euros"),
        (500, "JPY", "en", "five hundred Japanese yen"),
        (2500, "RSD", "en", "twenty-five Serbian dinars"),
        (100, "EUR", "de", "ein Euro"),
        (2550, "EUR", "de", "fünfundzwanzig Euro und fünfzig Cent"),
    ],
)
def test_money(minor: int, currency: str, language: str, said: str) -> None:
    assert money(minor, currency, language) == said


@pytest.mark.parametrize(
    ("when", "language", "said"),
    [
        (date(2026, 11, 21), "en", "today"),
        (date(2026, 11, 22), "en", "tomorrow"),
        (date(2026, 11, 20), "en", "yesterday"),
        (date(2026, 11, 24), "en", "Tuesday the twenty-fourth of November"),
        (date(2027, 1, 1), "en", "Friday the first of January twenty twenty-seven"),
        (date(2026, 11, 22), "de", "morgen"),
        (date(2026, 11, 24), "de", "Dienstag, den vierundzwanzigsten November"),
    ],
)
def test_days(when: date, language: str, said: str) -> None:
    assert day(when, language, TODAY) == said


@pytest.mark.parametrize(
    ("at", "language", "said"),
    [
        (time(0, 0), "en", "midnight"),
        (time(9, 5), "en", "nine oh five AM"),
        (time(12, 0), "en", "noon"),
        (time(12, 30), "en", "twelve thirty PM"),
        (time(23, 59), "en", "eleven fifty-nine PM"),
        (time(1, 0), "de", "ein Uhr"),
        (time(14, 30), "de", "vierzehn Uhr dreißig"),
    ],
)
def test_times(at: time, language: str, said: str) -> None:
    assert time_of_day(at, language) == said


def test_numbers_and_names() -> None:
    assert number(4712, "en") == "four thousand seven hundred and twelve"
    assert ordinal(24, "en") == "twenty-fourth"
    assert digits("4712", "en") == "four seven one two"
    assert digits("+353 1 5550100", "en") == "plus three five three, one, five five five, zero one zero zero"
    assert digits("12345", "en") == "one two three, four five"
    assert digits("", "en") == ""
    assert spelled("O'Ng-4", "en") == "O, apostrophe, N, G, dash, four"


FACTS = {
    "order_id": "4712",
    "expected_on": "2026-11-22",
    "total": {"amount_minor": 2550, "currency": "EUR"},
    "items": [{"name": "tent"}, {"name": "kettle"}, {"name": "lantern"}],
    "nothing": None,
}


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("Order {order_id|digits} comes {expected_on|day}.", "Order four seven one two comes tomorrow."),
        ("That is {total|money}.", "That is twenty-five euros and fifty cents."),
        (
            "You have {items|count} things: {items.name|list}.",
            "You have three things: tent, kettle and lantern.",
        ),
        ("First the {items.0.name}.", "First the tent."),
        ("No place.", "No place."),
    ],
)
def test_a_sentence_is_filled_with_facts(sentence: str, said: str) -> None:
    assert fill(sentence, FACTS, "en-US", TODAY) == said


@pytest.mark.parametrize(
    "amount",
    [
        Money.parse("25.50 EUR"),
        {"minor": 2550, "currency": "EUR"},
        {"amount_minor": 2550, "currency": "EUR"},
    ],
)
def test_money_is_said_the_same_however_it_is_written(amount: object) -> None:
    assert fill("{amount|money}", {"amount": amount}, "en-US", TODAY) == "twenty-five euros and fifty cents"
    german = fill("{args.amount|money}", {"args": {"amount": amount}}, "de-DE", TODAY)
    assert german == "fünfundzwanzig Euro und fünfzig Cent"


@pytest.mark.parametrize("amount", [25, "25.00", {"minor": "2550", "currency": "EUR"}, {"minor": 2550}])
def test_what_is_no_money_is_not_said_as_money(amount: object) -> None:
    with pytest.raises(FactMissing):
        fill("{amount|money}", {"amount": amount}, "en-US", TODAY)


@pytest.mark.parametrize(
    "sentence", ["{missing}", "{nothing|day}", "{order_id|day}", "{items.7.name}", "{total|list}"]
)
def test_a_missing_fact_is_told_and_never_invented(sentence: str) -> None:
    with pytest.raises(FactMissing):
        fill(sentence, FACTS, "en-US", TODAY)


def test_an_unknown_form_says_which_there_are() -> None:
    with pytest.raises(UnknownForm, match="'shouted': write one of count, day, digits"):
        forms_in("{order_id|shouted}")


@pytest.mark.parametrize("sign", ["1", "1.", "1-", "99.99.", "\n", "a-", "1234567 "])
def test_writing_without_an_end_is_read_in_pieces(sign: str) -> None:
    """Read at once it takes seconds; Python refuses numbers of more than 4300 digits."""
    said = for_the_ear(sign * 9000, "en", TODAY)
    assert not any(character.isdigit() for character in said)
