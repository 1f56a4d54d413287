"""Signatures in every form that Twilio makes them, and in forms that it does not."""

from hashlib import sha256
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from adapters.carrier.signature import FORM, Form, SignatureRefused, Signatures

PUBLIC = "https://voice.example.test"
ITEMS = [("CallSid", "CA1"), ("Empty", ""), ("Event", "a"), ("Event", "b"), ("Name", " Zoë & Söhne ")]


def signed(url: str, items: list[tuple[str, str]], token: str = "one") -> str:
    return str(RequestValidator(token).compute_signature(url, Form(items)))


def headers(signature: str, content_type: str = FORM.decode()) -> dict[bytes, bytes]:
    return {b"x-twilio-signature": signature.encode(), b"content-type": content_type.encode()}


def ask(
    signature: str,
    *,
    public: str = PUBLIC,
    path: bytes = b"/twilio/voice",
    query: bytes = b"",
    body: bytes = urlencode(ITEMS).encode(),
    tokens: tuple[str, ...] = ("one", "two"),
    content_type: str = FORM.decode(),
) -> Form:
    return Signatures(tokens, public).form(path, query, headers(signature, content_type), body)


def refusal(*args: object, **more: object) -> str:
    with pytest.raises(SignatureRefused) as refused:
        ask(*args, **more)  # type: ignore[arg-type]  # handed on
    return refused.value.fault


def test_a_form_with_repeated_and_empty_values() -> None:
    form = ask(signed(PUBLIC + "/twilio/voice", ITEMS))
    assert form.getlist("Event") == ["a", "b"]
    assert (form.get("Empty", "?"), form.get("Name"), form.get("None")) == ("", " Zoë & Söhne ", "")


def test_either_token_is_good_during_a_rotation_and_no_other() -> None:
    assert ask(signed(PUBLIC + "/twilio/voice", ITEMS, "two"))
    assert refusal(signed(PUBLIC + "/twilio/voice", ITEMS, "three")) == "wrong_signature"


def test_a_missing_or_odd_signature_is_refused_without_an_exception() -> None:
    assert refusal("") == "no_signature"
    assert refusal("ä") == "wrong_signature"


def test_a_changed_added_or_dropped_field_is_refused() -> None:
    good = signed(PUBLIC + "/twilio/voice", ITEMS)
    for items in (ITEMS[1:], [*ITEMS, ("Admin", "1")], [("CallSid", "CA2"), *ITEMS[1:]]):
        assert refusal(good, body=urlencode(items).encode()) == "wrong_signature"


@pytest.mark.parametrize("query", [b"a=b%20c", b"a=b+c", b"A=1&a="])
def test_path_and_query_are_compared_as_they_came(query: bytes) -> None:
    good = signed(f"{PUBLIC}/twilio/a%2Fb?{query.decode()}", ITEMS)
    assert ask(good, path=b"/twilio/a%2Fb", query=query)
    assert refusal(good, path=b"/twilio/a/b", query=query) == "wrong_signature"
    assert refusal(good, path=b"/twilio/a%2Fb", query=query + b"&x=") == "wrong_signature"


@pytest.mark.parametrize("public", [PUBLIC, PUBLIC + ":443", PUBLIC + ":8443"])
def test_twilio_signs_with_the_port_or_without(public: str) -> None:
    assert ask(signed(public + "/twilio/voice", ITEMS), public=public)
    assert ask(signed(PUBLIC + "/twilio/voice", ITEMS), public=public)


def test_another_host_port_or_scheme_is_refused() -> None:
    for url in ("https://voice.example.test:9", "http://voice.example.test", "https://evil.example.test"):
        assert refusal(signed(url + "/twilio/voice", ITEMS)) == "wrong_signature"


def test_a_prefix_of_the_public_address_belongs_to_what_is_signed() -> None:
    assert ask(signed(PUBLIC + "/phone/twilio/voice", ITEMS), public=PUBLIC + "/phone/")


def test_a_hashed_body_is_checked_raw_whatever_its_type() -> None:
    body = b'{"a": 1}'
    query = b"bodySHA256=" + sha256(body).hexdigest().encode()
    good = signed(f"{PUBLIC}/twilio/voice?{query.decode()}", [])
    assert len(ask(good, query=query, body=body, content_type="application/json")) == 0
    assert refusal(good, query=query, body=b'{"a": 2}', content_type="application/json") == "wrong_body"
    assert refusal(good, query=query, body=b"") == "wrong_body"


def test_a_body_that_is_no_form_needs_a_hash() -> None:
    good = signed(PUBLIC + "/twilio/voice", [])
    assert refusal(good, body=b'{"a": 1}', content_type="application/json") == "not_a_form"


def test_bytes_that_are_no_text_are_refused() -> None:
    assert refusal("x", body=b"\xff\xfe") == "wrong_encoding"
    assert refusal("x", body=b"a=%ff") == "wrong_encoding"
    assert refusal("x", query=b"\xff") == "wrong_encoding"


@pytest.mark.parametrize("signed_url", ["wss://voice.example.test/m/x", "wss://voice.example.test/m/x/"])
@pytest.mark.parametrize("path", [b"/m/x", b"/m/x/"])
def test_a_handshake_may_have_a_slash_more(signed_url: str, path: bytes) -> None:
    Signatures(["one"], PUBLIC).socket(path, b"", headers(signed(signed_url, [])))


def test_a_handshake_is_signed_as_wss_only() -> None:
    for url in (
        "https://voice.example.test/m/x",
        "ws://voice.example.test/m/x",
        "wss://voice.example.test/m/y",
    ):
        with pytest.raises(SignatureRefused):
            Signatures(["one"], PUBLIC).socket(b"/m/x", b"", headers(signed(url, [])))


@pytest.mark.parametrize("public", ["https://[::1]:443", "https://user@host", "nonsense"])
def test_addresses_that_cannot_be_signed_are_no_public_address(public: str) -> None:
    with pytest.raises(ValueError, match="public_url"):
        Signatures(["one"], public)


def test_a_form_of_very_many_fields_is_refused_before_it_costs_anything() -> None:
    """Signing takes time in the square of the fields, and anybody may send some."""
    many = [(f"k{number}", "") for number in range(201)]
    assert refusal(signed(PUBLIC + "/twilio/voice", many), body=urlencode(many).encode()) == "wrong_encoding"
    assert ask(signed(PUBLIC + "/twilio/voice", many[1:]), body=urlencode(many[1:]).encode())
