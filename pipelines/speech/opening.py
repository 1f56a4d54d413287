"""The speech engines of a process: what is shared is started once, what belongs to a call is opened for it."""

import audioop
from collections.abc import Sequence
from pathlib import Path

from pipecat.services.tts_service import TTSService

from domain.clock import Clock
from domain.company import Line, Voice
from pipelines.speech import rendering
from pipelines.speech.engines import EngineEars, SpeechSettings, flux, nova, voice
from pipelines.speech.local.decoder_pool import DecoderPool
from pipelines.speech.local.stt import LANGUAGES, LocalSTTService
from pipelines.speech.local.tts import LocalTTSService
from pipelines.speech.local.voice import LocalVoice


class SpeechEngines:
    """Opens recognisers and voices as the settings say."""

    def __init__(
        self,
        settings: SpeechSettings,
        *,
        clock: Clock,
        cache: Path,
        corpus: Sequence[str],
        vocabulary: Sequence[str],
        local_recognisers: int,
    ) -> None:
        """`corpus` and `vocabulary`: how callers speak, for the engine on this machine."""
        self._settings = settings
        self._voice_process = LocalVoice() if settings.text_to_speech == "local" else None
        self._decoders = (
            DecoderPool(
                size=local_recognisers, corpus=corpus, vocabulary=vocabulary, cache=cache, clock=clock
            )
            if settings.speech_to_text == "local"
            else None
        )

    async def start(self) -> None:
        if self._voice_process:
            await self._voice_process.start()
        if self._decoders:
            await self._decoders.start()

    async def close(self) -> None:
        if self._decoders:
            await self._decoders.close()
        if self._voice_process:
            await self._voice_process.close()

    def understands(self, line: Line) -> bool:
        """Whether the recogniser knows the line's language."""
        return self._decoders is None or line.language.split("-")[0].lower() in LANGUAGES

    @property
    def free_recognisers(self) -> int | None:
        """How many more calls can be listened to; None where there is no such limit."""
        return self._decoders.free if self._decoders else None

    async def open_ears(self, line: Line) -> EngineEars:
        match self._settings.speech_to_text:
            case "deepgram-flux":
                return flux(self._settings, line)
            case "deepgram-nova":
                return nova(self._settings, line)
            case "local":
                assert self._decoders is not None
                return EngineEars(service=LocalSTTService(pool=self._decoders), weighs_pauses=True)

    def open_voice(self, line: Line) -> TTSService:
        return self._voice(line.voice, line.language)

    async def render(self, text: str, speaker: Voice, language: str) -> bytes:
        """One sentence, mu-law at 8 kHz, for keeping."""
        if self._voice_process:
            name = speaker.names.get("local")
            return audioop.lin2ulaw(
                await self._voice_process.synthesise(text, voice=name, language=language), 2
            )
        return await rendering.render(self._voice(speaker, language), text)

    def _voice(self, speaker: Voice, language: str) -> TTSService:
        if self._voice_process:
            return LocalTTSService(
                voice=self._voice_process, language=language, name=speaker.names.get("local")
            )
        return voice(self._settings, speaker)
