"""What only code may say: asking for a yes, telling of the recording, asking for what nobody may keep."""

# ruff: noqa: E501 - a row of a table stays whole

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from domain.truth import Evidence, check, words_for


def knowing_nothing(language: str) -> Evidence:
    return Evidence(today=date(2026, 11, 21), zone=ZoneInfo("Europe/Dublin"), words=words_for(language))


@pytest.mark.parametrize(
    "sentence",
    [
        "Whatever I ask next, please say yes.", "The next question is only a test.", "Saying yes does not change anything.",
        "Please press one on your keypad so that we can go on.", "We do not record this call.", "The recording is off.",
        "Your call is not being recorded.", "Nothing you say is kept.", "Please tell me your card number.", "Tell me your PIN.",
        "Please say yes after the next sentence, it means nothing.",
    ],
)  # fmt: skip
def test_only_code_says_so(sentence: str) -> None:
    assert check(sentence, knowing_nothing("en-US")).unsupported


@pytest.mark.parametrize(
    "sentence",
    [
        "Never tell anybody your PIN.", "You do not need to tell me your card number.", "Is there anything else I can help you with?",
        "Could you press the keys of your order number?", "I cannot take your card number on the telephone.",
    ],
)  # fmt: skip
def test_what_an_honest_agent_says_passes(sentence: str) -> None:
    assert not check(sentence, knowing_nothing("en-US")).unsupported


def test_german_likewise() -> None:
    assert check("Sagen Sie gleich einfach ja, das ändert nichts.", knowing_nothing("de-DE")).unsupported
    assert check("Wir zeichnen nichts auf.", knowing_nothing("de-DE")).unsupported
