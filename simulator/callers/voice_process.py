"""Says one text with espeak-ng: UTF-8 on standard input, mu-law at 8 kHz on standard output.

A process of its own, because espeak-ng is GPL-3 and keeps its state in globals.
"""

import ctypes
import os
import sys

import espeakng_loader

from simulator.callers.telephone import to_telephone

VOICE = "en-us+klatt4"
"""Formant synthesis: of espeak-ng's voices the one that recognisers understand best over a telephone."""

_SYNCHRONOUS, _DO_NOT_EXIT, _BY_CHARACTER, _UTF8 = 2, 0x8000, 1, 1
_RATE_PARAMETER, _WORDS_PER_MINUTE = 1, 150

_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def say(text: str) -> bytes:
    """Mu-law of `text`."""
    library = ctypes.CDLL(str(espeakng_loader.get_library_path()))
    rate = library.espeak_Initialize(
        _SYNCHRONOUS, 0, os.fsencode(espeakng_loader.get_data_path()), _DO_NOT_EXIT
    )
    pieces: list[bytes] = []

    def take(samples: int, count: int, _events: int) -> int:
        if count:
            pieces.append(ctypes.string_at(samples, count * 2))
        return 0

    callback = _Callback(take)
    library.espeak_SetSynthCallback(callback)
    library.espeak_SetVoiceByName(VOICE.encode())
    library.espeak_SetParameter(_RATE_PARAMETER, _WORDS_PER_MINUTE, 0)
    data = text.encode() + b"\0"
    library.espeak_Synth(data, len(data), 0, _BY_CHARACTER, 0, _UTF8, None, None)
    return to_telephone(b"".join(pieces), rate)


if __name__ == "__main__":
    sys.stdout.buffer.write(say(sys.stdin.buffer.read().decode()))
