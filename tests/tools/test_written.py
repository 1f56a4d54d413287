"""Facts as people write them: the line's locale decides, and an SMS keeps its alphabet."""

from datetime import date
from typing import Any

import pytest

from domain.money import Money
from prompts.spoken.facts import _FORMS as SPOKEN
from tools.written import _FORMS as WRITTEN
from tools.written import fill

TODAY = date(2026, 11, 21)
EURO = "\u20ac"


def written(form: str, fact: Any, language: str) -> str:
    return fill(f"{{fact|{form}}}", {"fact": fact}, language, TODAY)


@pytest.mark.parametrize(
    ("form", "fact", "language", "text"),
    [
        ("money", {"minor": 2500, "currency": "EUR"}, "en-US", f"{EURO}25.00"),
        ("money", {"amount_minor": 2500, "currency": "EUR"}, "de-DE", f"25,00 {EURO}"),
        ("money", Money(minor=123456, currency="EUR"), "de-DE", f"1.234,56 {EURO}"),
        ("money", Money(minor=500, currency="JPY"), "en-US", "\u00a5500"),
        ("money", {"minor": -500, "currency": "USD"}, "en-US", "-$5.00"),
        ("day", "2026-11-24", "en-IE", "24 November"),
        ("day", "2026-11-24", "en-US", "November 24"),
        ("day", "2026-11-24T10:00:00+01:00", "de-DE", "24. November"),
        ("day", "2026-11-22", "en-IE", "22 November"),
        ("day", "2027-01-03", "en-IE", "3 January 2027"),
        ("day", "2027-01-03", "de-DE", "3. Januar 2027"),
        ("time", "2026-11-24T16:30:00+01:00", "en-IE", "16:30"),
        ("time", "2026-11-24T16:30:00+01:00", "en-US", "4:30 PM"),
        ("moment", "2026-11-24T16:30:00+01:00", "de-DE", "24. November, 16:30"),
        ("digits", "4712", "en-US", "4712"),
        ("plain", "DHL 00340-4", "de-DE", "DHL 00340-4"),
        ("spelled", "Ng", "en-US", "Ng"),
        ("list", ["a lamp", "a rug"], "en-IE", "a lamp and a rug"),
        ("list", ["a lamp"], "de-DE", "a lamp"),
        ("number", 1234567, "de-DE", "1.234.567"),
        ("number", 12, "fr-FR", "12"),
        ("count", ["x", "y"], "en-US", "2"),
        ("money", {"minor": 2500, "currency": "EUR"}, "tlh", f"{EURO}25.00"),
    ],
)
def test_a_fact_is_written(form: str, fact: Any, language: str, text: str) -> None:
    assert written(form, fact, language) == text


def test_whatever_can_be_spoken_can_be_written() -> None:
    """A company's folder is checked against the spoken forms, its messages included."""
    assert set(WRITTEN) == set(SPOKEN)


@pytest.mark.parametrize("language", ["en-US", "de-DE", "fr-FR", "sv-SE", "pl-PL"])
def test_no_space_leaves_the_alphabet_of_sms(language: str) -> None:
    facts = {
        "money": Money(minor=123456789, currency="EUR"),
        "moment": "2026-11-24T16:30:00+01:00",
        "number": 12_345_678,
        "day": "2025-11-24",
    }
    text = " ".join(written(form, fact, language) for form, fact in facts.items())
    assert not any(sign.isspace() and sign != " " for sign in text)


def test_a_fact_is_put_in_once_and_is_never_a_template() -> None:
    facts = {"customer": {"name": "{code}"}, "code": "471200"}
    assert fill("Dear {customer.name}, {code}.", facts, "en-US", TODAY) == "Dear {code}, 471200."


@pytest.mark.parametrize(
    ("form", "fact"),
    [
        ("money", 25.0),
        ("money", {"minor": 25.0, "currency": "EUR"}),
        ("money", {"minor": True, "currency": "EUR"}),
        ("money", {"minor": 2500}),
        ("day", "soon"),
        ("time", None),
        ("list", "a lamp"),
        ("number", "many"),
        ("count", 3),
        ("sung", "la"),
    ],
)
def test_a_fact_of_another_shape_is_missing(form: str, fact: Any) -> None:
    with pytest.raises(LookupError):
        written(form, fact, "en-US")
