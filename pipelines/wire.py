"""The carrier's media-stream messages, read and written: Twilio Media Streams, "WebSocket messages".

Sound is mu-law at 8 kHz, base64 in JSON; numbers arrive as strings; `stop` may never come.
"""

import binascii
from base64 import b64decode, b64encode
from dataclasses import dataclass

import orjson

KEYS = frozenset("0123456789*#ABCD")


@dataclass(frozen=True, slots=True)
class Sound:
    """About 20 ms of the caller, mu-law at 8 kHz."""

    mulaw: bytes


@dataclass(frozen=True, slots=True)
class Digit:
    """One key of the caller's keypad: 0-9, *, # (and A-D, which carriers rarely send)."""

    key: str


@dataclass(frozen=True, slots=True)
class MarkReturned:
    """Everything before this mark has played, or the buffer was cleared."""

    name: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The stream is over; the call may live on elsewhere."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """A message that means nothing to us: unknown, malformed or another stream's."""

    reason: str


Message = Sound | Digit | MarkReturned | Stopped | Ignored


def read(text: str, stream_sid: str) -> Message:
    """Never raises: what cannot be read is `Ignored`, with a reason that quotes nothing."""
    try:
        data = orjson.loads(text)
        event = data["event"]
        if event == "media":
            media = data["media"]
            if media.get("track", "inbound") != "inbound":
                return Ignored("foreign_track")
            return Sound(b64decode(media["payload"], validate=True))
        if data.get("streamSid", stream_sid) != stream_sid:
            return Ignored("foreign_stream")
        if event == "mark":
            return MarkReturned(str(data["mark"]["name"]))
        if event == "dtmf":
            key = str(data["dtmf"]["digit"])
            return Digit(key) if key in KEYS else Ignored("unknown_key")
        return Stopped() if event == "stop" else Ignored("unknown_event")
    except (orjson.JSONDecodeError, binascii.Error):
        return Ignored("not_json")
    except (KeyError, TypeError, AttributeError, ValueError):
        return Ignored("wrong_shape")


def media(stream_sid: str, mulaw: bytes) -> str:
    payload = b64encode(mulaw).decode("ascii")
    return f'{{"event":"media","streamSid":"{stream_sid}","media":{{"payload":"{payload}"}}}}'


def mark(stream_sid: str, name: str) -> str:
    return f'{{"event":"mark","streamSid":"{stream_sid}","mark":{{"name":"{name}"}}}}'


def clear(stream_sid: str) -> str:
    return f'{{"event":"clear","streamSid":"{stream_sid}"}}'
