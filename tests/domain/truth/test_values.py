"""Whatever a number is called, it is the same number: said in any form, it is found or missed alike."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.truth import check, words_for
from domain.truth.mentions import mentions_in
from domain.truth.tokens import tokens_of
from domain.truth.values import ClockTime, Code, Count, Money, Value
from prompts.spoken import day, digits, for_the_ear, money, number, ordinal
from tests.domain.truth.calls import TODAY, call, euros

LANGUAGES = ("en", "de")
COSTS = {"en": "The total is {}.", "de": "Es kostet insgesamt {}."}


def forms_of(minor: int, language: str) -> list[str]:
    """An amount as models and our own voice say it."""
    whole, part = divmod(minor, 100)
    written = f"{whole}.{part:02}" if language == "en" else f"{whole},{part:02}"
    said = [money(minor, "EUR", language), f"€{written}", f"{written} €", f"EUR {written}", written]
    if part >= 10:
        said.append(
            f"{number(whole, language)} {'euros' if language == 'en' else 'Euro'} {number(part, language)}"
        )
        if 1 < whole < 100 and language == "en":
            said.append(f"{number(whole, language)} {number(part, language)} euros")
    return said


@given(st.integers(min_value=200, max_value=999_999), st.sampled_from(LANGUAGES))
def test_an_amount_of_the_record_passes_in_every_form(minor: int, language: str) -> None:
    evidence = call({"order_id": "77", "total": euros(minor)}, language=language)
    for form in forms_of(minor, language):
        assert check(COSTS[language].format(form), evidence).supported, form


@given(
    st.integers(min_value=200, max_value=999_999),
    st.integers(min_value=200, max_value=999_999),
    st.sampled_from(LANGUAGES),
)
def test_another_amount_is_caught_in_every_form(minor: int, other: int, language: str) -> None:
    if other == minor:
        return
    evidence = call({"order_id": "77", "total": euros(minor)}, language=language)
    for form in forms_of(other, language):
        assert not check(COSTS[language].format(form), evidence).supported, form


@given(st.integers(min_value=-40, max_value=40), st.integers(min_value=-40, max_value=40))
def test_a_day_is_told_from_another_in_every_form(true: int, said: int) -> None:
    expected, spoken = TODAY + timedelta(days=true), TODAY + timedelta(days=said)
    evidence = call({"order_id": "77", "state": "in_transit", "expected_on": expected.isoformat()})
    month = f"{spoken:%B}"
    forms = [
        day(spoken, "en", TODAY),
        spoken.isoformat(),
        f"{month} {spoken.day}, {spoken.year}",
        f"the {ordinal(spoken.day, 'en')} of {month} {spoken.year}",
        for_the_ear(spoken.isoformat(), "en", TODAY),
    ]
    if said >= 2:
        forms.append(f"in {number(said, 'en')} days")
    for form in forms:
        assert check(f"It should be with you {form}.", evidence).supported is (true == said), form


@given(st.from_regex(r"[1-9][0-9]{3}", fullmatch=True), st.from_regex(r"[1-9][0-9]{3}", fullmatch=True))
def test_an_order_number_is_told_from_another(true: str, said: str) -> None:
    evidence = call({"order_id": true, "state": "in_transit"})
    for form in (said, digits(said, "en"), " ".join(said), f"#{said}"):
        assert check(f"Your order {form} is on its way.", evidence).supported is (true == said), form


@given(st.text(alphabet="the wasrefund€1.20,;?'\"-\u2013\n0 und Euroth", max_size=120))
def test_no_sentence_breaks_the_check(sentence: str) -> None:
    check(sentence, call({"order_id": "77", "total": euros(4990)}))


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("forty-nine euros ninety", Money(4990, "EUR")),
        ("49.90", Money(4990)),
        ("€49,90", Money(4990, "EUR")),
        ("forty nine ninety", Money(4990)),
        ("$1,299.99", Money(129999, "USD")),
        ("a hundred euros", Money(10000, "EUR")),
        ("ninety-nine pence", Money(99, "GBP")),
        ("4990 cents", Money(4990)),
        ("four seven one two", Code("4712")),
        ("double four seven one", Code("4471")),
        ("LK-4712-AB", Code("lk4712ab")),
        ("anna at example dot com", Code("anna@example.com")),
        ("plus one, four one five, five five five, zero one zero zero", Code("14155550100")),
        ("ten percent", Count(Decimal(10), "percent")),
        ("three working days", Count(Decimal(3), "day")),
        ("two weeks", Count(Decimal(2), "week")),
        ("a fortnight", Count(Decimal(14), "day")),
        ("half an hour", Count(Decimal("0.5"), "hour")),
        ("half past two", ClockTime(frozenset({150, 870}))),
        ("nine oh five AM", ClockTime(frozenset({545}))),
        ("at 14:30", ClockTime(frozenset({870}))),
        ("at quarter to five", ClockTime(frozenset({285, 1005}))),
    ],
)
def test_a_value_is_read(said: str, value: Value) -> None:
    words = words_for("en")
    (mention,) = mentions_in(tokens_of(said, words), words, TODAY)
    assert value in mention.readings


@pytest.mark.parametrize(
    "said",
    [
        "One moment, please.",
        "It has four digits.",
        "Press one.",
        "That one.",
        "Which of the two?",
        "Two things, please.",
    ],
)
def test_talk_states_no_value(said: str) -> None:
    words = words_for("en")
    assert not mentions_in(tokens_of(said, words), words, date(2026, 11, 21))
