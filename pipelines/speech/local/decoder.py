"""Our end of one decoder process: start it, give it a caller's utterances, take its words."""

import asyncio
import sys
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import orjson

from pipelines.speech.local.recogniser_files import RecogniserFiles
from pipelines.speech.local.wire import BrokenPipe, Kind, Message, receive

_ROOT = Path(__file__).parents[3]
"""Where `-m` finds the process's module, wherever we were started."""
_START_S = 30.0
"""A cold disk may take seconds to give the model."""
_MOST_UNREAD = 256 * 1024
"""Bytes, 16 seconds of sound: a decoder that is so far behind is of no use to a caller who waits."""


class DecoderGone(Exception):
    """The decoder process ended, broke its stream or fell hopelessly behind; its caller needs another one."""


@dataclass(frozen=True, kw_only=True)
class Word:
    """One recognised word."""

    text: str
    confidence: float
    """From 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class Partial:
    """What an utterance seems to say so far."""

    utterance: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Final:
    """What a finished utterance says; no words at all when it was noise."""

    utterance: int
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


Heard = Partial | Final


class Decoder:
    """One process, for one caller at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        assert process.stdin is not None and process.stdout is not None
        self._input, self._output = process.stdin, process.stdout
        self._utterance = 0
        self._heard: deque[Heard] = deque(maxlen=64)
        """Bounded: only the newest partial matters, and a final comes once an utterance."""
        self._news = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None
        self._reason = "the decoder process ended"
        self.gone = asyncio.Event()

    @classmethod
    async def start(cls, files: RecogniserFiles) -> "Decoder":
        """Returns when the decoder is warm; raises `DecoderGone` if it does not come up."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "pipelines.speech.local.decoder_process"),
            *("--acoustic-model", str(files.acoustic_model)),
            *("--language-model", str(files.language_model)),
            *("--dictionary", str(files.dictionary)),
            cwd=_ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        decoder = cls(process)
        try:
            async with asyncio.timeout(_START_S):
                await receive(decoder._output)
        except (TimeoutError, asyncio.IncompleteReadError, BrokenPipe) as error:
            await decoder.close()
            raise DecoderGone("a decoder did not start; its own words are on standard error") from error
        except BaseException:
            await decoder.close()
            raise
        decoder._reader = asyncio.create_task(decoder._read())
        return decoder

    @property
    def pid(self) -> int:
        return self._process.pid

    def begin_caller(self) -> None:
        """Forget what the last caller sounded like and said."""
        self._heard.clear()
        self._utterance += 1
        self._send(Kind.BEGIN)

    def begin_utterance(self) -> int:
        """The number that partial and final words of this utterance will carry."""
        self._utterance += 1
        self._send(Kind.UTTER)
        return self._utterance

    def sound(self, pcm: bytes) -> None:
        """16-bit mono PCM at 8 kHz of the current utterance; any length."""
        self._send(Kind.SOUND, pcm)

    def finish_utterance(self) -> None:
        """Its `Final` follows, usually within 20 ms."""
        self._send(Kind.FINISH)

    async def heard(self) -> Heard:
        """The next words of the current caller; raises `DecoderGone`. May be cancelled without loss."""
        while not self._heard:
            if self.gone.is_set():
                raise DecoderGone(self._reason)
            self._news.clear()
            await self._news.wait()
        return self._heard.popleft()

    async def close(self) -> None:
        """End the process: it leaves by itself when its input ends, and is killed if it does not."""
        self._input.close()
        try:
            async with asyncio.timeout(1.0):
                await self._process.wait()
        except TimeoutError:
            self._kill()
            await self._process.wait()
        if self._reader is not None:
            await self._reader

    def _send(self, kind: Kind, payload: bytes = b"") -> None:
        # What a decoder that is gone is given is lost; `heard` tells, in one place.
        if self.gone.is_set() or self._input.is_closing():
            return
        if self._input.transport.get_write_buffer_size() > _MOST_UNREAD:
            self._reason = "the decoder process fell 16 s behind: use fewer calls or more cores"
            self._kill()
            return
        self._input.write(Message(kind=kind, number=self._utterance, payload=payload).encode())

    async def _read(self) -> None:
        try:
            while True:
                heard = _parse(await receive(self._output))
                if heard is not None:
                    self._heard.append(heard)
                    self._news.set()
        except asyncio.IncompleteReadError:
            await self._process.wait()
        except BrokenPipe:
            self._kill()
        finally:
            self.gone.set()
            self._news.set()

    def _kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()


def _parse(message: Message) -> Heard | None:
    if message.kind is Kind.PARTIAL:
        return Partial(utterance=message.number, text=message.payload.decode())
    if message.kind is Kind.FINAL:
        pairs = cast(list[tuple[str, float]], orjson.loads(message.payload)["words"])
        words = tuple(Word(text=text, confidence=confidence) for text, confidence in pairs)
        return Final(utterance=message.number, words=words)
    return None
