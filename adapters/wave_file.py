"""Two sides of a call as a WAV file: 8 kHz, caller left and agent right, mu-law or linear."""

import struct
from collections.abc import Iterable, Iterator

RATE = 8000
MU_LAW = 7
LINEAR = 1


def wave(sides: Iterable[tuple[bytes, bytes]], samples: int, *, mu_law: bool = False) -> Iterator[bytes]:
    """`sides` are mu-law (caller, agent) of equal length, `samples` together; streamed piece by piece."""
    yield _header(samples, mu_law=mu_law)
    for caller, agent in sides:
        yield _interleaved(caller, agent) if mu_law else _linear(caller, agent)


def _header(samples: int, *, mu_law: bool) -> bytes:
    width = 1 if mu_law else 2
    size = samples * 2 * width
    coding = MU_LAW if mu_law else LINEAR
    layout = struct.pack("<HHIIHH", coding, 2, RATE, RATE * 2 * width, 2 * width, 8 * width)
    if mu_law:  # a coding other than linear carries an extension and the count of samples
        chunks = _chunk(b"fmt ", layout + b"\0\0") + _chunk(b"fact", struct.pack("<I", samples))
    else:
        chunks = _chunk(b"fmt ", layout)
    return (
        b"RIFF"
        + struct.pack("<I", 4 + len(chunks) + 8 + size)
        + b"WAVE"
        + chunks
        + b"data"
        + struct.pack("<I", size)
    )


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content


def _interleaved(caller: bytes, agent: bytes) -> bytes:
    both = bytearray(2 * len(caller))
    both[0::2], both[1::2] = caller, agent
    return bytes(both)


def _linear(caller: bytes, agent: bytes) -> bytes:
    both = bytearray(4 * len(caller))
    both[0::4], both[1::4] = caller.translate(_LOW), caller.translate(_HIGH)
    both[2::4], both[3::4] = agent.translate(_LOW), agent.translate(_HIGH)
    return bytes(both)


def _linear_value(code: int) -> int:
    """ITU-T G.711, mu-law to 16 bits."""
    code = ~code & 0xFF
    magnitude = ((((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84
    return -magnitude if code & 0x80 else magnitude


_LOW = bytes(_linear_value(code) & 0xFF for code in range(256))
_HIGH = bytes(_linear_value(code) >> 8 & 0xFF for code in range(256))
