"""A yes to something else is no yes: what stands beside it must add nothing."""

# ruff: noqa: E501 - a row of a table stays whole

import pytest

from domain.language import language_for

EN, DE = language_for("en"), language_for("de")


@pytest.mark.parametrize(
    "text",
    [
        "Yes, thirty.", "yes 30 euros", "Yes, the other order.", "yes order 4713", "yes, for the tent only",
        "yes to my other card", "yes tomorrow", "that's fine, cancel it", "yes, is that free?", "right?",
        "yes who is this", "go ahead and tell me", "Hello? Yes?", "Yes, speaking.", "Yes, I can hear you.",
        "yes darling I am on the phone", "yes mum", "okay google", "okay bye", "yeah right?",
    ],
)  # fmt: skip
def test_a_yes_to_something_else_is_unclear(text: str) -> None:
    assert EN.yes_or_no(text) != "yes"


@pytest.mark.parametrize(
    "text",
    [
        "yes", "Yes, please.", "yes thank you", "Yes, that's right.", "okay, do that please", "sure, go ahead",
        "yes I would like that", "oh yes please do", "that's fine thanks", "yes yes", "Yes, that is correct, thank you.",
    ],
)  # fmt: skip
def test_a_plain_yes_is_one(text: str) -> None:
    assert EN.yes_or_no(text) == "yes"


@pytest.mark.parametrize(
    "text", ["na ja", "ja Schatz ich telefoniere", "ja, das andere", "ja hallo", "ja ich höre", "ja, dreißig"]
)
def test_german_likewise(text: str) -> None:
    assert DE.yes_or_no(text) != "yes"


@pytest.mark.parametrize(
    "text", ["ja", "ja bitte", "ja gerne, danke", "ja das ist richtig", "okay, machen Sie das"]
)
def test_a_german_yes(text: str) -> None:
    assert DE.yes_or_no(text) == "yes"
