"""The speech engines of a process: what is shared starts once, what belongs to a call is opened for it."""

import audioop
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from pipecat.services.tts_service import TTSService

from domain.clock import Clock
from domain.company import Line, Voice
from pipelines.fixed_speech import Rendered
from pipelines.speech import rendering, silero
from pipelines.speech.engines import (
    EngineEars,
    SpeechSettings,
    SpeechToText,
    TextToSpeech,
    flux,
    make_ready,
    nova,
    voice,
)
from pipelines.speech.local.decoder_pool import DecoderPool
from pipelines.speech.local.end_of_speech import SpeechBounds
from pipelines.speech.local.stt import LANGUAGES, LocalSTTService
from pipelines.speech.local.tts import LocalTTSService
from pipelines.speech.local.voice import LocalVoice


class SpeechEngines:
    """Opens recognisers and voices as the settings say; the second of each, if any, takes over."""

    def __init__(
        self,
        choices: Sequence[SpeechSettings],
        *,
        clock: Clock,
        cache: Path,
        corpus: Sequence[str],
        vocabulary: Sequence[str],
        local_recognisers: int,
    ) -> None:
        """`corpus` and `vocabulary`: how callers speak, for the engine on this machine."""
        self._choices = tuple(choices)
        local_ears = any(choice.speech_to_text == "local" for choice in choices)
        local_voice = any(choice.text_to_speech == "local" for choice in choices)
        self._voice_process = LocalVoice() if local_voice else None
        self._decoders = (
            DecoderPool(
                size=local_recognisers, corpus=corpus, vocabulary=vocabulary, cache=cache, clock=clock
            )
            if local_ears
            else None
        )

    async def start(self) -> None:
        """Everything that only a first call would else wait for, the others with it."""
        for choice in self._choices:
            make_ready(choice)
        if self._voice_process:
            await self._voice_process.start()
        if self._decoders:
            await self._decoders.start()
        if any(choice.speech_to_text == "deepgram-nova" for choice in self._choices):
            silero.session()

    async def close(self) -> None:
        if self._decoders:
            await self._decoders.close()
        if self._voice_process:
            await self._voice_process.close()

    def understands(self, line: Line) -> bool:
        """Whether the recogniser knows the line's language."""
        local = self._choices[0].speech_to_text == "local"
        return not local or line.language.split("-")[0].lower() in LANGUAGES

    @property
    def ears(self) -> tuple[Callable[[Line], Awaitable[EngineEars]], ...]:
        recognisers = dict.fromkeys(choice.speech_to_text for choice in self._choices)
        return tuple(partial(self._open_ears, name) for name in recognisers)

    def voices(self, line: Line) -> list[TTSService]:
        names = dict.fromkeys(choice.text_to_speech for choice in self._choices)
        return [self._voice(name, line.voice, line.language) for name in names]

    async def render(self, text: str, speaker: Voice, language: str) -> Rendered:
        """One sentence, for keeping; where the first voice fails, in the second one."""
        first, *second = dict.fromkeys(choice.text_to_speech for choice in self._choices)
        try:
            return Rendered(mulaw=await self._render(first, text, speaker, language))
        except Exception:  # whatever an engine raises, the other may speak
            if not second:
                raise
            sound = await self._render(second[0], text, speaker, language)
            return Rendered(mulaw=sound, by_substitute=True)

    async def _render(self, engine: TextToSpeech, text: str, speaker: Voice, language: str) -> bytes:
        if engine == "local":
            assert self._voice_process is not None
            name = speaker.names.get("local")
            pcm = await self._voice_process.synthesise(text, voice=name, language=language)
            return audioop.lin2ulaw(pcm, 2)
        return await rendering.render(self._voice(engine, speaker, language), text)

    async def _open_ears(self, recogniser: SpeechToText, line: Line) -> EngineEars:
        match recogniser:
            case "deepgram-flux":
                return flux(self._choices[0], line)
            case "deepgram-nova":
                return nova(self._choices[0], line)
            case "local":
                assert self._decoders is not None
                bounds = silence_bounds(self._choices[0].end_of_turn_ms)
                service = LocalSTTService(pool=self._decoders, bounds=bounds)
                return EngineEars(service=service, weighs_pauses=True)

    def _voice(self, engine: TextToSpeech, speaker: Voice, language: str) -> TTSService:
        if engine == "local":
            assert self._voice_process is not None
            name = speaker.names.get("local")
            return LocalTTSService(voice=self._voice_process, language=language, name=name)
        return voice(replace(self._choices[0], text_to_speech=engine), speaker)


def silence_bounds(longest_silence_ms: int | None) -> SpeechBounds:
    """`longest_silence_ms`: inside a turn, also in one whose words want a continuation."""
    usual = SpeechBounds()
    if longest_silence_ms is None:
        return usual
    return replace(usual, end_ms=min(usual.end_ms, longest_silence_ms), unfinished_ms=longest_silence_ms)
