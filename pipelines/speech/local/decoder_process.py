"""One PocketSphinx decoder in a process of its own: sound comes in on standard input, words go out.

Decoding holds the interpreter for tens of milliseconds, which no telephone call beside it would forgive.
"""

import argparse
import json
import os
import signal
import sys
from typing import Any, BinaryIO

import numpy as np
import pocketsphinx
import soxr

from pipelines.speech.local.wire import Kind, Message, read

_LINE_RATE, _MODEL_RATE = 8000, 16000
"""Hertz of the telephone and of the acoustic model, which knows no narrower band."""

_CHANNEL = "44.6,33.2,-39.3,34.1,-18.8,-10.8,17.1,-31.0,14.4,-7.6,-7.6,11.6,-15.6"
"""Mean cepstrum of telephone speech. Without it the decoder mishears each caller's first sentence."""

_PARTIAL_EVERY = _LINE_RATE // 10 * 2
"""Bytes of new sound after which it is worth asking for the words so far."""


class DecoderProcess:
    """The decoder between its two pipes."""

    def __init__(self, decoder: Any, out: BinaryIO) -> None:
        self._decoder = decoder
        self._out = out
        self._utterance: int | None = None
        self._upsampler = _upsampler()
        self._unread = 0
        self._partial = ""

    def warm_up(self) -> None:
        """Touch the model's pages, so that the first caller does not wait for them."""
        self._start(0)
        self._decode(bytes(_LINE_RATE), last=True)
        self._decoder.end_utt()
        self._utterance = None
        self._send(Kind.READY, 0)

    def take(self, message: Message) -> None:
        match message.kind:
            case Kind.BEGIN:
                self._abandon()
                self._decoder.set_cmn(_CHANNEL)
            case Kind.UTTER:
                self._abandon()
                self._start(message.number)
            case Kind.SOUND if message.number == self._utterance:
                self._decode(message.payload)
                self._report_partial(len(message.payload))
            case Kind.FINISH if message.number == self._utterance:
                self._decode(b"", last=True)
                self._decoder.end_utt()
                self._utterance = None
                self._send(Kind.FINAL, message.number, json.dumps({"words": self._words()}).encode())
            case Kind.CANCEL if message.number == self._utterance:
                self._abandon()
            case _:
                pass

    def _start(self, utterance: int) -> None:
        self._utterance = utterance
        # A filter keeps the sound between two pieces smooth; a new utterance needs a new one.
        self._upsampler = _upsampler()
        self._unread = 0
        self._partial = ""
        self._decoder.start_utt()

    def _abandon(self) -> None:
        if self._utterance is not None:
            self._decoder.end_utt()
            self._utterance = None

    def _decode(self, pcm: bytes, *, last: bool = False) -> None:
        wide = self._upsampler.resample_chunk(np.frombuffer(pcm, dtype="<i2"), last=last)
        if len(wide):
            self._decoder.process_raw(wide.tobytes(), False, False)

    def _report_partial(self, size: int) -> None:
        self._unread += size
        if self._unread < _PARTIAL_EVERY:
            return
        self._unread = 0
        hypothesis = self._decoder.hyp()
        text = hypothesis.hypstr if hypothesis else ""
        if text != self._partial:
            self._partial = text
            self._send(Kind.PARTIAL, self._utterance or 0, text.encode())

    def _words(self) -> list[tuple[str, float]]:
        """Each word with how sure the decoder is of it, from 0 to 1."""
        exp = self._decoder.get_logmath().exp
        segments = self._decoder.seg() or ()
        return [
            # `read(2)` is the second pronunciation of `read`.
            (segment.word.partition("(")[0], round(min(1.0, exp(segment.prob)), 3))
            for segment in segments
            if segment.word[0] not in "<["
        ]

    def _send(self, kind: Kind, number: int, payload: bytes = b"") -> None:
        self._out.write(Message(kind=kind, number=number, payload=payload).encode())
        self._out.flush()


def _upsampler() -> Any:
    return soxr.ResampleStream(_LINE_RATE, _MODEL_RATE, 1, dtype="int16", quality="HQ")


def _decoder(acoustic_model: str, language_model: str, dictionary: str) -> Any:
    config = pocketsphinx.Config(
        hmm=acoustic_model,
        lm=language_model,
        dict=dictionary,
        cmn="live",
        cmninit=_CHANNEL,
        lw=8.0,
        # The second pass costs 30 ms after the caller's last word and corrects nothing with a domain model.
        fwdflat=False,
        loglevel="FATAL",
    )
    return pocketsphinx.Decoder(config)


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("acoustic-model", "language-model", "dictionary"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    # The parent ends us by closing our input; an interrupt at the terminal is for the parent alone.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(5)  # the calls' sound goes before the calls' words
    worker = DecoderProcess(
        _decoder(options.acoustic_model, options.language_model, options.dictionary), sys.stdout.buffer
    )
    worker.warm_up()
    while message := read(sys.stdin.buffer):
        worker.take(message)


if __name__ == "__main__":
    main()
