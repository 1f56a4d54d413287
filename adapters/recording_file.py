"""A recording's file: its key, wrapped; then chunks, each sealed with its place in the file.

No chunk can be changed, moved or left out by anybody without the key; we ourselves silence what must not
be kept. The last says that it is the last: without it, the recording
was cut off. After a crash the complete chunks are all there.
"""

import os
import struct
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.rewriting import discard, pending, recover, rewrite
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


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where a chunk of sound stands."""

    offset: int
    """Bytes of the file."""
    index: int
    first: int
    """Sample."""
    samples: int


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
        self._base = 0
        """Samples that were in the file when it was opened."""
        self._places: list[_Place] = []
        self.samples = 0
        self.pauses: list[tuple[int, int]] = []
        """(first sample, sample behind the last) of each."""
        self.has_gaps = False

    def open(self) -> None:
        """Begin the file, or go on behind its last complete chunk."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._path.exists() or self._path.stat().st_size < len(_MAGIC) + _WRAPPED_BYTES:
            discard(self._path)
            key, wrapped = self._wrapping.new_key(self._call_id.encode())
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
            self._file = os.fdopen(descriptor, "r+b", buffering=0)
            self._file.write(_MAGIC + wrapped)
        else:
            self._file = self._path.open("r+b", buffering=0)
            recover(self._path, self._file)
            key = _key(self._file, self._wrapping, self._call_id)
            for chunk in _opened(self._file, AESGCM(key), self._call_id):
                self._count(chunk)
            self._file.truncate()
        self._cipher = AESGCM(key)
        self._base = self.samples

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

    def silence(self, first: int, past: int) -> None:
        """The caller's samples from `first` to before `past`, counted from this opening on, are gone.

        Their chunks are written anew in their places. A chunk keeps its length, so nothing else moves.
        """
        if self._file is None or self._cipher is None:
            raise FileNotFoundError(self._path)
        first, past = self._base + first, self._base + past
        recover(self._path, self._file)
        touched = (at for at in self._places if max(first, at.first) < min(past, at.first + at.samples))
        rewrite(self._path, self._file, {at.offset: self._quietened(at, first, past) for at in touched})

    def _quietened(self, at: _Place, first: int, past: int) -> bytes:
        assert self._file is not None and self._cipher is not None
        length = os.pread(self._file.fileno(), _LENGTH.size, at.offset)
        sealed = os.pread(self._file.fileno(), _LENGTH.unpack(length)[0], at.offset + _LENGTH.size)
        chunk = _open(self._cipher, sealed, self._call_id, at.index)
        begin, end = max(0, first - at.first), min(at.samples, past - at.first)
        caller = chunk.caller[:begin] + QUIET * (end - begin) + chunk.caller[end:]
        return self._frame(Chunk(kind=Kind.SOUND, caller=caller, agent=chunk.agent), at.index)

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
        frame = self._frame(chunk, self._index)
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
        if chunk.kind is Kind.SOUND:
            place = _Place(offset=begin, index=self._index, first=self.samples, samples=chunk.samples)
            self._places.append(place)
        self._count(chunk)

    def _frame(self, chunk: Chunk, index: int) -> bytes:
        assert self._cipher is not None
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, chunk.encode(), _place(self._call_id, index))
        return _LENGTH.pack(len(sealed)) + sealed

    def _count(self, chunk: Chunk) -> None:
        """The file's own account of itself, the same whether chunks are written or found."""
        if chunk.kind is Kind.PAUSED:
            self.pauses.append((self.samples, self.samples + chunk.samples))
        self.has_gaps |= chunk.kind is Kind.DROPPED
        self.samples += chunk.samples
        self._index += 1


def read_chunks(path: Path, wrapping: KeyWrap, call_id: str) -> Iterator[Chunk]:
    """Every complete chunk. Raises `RecordingDamaged`, and `KeyUnusable` under another master key."""
    anew = pending(path)
    with path.open("rb") as file:
        yield from _opened(file, AESGCM(_key(file, wrapping, call_id)), call_id, anew)


def _opened(
    file: BinaryIO, cipher: AESGCM, call_id: str, anew: Mapping[int, bytes] | None = None
) -> Iterator[Chunk]:
    """`anew`: frames by their offset that are to stand in the file, and may not yet."""
    for index, (offset, sealed) in enumerate(_frames(file)):
        if anew and offset in anew:
            yield _open(cipher, anew[offset][_LENGTH.size :], call_id, index)
        else:
            yield _open(cipher, sealed, call_id, index)


def _open(cipher: AESGCM, sealed: bytes, call_id: str, index: int) -> Chunk:
    nonce, content = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        return Chunk.decode(cipher.decrypt(nonce, content, _place(call_id, index)))
    except (InvalidTag, ValueError):
        raise RecordingDamaged(f"chunk {index} of the recording of call {call_id} was changed") from None


def _key(file: BinaryIO, wrapping: KeyWrap, call_id: str) -> bytes:
    if file.read(len(_MAGIC)) != _MAGIC:
        raise RecordingDamaged(f"the file for call {call_id} does not begin as a recording")
    return wrapping.unwrap(file.read(_WRAPPED_BYTES), call_id.encode())


def _frames(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """(offset, content) of complete frames; afterwards the file stands behind the last of them."""
    while True:
        begin = file.tell()
        length = file.read(_LENGTH.size)
        sealed = file.read(_LENGTH.unpack(length)[0]) if len(length) == _LENGTH.size else b""
        if not sealed or len(sealed) < _LENGTH.unpack(length)[0]:
            file.seek(begin)
            return
        yield begin, sealed


def _place(call_id: str, index: int) -> bytes:
    return f"{call_id}\0{index}".encode()
