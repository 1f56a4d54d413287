"""espeak-ng in a process of its own: text comes in on standard input, 8 kHz sound and word times go out.

espeak-ng is GPL-3: the product speaks to this process over pipes and links none of it. One process serves
all calls, because a sentence takes it a few tens of milliseconds.
"""

import ctypes
import json
import os
import queue
import signal
import sys
import threading
from typing import Any, BinaryIO

import espeakng_loader
import numpy as np
import soxr

from pipelines.speech.local.wire import Kind, Message, read

RATE = 8000
"""Hertz."""

_SYNCHRONOUS, _CHUNK_MS, _DO_NOT_EXIT = 2, 40, 0x8000
_UTF8, _BY_CHARACTER = 1, 1
_RATE_PARAMETER, _PITCH_PARAMETER, _RANGE_PARAMETER = 1, 3, 4
_LIST_END, _WORD = 0, 1
_QUIET = 60
"""Sample values below this are the silence that espeak-ng puts around a sentence."""


class _Event(ctypes.Structure):
    """`espeak_EVENT` of speak_lib.h."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


class VoiceProcess:
    """The synthesiser between its two pipes; one request after another."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._requests: queue.Queue[Message | None] = queue.Queue()
        self._cancelled: set[int] = set()
        self._library = ctypes.CDLL(str(espeakng_loader.get_library_path()))
        data = os.fsencode(espeakng_loader.get_data_path())
        self._rate = self._library.espeak_Initialize(_SYNCHRONOUS, _CHUNK_MS, data, _DO_NOT_EXIT)
        if self._rate <= 0:
            raise SystemExit("espeak-ng did not start: reinstall the package espeakng-loader")
        self._callback = _Callback(self._take)
        self._library.espeak_SetSynthCallback(self._callback)
        self._begin(0)

    def run(self) -> None:
        """Serve until the input ends."""
        threading.Thread(target=self._receive, daemon=True).start()
        self._send(Kind.READY)
        while request := self._requests.get():
            self._begin(request.number)
            if request.number not in self._cancelled:
                self._speak(json.loads(request.payload))

    def _receive(self) -> None:
        while message := read(sys.stdin.buffer):
            if message.kind is Kind.CANCEL:
                # Numbers grow, so what lies before the present request is done with.
                waiting = {number for number in self._cancelled if number >= self._number}
                self._cancelled = waiting | {message.number}
            else:
                self._requests.put(message)
        self._requests.put(None)

    def _begin(self, number: int) -> None:
        self._number = number
        self._resampler = soxr.ResampleStream(self._rate, RATE, 1, dtype="int16", quality="HQ")
        self._lead: int | None = None
        """Samples of silence that were cut from the beginning; None until the first sound."""
        self._lead_seen = 0
        self._held = b""
        """Silence that is sent only when more sound follows."""

    def _speak(self, request: dict[str, Any]) -> None:
        text = request["text"].encode() + b"\0"
        if self._library.espeak_SetVoiceByName(request["voice"].encode()) != 0:
            self._send(Kind.FAILED, f"espeak-ng has no voice {request['voice']!r}".encode())
            return
        for parameter, value in (
            (_RATE_PARAMETER, request["words_per_minute"]),
            (_PITCH_PARAMETER, request["pitch"]),
            (_RANGE_PARAMETER, request["range"]),
        ):
            self._library.espeak_SetParameter(parameter, value, 0)
        self._library.espeak_Synth(text, len(text), 0, _BY_CHARACTER, 0, _UTF8, None, None)
        self._sound(self._resampler.resample_chunk(np.zeros(0, dtype="<i2"), last=True))
        self._send(Kind.FINISH)

    def _take(self, samples: Any, count: int, events: Any) -> int:
        """Called by espeak-ng with each piece of sound; 1 stops it."""
        if self._number in self._cancelled:
            return 1
        at = 0
        while events and events[at].type != _LIST_END:
            if events[at].type == _WORD:
                word = {
                    "start": events[at].text_position - 1,
                    "at_ms": self._at_ms(events[at].audio_position),
                }
                self._send(Kind.WORD, json.dumps(word).encode())
            at += 1
        if samples and count:
            piece = np.ctypeslib.as_array(samples, shape=(count,)).astype("<i2")
            self._sound(self._resampler.resample_chunk(piece))
        return 0

    def _at_ms(self, position: int) -> int:
        cut = self._lead if self._lead is not None else self._lead_seen
        return max(0, position - cut * 1000 // RATE)

    def _sound(self, samples: Any) -> None:
        """Send sound without the silence before and after it."""
        loud = np.flatnonzero(np.abs(samples) > _QUIET)
        if not len(loud):
            if self._lead is None:
                self._lead_seen += len(samples)
            else:
                self._held += samples.tobytes()
            return
        if self._lead is None:
            self._lead = self._lead_seen + int(loud[0])
            samples, loud = samples[loud[0] :], loud - loud[0]
        end = int(loud[-1]) + 1
        self._send(Kind.SOUND, self._held + samples[:end].tobytes())
        self._held = samples[end:].tobytes()

    def _send(self, kind: Kind, payload: bytes = b"") -> None:
        self._out.write(Message(kind=kind, number=self._number, payload=payload).encode())
        self._out.flush()


def main() -> None:
    # The parent ends us by closing our input; an interrupt at the terminal is for the parent alone.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    VoiceProcess(sys.stdout.buffer).run()


if __name__ == "__main__":
    main()
