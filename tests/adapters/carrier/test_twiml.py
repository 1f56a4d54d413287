"""Every document that we give Twilio, against the grammar of its own classes, and what matters in each."""

import xml.etree.ElementTree as ET

import pytest

from adapters.carrier import twiml
from adapters.carrier.phone import LONGEST_INLINE_TWIML
from adapters.carrier.twiml import Words
from tests.adapters.carrier.conformance import load, needs_rules

BASE = "https://voice.example.test/twilio"
WORDS = Words(language="de-DE", busy="Alle Leitungen sind belegt & <voll>.")
DOCUMENTS = {
    "stream": twiml.stream(
        url="wss://voice.example.test/twilio/media/x",
        token="t&<>",
        action=f"{BASE}/stream-ended/1?stream=1",
        status_callback=f"{BASE}/stream-status",
    ),
    "hang_up": twiml.hang_up(),
    "busy": twiml.busy(WORDS),
    "not_in_service": twiml.not_in_service(),
    "ask_again": twiml.ask_again(f"{BASE}/fallback/1"),
    "ring_fallback": twiml.ring_fallback(WORDS, number="+14155550199", dialled=f"{BASE}/fallback/1/dialled"),
    "take_message": twiml.take_message(WORDS, recorded=f"{BASE}/fallback/1/recorded"),
    "say_goodbye": twiml.say_goodbye(WORDS),
    "last_resort": twiml.last_resort(WORDS, number="+14155550199"),
    "last_resort_alone": twiml.last_resort(WORDS, number=None),
}


@needs_rules
@pytest.mark.parametrize("name", DOCUMENTS)
def test_twilio_takes_the_document(name: str) -> None:
    assert load("twiml_check").check(DOCUMENTS[name]) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_document_runs_out_and_drops_the_caller_unawares(name: str) -> None:
    last = list(ET.fromstring(DOCUMENTS[name]))[-1]
    assert last.tag in {"Hangup", "Redirect", "Reject"}
    assert len(DOCUMENTS[name]) <= LONGEST_INLINE_TWIML


def test_a_stream_carries_its_token_outside_the_address_and_says_where_to_go_on() -> None:
    root = ET.fromstring(DOCUMENTS["stream"])
    connect, stream, parameter = (root.find(path) for path in ("Connect", ".//Stream", ".//Parameter"))
    assert connect is not None
    assert stream is not None
    assert parameter is not None
    assert "?" not in stream.attrib["url"]
    assert parameter.attrib == {"name": "token", "value": "t&<>"}
    assert connect.attrib["action"] == root.findtext("Redirect") == f"{BASE}/stream-ended/1?stream=1"
    assert stream.attrib["statusCallback"] == f"{BASE}/stream-status"


def test_words_are_escaped_and_said_in_the_lines_language() -> None:
    say = ET.fromstring(DOCUMENTS["busy"]).find("Say")
    assert say is not None
    assert (say.text, say.attrib["language"]) == (WORDS.busy, "de-DE")
