"""A recording's file: its key, wrapped; then chunks, each sealed with its place in the file.

No chunk can be changed, moved or left out. The last says that it is the last: without it, the recording
was cut off. After a crash the complete chunks are all there.
"""

import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.secrets import KEY_BYTES, NONCE_BYTES, TAG_BYTES, KeyWrap

RATE = 8000
"""Samples a second, and bytes of mu-law a second and side."""
QUIET = b"\xff"
"""Mu-law silence."""
_MAGIC = b"callwright recording 1\n"
_WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES
_LENGTH = struct.Struct(">I")
_SPAN = struct.Struct(">Q")


class RecordingDamaged(Exception):
    """A chunk is not what was written, or not where it was written."""


class Kind(IntEnum):
    """What a chunk holds."""

    SOUND = 0
    """Both sides, as many bytes of each."""
    PAUSED = 1
    """Samples that were not recorded, on request."""
    DROPPED = 2
    """Samples that the disk did not take."""
    END = 3
    """The recording was closed here; more follows only where it was opened again."""


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """A stretch of a recording: sound, or how long there is none."""

    kind: Kind
    caller: bytes = b""
    agent: bytes = b""
    silent: int = 0
    """Samples."""

    @classmethod
    def span(cls, kind: Kind, samples: int) -> "Chunk":
        return cls(kind=kind, silent=samples)

    @property
    def samples(self) -> int:
        return len(self.caller) + self.silent

    def encode(self) -> bytes:
        content = self.caller + self.agent if self.kind is Kind.SOUND else _SPAN.pack(self.silent)
        return bytes((self.kind,)) + content

    @classmethod
    def decode(cls, content: bytes) -> "Chunk":
        kind = Kind(content[0])
        if kind is not Kind.SOUND:
            return cls(kind=kind, silent=_SPAN.unpack(content[1:])[0])
        half = 1 + (len(content) - 1) // 2
        return cls(kind=kind, caller=content[1:half], agent=content[half:])


class Appender:
    """Writes one file. All methods block, and belong to one thread."""

    def __init__(self, path: Path, wrapping: KeyWrap, call_id: str) -> None:
        self._path = path
        self._wrapping = wrapping
        self._call_id = call_id
        self._file: BinaryIO | None = None
        self._cipher: AESGCM | None = None
        self._index = 0
        self._missed = 0
        self.samples = 0
        self.pauses: list[tuple[int, int]] = []
        """(first sample, sample behind the last) of each."""
        self.has_gaps = False

    def open(self) -> None:
        """Begin the file, or go on behind its last complete chunk."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._path.exists() or self._path.stat().st_size < len(_MAGIC) + _WRAPPED_BYTES:
            key, wrapped = self._wrapping.new_key(self._call_id.encode())
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self._file = os.fdopen(descriptor, "wb", buffering=0)
            self._file.write(_MAGIC + wrapped)
        else:
            self._file = self._path.open("r+b", buffering=0)
            key = _key(self._file, self._wrapping, self._call_id)
            for chunk in _opened(self._file, AESGCM(key), self._call_id):
                self._count(chunk)
            self._file.truncate()
        self._cipher = AESGCM(key)

    def append(self, chunk: Chunk) -> None:
        """What the disk does not take is a gap, as long as what was lost."""
        try:
            if self._missed:
                self._seal(Chunk.span(Kind.DROPPED, self._missed))
                self._missed = 0
            self._seal(chunk)
        except OSError:
            self._missed += chunk.samples
            self.has_gaps = True
            raise

    def close(self) -> None:
        """The end is written, and everything is on disk."""
        file = self._file
        if file is None:
            raise FileNotFoundError(self._path)
        try:
            self.append(Chunk.span(Kind.END, 0))
            os.fsync(file.fileno())
        finally:
            file.close()
            self._file = None

    def _seal(self, chunk: Chunk) -> None:
        if self._file is None or self._cipher is None:
            raise FileNotFoundError(self._path)
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, chunk.encode(), _place(self._call_id, self._index))
        frame = _LENGTH.pack(len(sealed)) + sealed
        begin = self._file.tell()
        try:
            written = self._file.write(frame)
            if written != len(frame):
                raise OSError("the disk is full")
        except OSError:
            with suppress(OSError):
                self._file.seek(begin)
                self._file.truncate()
            raise
        self._count(chunk)

    def _count(self, chunk: Chunk) -> None:
        """The file's own account of itself, the same whether chunks are written or found."""
        if chunk.kind is Kind.PAUSED:
            self.pauses.append((self.samples, self.samples + chunk.samples))
        self.has_gaps |= chunk.kind is Kind.DROPPED
        self.samples += chunk.samples
        self._index += 1


def read_chunks(path: Path, wrapping: KeyWrap, call_id: str) -> Iterator[Chunk]:
    """Every complete chunk. Raises `RecordingDamaged`, and `KeyUnusable` under another master key."""
    with path.open("rb") as file:
        yield from _opened(file, AESGCM(_key(file, wrapping, call_id)), call_id)


def _opened(file: BinaryIO, cipher: AESGCM, call_id: str) -> Iterator[Chunk]:
    for index, sealed in enumerate(_frames(file)):
        nonce, content = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            opened = cipher.decrypt(nonce, content, _place(call_id, index))
        except (InvalidTag, ValueError):
            raise RecordingDamaged(f"chunk {index} of the recording of call {call_id} was changed") from None
        yield Chunk.decode(opened)


def _key(file: BinaryIO, wrapping: KeyWrap, call_id: str) -> bytes:
    if file.read(len(_MAGIC)) != _MAGIC:
        raise RecordingDamaged(f"the file for call {call_id} does not begin as a recording")
    return wrapping.unwrap(file.read(_WRAPPED_BYTES), call_id.encode())


def _frames(file: BinaryIO) -> Iterator[bytes]:
    """Complete frames; afterwards the file stands behind the last of them."""
    while True:
        begin = file.tell()
        length = file.read(_LENGTH.size)
        sealed = file.read(_LENGTH.unpack(length)[0]) if len(length) == _LENGTH.size else b""
        if not sealed or len(sealed) < _LENGTH.unpack(length)[0]:
            file.seek(begin)
            return
        yield sealed


def _place(call_id: str, index: int) -> bytes:
    return f"{call_id}\0{index}".encode()
