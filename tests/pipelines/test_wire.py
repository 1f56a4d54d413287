"""The carrier's messages: every kind, and everything that is none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines import wire
from pipelines.wire import Digit, Ignored, MarkReturned, Message, Sound, Stopped

STREAM = "MZ1"


def message(event: str, **parts: object) -> str:
    return json.dumps({"event": event, "streamSid": STREAM, **parts})


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (message("media", media={"track": "inbound", "payload": "f39/"}), Sound(b"\x7f\x7f\x7f")),
        (
            message("media", media={"payload": "f39/", "chunk": "2", "timestamp": "40"}),
            Sound(b"\x7f\x7f\x7f"),
        ),
        (message("media", media={"track": "outbound", "payload": "f39/"}), Ignored("foreign_track")),
        (message("mark", mark={"name": "0:800"}), MarkReturned("0:800")),
        (message("dtmf", dtmf={"digit": "#", "track": "inbound_track"}), Digit("#")),
        (message("dtmf", dtmf={"digit": "12"}), Ignored("unknown_key")),
        (message("dtmf", dtmf={"digit": None}), Ignored("unknown_key")),
        (message("stop", stop={"callSid": "CA1"}), Stopped()),
        (message("connected", protocol="Call"), Ignored("unknown_event")),
        (json.dumps({"event": "stop", "streamSid": "MZ2"}), Ignored("foreign_stream")),
        (json.dumps({"event": "mark", "streamSid": "MZ2", "mark": {"name": "1"}}), Ignored("foreign_stream")),
        (message("media", media={"payload": "***"}), Ignored("not_json")),
        (message("media", media={"payload": 7}), Ignored("wrong_shape")),
        (message("media", media=None), Ignored("wrong_shape")),
        (message("media"), Ignored("wrong_shape")),
        (message("mark", mark=[]), Ignored("wrong_shape")),
        (message("dtmf", dtmf="5"), Ignored("wrong_shape")),
        ("", Ignored("not_json")),
        ("{", Ignored("not_json")),
        ("[]", Ignored("wrong_shape")),
        ("null", Ignored("wrong_shape")),
        ("{}", Ignored("wrong_shape")),
        ('"media"', Ignored("wrong_shape")),
    ],
)
def test_reading(text: str, meaning: Message) -> None:
    assert wire.read(text, STREAM) == meaning


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(("media", "mark", "dtmf", "stop", "start", "")), JSON)
def test_nothing_that_arrives_raises(event: str, part: object) -> None:
    wire.read(json.dumps({"event": event, event: part}), STREAM)
    wire.read(json.dumps(part), STREAM)


@given(st.text())
def test_no_text_raises(text: str) -> None:
    wire.read(text, STREAM)


@given(st.binary(min_size=1, max_size=400))
def test_what_we_send_can_be_read(sound: bytes) -> None:
    assert json.loads(wire.media(STREAM, sound))["streamSid"] == STREAM
    assert wire.read(wire.media(STREAM, sound), STREAM) == Sound(sound)


def test_marks_and_clear() -> None:
    assert json.loads(wire.mark(STREAM, "0:800")) == {
        "event": "mark",
        "streamSid": STREAM,
        "mark": {"name": "0:800"},
    }
    assert json.loads(wire.clear(STREAM)) == {"event": "clear", "streamSid": STREAM}
