"""How we talk with a speech process over its pipes: a kind, the number of the work it is about, and bytes.

Both ends run the same code from the same folder, so the layout has no version. This module imports no more
than it must: it is loaded by the processes too.
"""

import asyncio
import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import BinaryIO

_HEAD = struct.Struct(">BII")
MAX_PAYLOAD = 1 << 20
"""Bytes. A longer message is a sign of a lost place in the stream."""


class Kind(IntEnum):
    """What a message says; the first group goes to the process, the second comes from it."""

    BEGIN = 1
    """Recogniser: a new caller. Voice: nothing."""
    UTTER = 2
    """Recogniser: an utterance starts. Voice: a request, as JSON."""
    SOUND = 3
    """16-bit mono PCM at 8 kHz, in either direction."""
    FINISH = 4
    """Recogniser: the utterance is over. Voice: the request's last message."""
    CANCEL = 5
    """Whatever has this number is wanted no more."""

    READY = 10
    PARTIAL = 11
    """The words so far, as UTF-8."""
    FINAL = 12
    """The words with their confidence, as JSON."""
    WORD = 13
    """A word's place in the text and in the sound, as JSON."""
    FAILED = 14
    """What went wrong, as UTF-8, without what was to be said."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message in either direction."""

    kind: Kind
    number: int = 0
    payload: bytes = b""

    def encode(self) -> bytes:
        return _HEAD.pack(self.kind, self.number, len(self.payload)) + self.payload


class BrokenPipe(Exception):
    """The stream holds something that no message begins with."""


async def receive(stream: asyncio.StreamReader) -> Message:
    """The next message; raises `asyncio.IncompleteReadError` when the process is gone."""
    kind, number, length = _head(await stream.readexactly(_HEAD.size))
    return Message(kind=kind, number=number, payload=await stream.readexactly(length))


def read(stream: BinaryIO) -> Message | None:
    """The next message, waiting for it; None at the end of the stream."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    kind, number, length = _head(head)
    payload = stream.read(length)
    return Message(kind=kind, number=number, payload=payload) if len(payload) == length else None


def _head(head: bytes) -> tuple[Kind, int, int]:
    kind, number, length = _HEAD.unpack(head)
    try:
        known = Kind(kind)
    except ValueError:
        raise BrokenPipe(f"no message has kind {kind}") from None
    if length > MAX_PAYLOAD:
        raise BrokenPipe(f"a message of {length} bytes is longer than {MAX_PAYLOAD}")
    return known, number, length
