"""The local voice as a pipecat service that times every word, so that what was heard is exact to a word."""

import re
from collections.abc import AsyncGenerator
from typing import Any

from pipecat.frames.frames import ErrorFrame, Frame, TTSAudioRawFrame
from pipecat.services.settings import TTSSettings
from pipecat.services.tts_service import TTSService

from pipelines.speech.local.recogniser_files import NotInstalled
from pipelines.speech.local.voice import RATE, LocalVoice, NotSpoken, Sound, SpokenWord, VoiceLost, voice_for

_TOKEN = re.compile(r"\S+")
_SENTENCE_PAUSE_S = 0.22
"""Silence between two sentences of one answer; the voice itself gives none, so that answers end at once."""


class WordTimes:
    """Gives each word of a text, as written, the time at which the voice begins it.

    A voice reads `4712,` as four words and a dash as none: a token takes the first time inside it, and one
    without a time is spoken together with the next.
    """

    def __init__(self, text: str) -> None:
        self._tokens = [(match.end(), match.group()) for match in _TOKEN.finditer(text)]
        self._next = 0

    def at(self, start: int, seconds: float) -> list[tuple[str, float]]:
        """The tokens that begin now: all that end after `start` characters were not reached before."""
        begun: list[tuple[str, float]] = []
        while self._next < len(self._tokens):
            end, token = self._tokens[self._next]
            begun.append((token, seconds))
            self._next += 1
            if end > start:
                return begun
        return begun

    def reached(self, start: int) -> bool:
        """Whether the token at `start` was given already."""
        return self._next > 0 and self._tokens[self._next - 1][0] > start

    def rest(self, seconds: float) -> list[tuple[str, float]]:
        """Tokens that the voice never announced."""
        left = [(token, seconds) for _, token in self._tokens[self._next :]]
        self._next = len(self._tokens)
        return left


class LocalTTSService(TTSService):
    """Speaks for one call through the voice process that all calls share."""

    def __init__(self, *, voice: LocalVoice, language: str, name: str | None = None, **kwargs: Any) -> None:
        """`language` is BCP 47; `name` an espeak-ng voice, ours for the language without one."""
        super().__init__(
            sample_rate=RATE,
            push_text_frames=False,
            push_start_frame=True,
            push_stop_frames=True,
            settings=TTSSettings(model="espeak-ng", voice=name or voice_for(language), language=language),
            **kwargs,
        )
        self._voice = voice
        self._language = language
        self._spoken: tuple[str, float] = ("", 0.0)
        """The audio context that speaks now, and how many seconds of sound it was given."""

    def can_generate_metrics(self) -> bool:
        return True

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        """One sentence; an interruption cancels this generator, and with it the voice's work on it."""
        spoken_s = self._spoken[1] if self._spoken[0] == context_id else 0.0
        if spoken_s:
            yield self._frame(bytes(int(_SENTENCE_PAUSE_S * RATE) * 2), context_id)
            spoken_s += _SENTENCE_PAUSE_S
        times, began_s = WordTimes(text), spoken_s
        await self.start_tts_usage_metrics(text)
        voice = self._settings.voice
        try:
            async for piece in self._voice.speak(
                text, voice=voice if isinstance(voice, str) else None, language=self._language
            ):
                match piece:
                    case SpokenWord(start=start, at_s=at_s) if not times.reached(start):
                        await self.add_word_timestamps(times.at(start, began_s + at_s), context_id)
                    case Sound(pcm=pcm):
                        spoken_s += len(pcm) / (RATE * 2)
                        yield self._frame(pcm, context_id)
                    case _:
                        pass
            await self.add_word_timestamps(times.rest(spoken_s), context_id)
        except (VoiceLost, NotSpoken, NotInstalled) as error:
            yield ErrorFrame(str(error), exception=error)
        finally:
            self._spoken = (context_id, spoken_s)

    def _frame(self, pcm: bytes, context_id: str) -> TTSAudioRawFrame:
        return TTSAudioRawFrame(pcm, RATE, 1, context_id=context_id)
