"""Telephone sound as the carrier handles it: 20 ms frames of G.711 mu-law at 8 kHz."""

import audioop
import io
import math
import random
import wave
from typing import Final

import numpy as np

RATE: Final = 8000
"""Hertz, and bytes a second: mu-law is one byte a sample."""
FRAME_MS: Final = 20
FRAME_S: Final = FRAME_MS / 1000
FRAME_BYTES: Final = RATE * FRAME_MS // 1000
SILENCE: Final = b"\xff" * FRAME_BYTES

AUDIBLE_LEVEL: Final = 500
"""Linear 16-bit amplitude above which an ear on a telephone notices a sample (about -36 dBFS)."""
_IS_AUDIBLE: Final = bytes(
    abs(int.from_bytes(audioop.ulaw2lin(bytes([code]), 2), "little", signed=True)) > AUDIBLE_LEVEL
    for code in range(256)
)
_noise = random.Random(8000)
_HUSH: Final = [bytes(_noise.choice(b"\xff\x7f\xff\xfe\x7e") for _ in range(FRAME_BYTES)) for _ in range(8)]

_DTMF_ROWS: Final = (697, 770, 852, 941)
_DTMF_COLUMNS: Final = (1209, 1336, 1477, 1633)
_DTMF_KEYS: Final = "123A456B789C*0#D"


def hush(tick: int) -> bytes:
    """A frame of an open line on which nobody speaks: never digital silence."""
    return _HUSH[tick % len(_HUSH)]


def audible(mulaw: bytes | bytearray) -> bytes:
    """One byte a sample: 1 where an ear notices it."""
    return bytes(mulaw).translate(_IS_AUDIBLE)


def is_audible(mulaw: bytes) -> bool:
    return 1 in audible(mulaw)


def level_dbfs(mulaw: bytes) -> float:
    """Loudness of a piece of sound; -96 where there is none."""
    rms = audioop.rms(audioop.ulaw2lin(mulaw, 2), 2) if mulaw else 0
    return 20 * math.log10(max(rms, 0.5) / 32768)


def tone(*hertz: float, seconds: float, amplitude: int = 6000) -> bytes:
    """Pure tones sounding together, faded over 5 ms so that they do not click."""
    t = np.arange(int(seconds * RATE)) / RATE
    mixed = sum((np.sin(2 * np.pi * f * t) for f in hertz), np.zeros_like(t)) * (
        amplitude / max(len(hertz), 1)
    )
    fade = np.minimum(1.0, np.minimum(t, seconds - t) / 0.005)
    return audioop.lin2ulaw((mixed * fade).astype("<i2").tobytes(), 2)


def dtmf(digit: str) -> bytes:
    """The two tones of a key for 100 ms, then 60 ms of nothing."""
    row, column = divmod(_DTMF_KEYS.index(digit), 4)
    return tone(_DTMF_ROWS[row], _DTMF_COLUMNS[column], seconds=0.1) + SILENCE * 3


def ringback() -> bytes:
    """One turn of the North American ringing tone: two seconds on, four off."""
    return tone(440, 480, seconds=2.0, amplitude=3000) + SILENCE * 200


async def hummed(text: str) -> bytes:
    """The carrier's own `<Say>` voice where none is plugged in: a hum as long as the sentence would take."""
    return tone(220, 330, seconds=max(0.3, 0.065 * len(text)), amplitude=3000)


def from_wav(content: bytes) -> bytes:
    """Mu-law of a PCM WAV file of any rate; raises `wave.Error` on anything else."""
    with wave.open(io.BytesIO(content)) as file:
        width, rate, pcm = file.getsampwidth(), file.getframerate(), file.readframes(file.getnframes())
        if file.getnchannels() == 2:
            pcm = audioop.tomono(pcm, width, 0.5, 0.5)
    if width == 1:
        pcm = audioop.bias(pcm, 1, -128)
    narrow, _ = audioop.ratecv(pcm, width, 1, rate, RATE, None)
    return audioop.lin2ulaw(narrow, width)


def to_wav(*channels: bytes | bytearray) -> bytes:
    """A 16-bit WAV file of one or two mu-law channels of equal length."""
    linear = [audioop.ulaw2lin(bytes(channel), 2) for channel in channels]
    pcm = linear[0]
    if len(linear) == 2:
        pcm = audioop.add(audioop.tostereo(linear[0], 2, 1, 0), audioop.tostereo(linear[1], 2, 0, 1), 2)
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(len(linear))
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(pcm)
    return out.getvalue()
