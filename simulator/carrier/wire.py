"""Media Streams on the wire: the messages a carrier sends, and its check of those it gets."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.carrier.sound import RATE


@dataclass(frozen=True, kw_only=True)
class Media:
    """Sound for the caller: raw mu-law of any length."""

    sound: bytes


@dataclass(frozen=True, kw_only=True)
class Mark:
    """To be returned when all sound before it has been heard."""

    name: str


@dataclass(frozen=True, kw_only=True)
class Clear:
    """Forget what has not been heard."""


@dataclass(frozen=True, kw_only=True)
class Invalid:
    """Ignored, with one warning for each number a stream."""

    error: int
    reason: str


Order = Media | Mark | Clear | Invalid


def read(raw: str | bytes, stream_sid: str) -> Order:
    """What a server's message asks for: 31950 for what is no text, 31951 for what is no such message."""
    if isinstance(raw, bytes):
        return Invalid(error=31950, reason="binary frame")
    try:
        return _order(_message(raw, stream_sid))
    except ValueError as wrong:
        return Invalid(error=31951, reason=str(wrong))


def _message(raw: str, stream_sid: str) -> dict[str, Any]:
    try:
        message = json.loads(raw)
    except ValueError:
        raise ValueError("not JSON") from None
    if not isinstance(message, dict):
        raise ValueError("not an object")
    if message.get("streamSid") != stream_sid:
        raise ValueError("streamSid of another stream")
    return message


def _order(message: dict[str, Any]) -> Order:
    order: Order
    match message:
        case {"event": "media", "media": {"payload": str(payload)} as body}:
            order, expected = Media(sound=_sound(payload)), {"media"}
        case {"event": "mark", "mark": {"name": str(name)} as body} if name:
            order, expected = Mark(name=name), {"mark"}
        case {"event": "clear"}:
            order, expected, body = Clear(), set(), {}
        case {"event": "media" | "mark" as event}:
            raise ValueError(f"{event} with a wrong body")
        case _:
            raise ValueError("unknown event")
    if set(message) != {"event", "streamSid"} | expected or len(body) > 1:
        raise ValueError("a field too many")
    return order


def _sound(payload: str) -> bytes:
    try:
        sound = base64.b64decode(payload, validate=True)
    except ValueError:
        raise ValueError("payload is not base64") from None
    if sound.startswith(b"RIFF"):
        raise ValueError("payload has a file header, not raw mu-law")
    return sound


class Sheet:
    """Numbers the messages of one stream: every number is a string, `connected` has none."""

    def __init__(self, *, account_sid: str, call_sid: str, stream_sid: str) -> None:
        self._account_sid = account_sid
        self._call_sid = call_sid
        self._stream_sid = stream_sid
        self._sequence = 0
        self._chunk = 0

    def connected(self) -> str:
        return json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})

    def start(self, parameters: Mapping[str, str]) -> str:
        body = {
            "accountSid": self._account_sid,
            "streamSid": self._stream_sid,
            "callSid": self._call_sid,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": RATE, "channels": 1},
            "customParameters": dict(parameters),
        }
        return self._message("start", body)

    def media(self, frame: bytes, timestamp_ms: int) -> str:
        self._chunk += 1
        payload = base64.b64encode(frame).decode()
        body = {
            "track": "inbound",
            "chunk": str(self._chunk),
            "timestamp": str(timestamp_ms),
            "payload": payload,
        }
        return self._message("media", body)

    def dtmf(self, digit: str) -> str:
        return self._message("dtmf", {"track": "inbound_track", "digit": digit})

    def mark(self, name: str) -> str:
        return self._message("mark", {"name": name})

    def stop(self) -> str:
        return self._message("stop", {"accountSid": self._account_sid, "callSid": self._call_sid})

    def _message(self, event: str, body: Mapping[str, Any]) -> str:
        self._sequence += 1
        return json.dumps(
            {
                "event": event,
                "sequenceNumber": str(self._sequence),
                "streamSid": self._stream_sid,
                event: body,
            }
        )


def garbage(stream_sid: str) -> list[str | bytes]:
    """What no carrier should send and a server must survive."""
    return [
        b"\x00\x01\x02",
        "{",
        "[]",
        "null",
        json.dumps({"event": "media"}),
        json.dumps({"event": "media", "streamSid": stream_sid, "media": {"payload": 7}}),
        json.dumps({"event": "weather", "streamSid": stream_sid, "weather": {}}),
        json.dumps({"event": "dtmf", "streamSid": stream_sid, "dtmf": {"digit": ["1"]}}),
    ]


def huge(stream_sid: str) -> str:
    """A media message of 1 MiB: a careful server closes the socket over it (1009)."""
    payload = base64.b64encode(bytes(786_432)).decode()
    return json.dumps({"event": "media", "streamSid": stream_sid, "media": {"payload": payload}})
