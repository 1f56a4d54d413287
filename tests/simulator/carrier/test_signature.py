"""Our signatures are the ones that the official validator accepts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from simulator.carrier.signature import sign, signed_url

TOKEN = "b" * 32
URL = "https://voice.example.test/voice?a=%20b&c="
FIELDS = st.lists(st.tuples(st.text("abCD_", min_size=1), st.text()), unique_by=lambda field: field[0])


@given(FIELDS)
def test_the_official_validator_accepts_any_form(form: list[tuple[str, str]]) -> None:
    assert RequestValidator(TOKEN).validate(URL, dict(form), sign(TOKEN, URL, form))


def test_a_changed_field_or_address_is_noticed() -> None:
    signature = sign(TOKEN, URL, [("From", "+15550111")])
    assert not RequestValidator(TOKEN).validate(URL, {"From": "+15550112"}, signature)
    assert not RequestValidator(TOKEN).validate(URL + "x", {"From": "+15550111"}, signature)


@pytest.mark.parametrize(
    ("url", "signed"),
    [
        ("https://h.test:8443/x", "https://h.test/x"),
        ("wss://h.test:443/x/", "wss://h.test/x/"),
        ("http://h.test:8080/x", "http://h.test:8080/x"),
        ("https://user:pass@h.test/x?q=1#rc=2", "https://h.test/x?q=1"),
    ],
)
def test_ports_users_and_fragments(url: str, signed: str) -> None:
    assert signed_url(url) == signed
