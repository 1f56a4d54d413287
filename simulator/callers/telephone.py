"""What a telephone line does to a voice: 200 to 3400 Hz, 8 kHz, one byte of G.711 mu-law a sample."""

import audioop

import numpy as np
import numpy.typing as npt
import soxr

RATE = 8000
"""Hertz."""

_BAND = (200.0, 3400.0)
_EDGE = 60.0
"""Hertz over which the band's edges fade."""
_LOUDNESS = 2600.0
"""Root mean square of speech in 16-bit units: about -22 dBFS, a usual talker on a line."""

Samples = npt.NDArray[np.float64]


def to_telephone(pcm: bytes, rate: int) -> bytes:
    """16-bit mono PCM at `rate` hertz as the mu-law bytes that a carrier would send."""
    wide = np.frombuffer(pcm, dtype="<i2").astype(np.float64)
    sound = _level(_band_pass(_trim(np.asarray(soxr.resample(wide, rate, RATE), dtype=np.float64))))
    return audioop.lin2ulaw(np.clip(sound, -32767, 32767).astype("<i2").tobytes(), 2)


def duration_s(mulaw: bytes) -> float:
    return len(mulaw) / RATE


def _trim(sound: Samples) -> Samples:
    """Cut the silence that synthesisers put around speech down to 40 ms."""
    loud = np.flatnonzero(np.abs(sound) > 150)
    if not len(loud):
        return sound[:0]
    margin = RATE // 25
    return sound[max(0, loud[0] - margin) : loud[-1] + margin]


def _band_pass(sound: Samples) -> Samples:
    low, high = _BAND
    spectrum = np.fft.rfft(sound)
    hertz = np.fft.rfftfreq(len(sound), 1 / RATE)
    passed = np.clip((hertz - low + _EDGE) / _EDGE, 0, 1) * np.clip((high + _EDGE - hertz) / _EDGE, 0, 1)
    return np.asarray(np.fft.irfft(spectrum * passed, len(sound)), dtype=np.float64)


def _level(sound: Samples) -> Samples:
    if not len(sound):
        return sound
    speech = sound[np.abs(sound) > 150]
    loudness = float(np.sqrt(np.mean(np.square(speech)))) if len(speech) else 1.0
    return sound * (_LOUDNESS / loudness)
