"""What a conversation is given of its company."""

from dataclasses import replace

import pytest

from app.conversations import known_of
from domain.masking import Masker, masking_words_for
from tests.tools.shop import SHOP


@pytest.mark.parametrize(
    ("said", "passes"),
    [
        ("It is AB123456C, I think.", "It is [restricted], I think."),
        ("Äh, für AB123456C bitte.", "Äh, für [restricted] bitte."),
        ("It is AB12.", "It is AB12."),
        ("a" * 40, "a" * 40),
    ],
)
def test_what_a_company_s_patterns_describe_is_masked_in_linear_time(said: str, passes: str) -> None:
    patterns = (r"[A-Z]{2}\d{6}[A-Z]", r"(a+)+b")
    company = replace(SHOP, restricted_patterns=patterns)
    assert Masker(masking_words_for("en"), known_of(company)).final(said, 0, 1).text == passes
    assert Masker(masking_words_for("en"), known_of(SHOP)).final(said, 0, 1).text == said
