"""Signed heads outside the database: a line for each call that ended, on disk before it counts."""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import orjson

from domain.journal import Head


class HeadsFile:
    """JSON lines, only ever appended to; several processes may share it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, heads: Iterable[Head]) -> None:
        """Blocks until the lines are on disk. One write with O_APPEND keeps the lines of processes apart."""
        lines = b"".join(_line(head) for head in heads)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, lines)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def read(self) -> Mapping[str, Sequence[Head]]:
        """Heads by call. A line torn by a crash is passed over: its call has its head in the table."""
        heads: dict[str, list[Head]] = {}
        if not self._path.exists():
            return heads
        for line in self._path.read_bytes().splitlines():
            if (head := _head(line)) is not None:
                heads.setdefault(head.call_id, []).append(head)
        return heads


def _line(head: Head) -> bytes:
    values = {
        "call_id": head.call_id,
        "seq": head.seq,
        "chain": head.chain.hex(),
        "signature": head.signature.hex(),
    }
    return orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE)


def _head(line: bytes) -> Head | None:
    try:
        values = orjson.loads(line)
        chain, signature = bytes.fromhex(values["chain"]), bytes.fromhex(values["signature"])
        return Head(call_id=values["call_id"], seq=values["seq"], chain=chain, signature=signature)
    except (ValueError, KeyError, TypeError):
        return None
