"""Our end of the voice process: many calls ask it to speak, each gets its own sound and word times."""

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import orjson

from pipelines.speech.local.recogniser_files import NotInstalled
from pipelines.speech.local.wire import BrokenPipe, Kind, Message, receive

RATE = 8000
"""Hertz of all sound from here: 16-bit mono PCM."""

LONGEST = 2000
"""Characters in one request, about two minutes of speech; sentences are far shorter."""

_ROOT = Path(__file__).parents[3]
"""Where `-m` finds the process's module, wherever we were started."""
_ANSWER_S = 5.0
"""A busy process answers within tens of milliseconds; after this it is stuck."""
_WORDS_PER_MINUTE = 160
_PITCH = 46
_RANGE = 52
"""Of 100: calm, but not flat over a narrow line."""

_VOICES = {"en": "en-us", "de": "de", "fr": "fr-fr", "es": "es", "it": "it", "nl": "nl"}
_TIMBRE = "klatt4"
"""espeak-ng's formant synthesis whose speech is best understood in the telephone's band."""


class VoiceLost(Exception):
    """The voice process ended or is stuck; the next request starts another."""


class NotSpoken(Exception):
    """The voice process refused a request: a voice that it lacks."""


@dataclass(frozen=True, kw_only=True)
class Sound:
    """A piece of speech, in order."""

    pcm: bytes


@dataclass(frozen=True, kw_only=True)
class SpokenWord:
    """Where a word begins, in the text and in the sound."""

    start: int
    """Characters from the text's beginning."""
    at_s: float
    """Seconds from the first piece of sound."""


Spoken = Sound | SpokenWord


def voice_for(language: str) -> str:
    """espeak-ng's name of our voice for a BCP 47 language."""
    primary = language.partition("-")[0].lower()
    return f"{_VOICES.get(primary, primary)}+{_TIMBRE}"


class LocalVoice:
    """The process that speaks for every call; start it before the first one."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._requests: dict[int, asyncio.Queue[Message | None]] = {}
        """Unbounded queues, each bounded by `LONGEST`: a call that reads slowly holds up no other."""
        self._number = 0

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Returns when the process can speak; raises `NotInstalled` or `VoiceLost`."""
        async with self._starting:
            if self._process is not None and self._process.returncode is None:
                return
            if find_spec("espeakng_loader") is None:
                raise NotInstalled("espeakng-loader")
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "pipelines.speech.local.voice_process"),
                cwd=_ROOT,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
            assert process.stdout is not None
            self._process = process
            try:
                async with asyncio.timeout(_ANSWER_S * 2):
                    await receive(process.stdout)
            except (TimeoutError, asyncio.IncompleteReadError, BrokenPipe) as error:
                await self.close()
                raise VoiceLost("the voice process did not start; see standard error") from error
            self._reader = asyncio.create_task(self._read(process))

    async def close(self) -> None:
        """End the process; whoever still listens gets `VoiceLost`."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(1.0):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
        if self._reader is not None:
            await self._reader

    async def speak(self, text: str, *, voice: str | None = None, language: str) -> AsyncIterator[Spoken]:
        """Sound and words as they come; leaving the loop early cancels the rest.

        `voice` is espeak-ng's name, such as `en-us+klatt4`; ours for the `language` without one.
        """
        if not text.strip():
            return
        if len(text) > LONGEST:
            raise ValueError(f"a text of {len(text)} characters; split it into sentences below {LONGEST}")
        await self.start()
        number, answers = self._ask(text, voice or voice_for(language))
        finished = False
        try:
            while not finished:
                message = await self._answer(answers)
                finished = message.kind in (Kind.FINISH, Kind.FAILED)
                if message.kind is Kind.FAILED:
                    raise NotSpoken(message.payload.decode())
                if not finished:
                    yield _parse(message)
        finally:
            del self._requests[number]
            if not finished:
                self._write(Message(kind=Kind.CANCEL, number=number))

    async def synthesise(self, text: str, *, voice: str | None = None, language: str) -> bytes:
        """The whole speech, for sentences that are rendered once."""
        spoken = self.speak(text, voice=voice, language=language)
        return b"".join([piece.pcm async for piece in spoken if isinstance(piece, Sound)])

    def _ask(self, text: str, voice: str) -> tuple[int, asyncio.Queue[Message | None]]:
        self._number += 1
        request = {
            "text": text,
            "voice": voice,
            "words_per_minute": _WORDS_PER_MINUTE,
            "pitch": _PITCH,
            "range": _RANGE,
        }
        answers: asyncio.Queue[Message | None] = asyncio.Queue()
        self._requests[self._number] = answers
        self._write(Message(kind=Kind.UTTER, number=self._number, payload=orjson.dumps(request)))
        return self._number, answers

    async def _answer(self, answers: asyncio.Queue[Message | None]) -> Message:
        try:
            async with asyncio.timeout(_ANSWER_S):
                message = await answers.get()
        except TimeoutError:
            self._kill()
            raise VoiceLost(f"the voice process said nothing for {_ANSWER_S:.0f} s") from None
        if message is None:
            raise VoiceLost("the voice process ended")
        return message

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        try:
            while True:
                message = await receive(process.stdout)
                if (answers := self._requests.get(message.number)) is not None:
                    answers.put_nowait(message)
        except asyncio.IncompleteReadError:
            await process.wait()
        except BrokenPipe:
            self._kill()
        finally:
            for answers in self._requests.values():
                answers.put_nowait(None)

    def _write(self, message: Message) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.write(message.encode())

    def _kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()


def _parse(message: Message) -> Spoken:
    if message.kind is Kind.WORD:
        word = orjson.loads(message.payload)
        return SpokenWord(start=word["start"], at_s=word["at_ms"] / 1000)
    return Sound(pcm=message.payload)
