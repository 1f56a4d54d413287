"""Stretches of a file that are written anew in place: after a crash all of them are new, or none.

What is to be written goes to a file beside it first. Once that stands under its name the rewriting
counts as done: whoever reads takes it from there, and whoever opens the file to write finishes it.
"""

import os
import struct
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

_RECORD = struct.Struct(">QI")
"""Offset and length of the bytes that follow."""


def rewrite(path: Path, file: BinaryIO, anew: Mapping[int, bytes]) -> None:
    """Write these bytes at these offsets of an unbuffered file; its position stays.

    A disk too full for the file beside is no reason to keep what must go: then they are written at once.
    """
    if not anew:
        return
    with suppress(OSError):
        _promise(path, anew)
    _fulfil(path, file, anew)


def pending(path: Path) -> dict[int, bytes]:
    """What a rewriting that was cut off, or is under way, wants to stand at which offset."""
    try:
        content = _beside(path).read_bytes()
    except FileNotFoundError:
        return {}
    anew: dict[int, bytes] = {}
    at = 0
    while at < len(content):
        offset, length = _RECORD.unpack_from(content, at)
        at += _RECORD.size + length
        anew[offset] = content[at - length : at]
    return anew


def discard(path: Path) -> None:
    """Forget what was to be written: it belongs to an earlier file of this name."""
    _beside(path).unlink(missing_ok=True)


def recover(path: Path, file: BinaryIO) -> None:
    """Finish what a crash cut off."""
    if anew := pending(path):
        _fulfil(path, file, anew)


def _promise(path: Path, anew: Mapping[int, bytes]) -> None:
    unfinished = path.with_suffix(".rewriting-part")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for offset, content in anew.items():
            file.write(_RECORD.pack(offset, len(content)) + content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(_beside(path))
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the name must be there before the file itself is touched
    finally:
        os.close(folder)


def _fulfil(path: Path, file: BinaryIO, anew: Mapping[int, bytes]) -> None:
    for offset, content in anew.items():
        os.pwrite(file.fileno(), content, offset)
    os.fsync(file.fileno())
    discard(path)


def _beside(path: Path) -> Path:
    return path.with_suffix(".rewriting")
