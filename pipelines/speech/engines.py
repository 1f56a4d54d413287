"""Which speech engines a process uses, by settings: pipecat's own services, each with its endpoint.

Each service is imported where it is made: together they are 100 MB of an idle process. `make_ready` imports
the chosen ones before the first call.
"""
# ruff: noqa: PLC0415

import importlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, assert_never

from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService

from domain.company import Line, Voice
from pipelines.speech.shared_tls import tls_context
from pipelines.speech.silero import silero_detector

SpeechToText = Literal["deepgram-flux", "deepgram-nova", "local"]
TextToSpeech = Literal["deepgram", "openai", "cartesia", "elevenlabs", "local"]

PROVIDERS_OWN: Mapping[str, str] = {
    "deepgram-flux": "wss://api.deepgram.com/v2/listen",
    "deepgram-nova": "wss://api.deepgram.com",
    "deepgram-speak": "wss://api.deepgram.com",
    "openai-speak": "https://api.openai.com/v1",
    "cartesia": "wss://api.cartesia.ai/tts/websocket",
    "elevenlabs": "wss://api.elevenlabs.io",
}
_HOMES: Mapping[str, str] = {
    "deepgram-flux": "pipelines.speech.deepgram",
    "deepgram-nova": "pipecat.services.deepgram.stt",
    "deepgram": "pipelines.speech.deepgram",
    "openai": "pipecat.services.openai.tts",
    "cartesia": "pipecat.services.cartesia.tts",
    "elevenlabs": "pipecat.services.elevenlabs.tts",
}
"""The module of each engine's service."""
SYNTHESIS_SILENT_S = 2.0
"""An engine that sends no sound for this long has ended the sentence, or failed."""


@dataclass(frozen=True, kw_only=True)
class SpeechSettings:
    """Engines, keys and endpoints. An empty endpoint means the provider's own."""

    speech_to_text: SpeechToText
    text_to_speech: TextToSpeech
    keys: Mapping[str, str] = field(default_factory=dict)
    """By provider: deepgram, openai, cartesia, elevenlabs."""
    endpoints: Mapping[str, str] = field(default_factory=dict)
    """By service: deepgram-flux, deepgram-nova, deepgram-speak, openai-speak, cartesia, elevenlabs."""
    eager_end_of_turn: bool = False
    keyterms: tuple[str, ...] = ()
    """Words of the company that the recogniser should expect."""
    end_of_turn_ms: int | None = None
    """The longest silence inside a turn; None for the engine's own."""

    def endpoint(self, service: str) -> str:
        return self.endpoints.get(service) or PROVIDERS_OWN[service]


@dataclass(kw_only=True)
class EngineEars:
    """A recogniser made for one call."""

    service: STTService
    starts_with_words: bool = False
    weighs_pauses: bool = False
    detector: FrameProcessor | None = None
    """A local voice detector, where the recogniser finds no turns itself."""
    on_release: Callable[[], Awaitable[None]] | None = None

    def before(self) -> list[FrameProcessor]:
        return [self.detector] if self.detector else []

    def tell_of_speech(self, speech_began: Callable[[str], None]) -> None:
        if self.starts_with_words:
            self.service.add_event_handler(
                "on_start_of_turn", lambda _service, words: speech_began(words or "")
            )

    async def release(self) -> None:
        if self.on_release:
            await self.on_release()


def make_ready(settings: SpeechSettings) -> None:
    """Import the chosen services and build what all sockets share: seconds that no call should wait for."""
    for engine in (settings.speech_to_text, settings.text_to_speech):
        if engine in _HOMES:
            importlib.import_module(_HOMES[engine])
    tls_context()


def flux(settings: SpeechSettings, line: Line) -> EngineEars:
    """Deepgram Flux: turn events of its own, so no local voice detector."""
    from pipelines.speech.deepgram import Flux

    service = Flux(
        api_key=settings.keys["deepgram"],
        url=settings.endpoint("deepgram-flux"),
        enable_eager_end_of_turn=settings.eager_end_of_turn,
        settings=Flux.Settings(
            model="flux-general-en" if line.language.startswith("en") else "flux-general-multi",
            keyterm=list(settings.keyterms),
            eot_timeout_ms=settings.end_of_turn_ms,
        ),
        audio_passthrough=False,
    )
    return EngineEars(service=service, starts_with_words=True, weighs_pauses=True)


def nova(settings: SpeechSettings, line: Line) -> EngineEars:
    """Deepgram nova: words only; the local voice detector finds the turns."""
    from pipecat.services.deepgram.stt import DeepgramSTTService

    service = DeepgramSTTService(
        api_key=settings.keys["deepgram"],
        base_url=settings.endpoint("deepgram-nova"),
        settings=DeepgramSTTService.Settings(
            model="nova-3", language=line.language, interim_results=True, keyterm=list(settings.keyterms)
        ),
        audio_passthrough=False,
    )
    return EngineEars(service=service, detector=silero_detector(settings.end_of_turn_ms))


def deepgram_voice(settings: SpeechSettings, name: str) -> TTSService:
    from pipelines.speech.deepgram import Aura

    return Aura(
        api_key=settings.keys["deepgram"],
        base_url=settings.endpoint("deepgram-speak"),
        settings=Aura.Settings(voice=name),
        stop_frame_timeout_s=SYNTHESIS_SILENT_S,
    )


def openai_voice(settings: SpeechSettings, name: str) -> TTSService:
    from pipecat.services.openai.tts import OpenAITTSService

    return OpenAITTSService(
        api_key=settings.keys["openai"],
        base_url=settings.endpoint("openai-speak"),
        settings=OpenAITTSService.Settings(voice=name),
        stop_frame_timeout_s=SYNTHESIS_SILENT_S,
    )


def cartesia_voice(settings: SpeechSettings, name: str) -> TTSService:
    from pipecat.services.cartesia.tts import CartesiaTTSService

    return CartesiaTTSService(
        api_key=settings.keys["cartesia"],
        url=settings.endpoint("cartesia"),
        settings=CartesiaTTSService.Settings(voice=name),
        stop_frame_timeout_s=SYNTHESIS_SILENT_S,
    )


def elevenlabs_voice(settings: SpeechSettings, name: str) -> TTSService:
    from pipecat.services.elevenlabs.tts import ElevenLabsTTSService

    return ElevenLabsTTSService(
        api_key=settings.keys["elevenlabs"],
        url=settings.endpoint("elevenlabs"),
        settings=ElevenLabsTTSService.Settings(voice=name),
        stop_frame_timeout_s=SYNTHESIS_SILENT_S,
    )


def voice(settings: SpeechSettings, speaker: Voice) -> TTSService:
    """Text-to-speech for one call. The local voice is opened elsewhere: it has a process to share."""
    name = speaker.names.get(settings.text_to_speech, "")
    match settings.text_to_speech:
        case "deepgram":
            return deepgram_voice(settings, name)
        case "openai":
            return openai_voice(settings, name)
        case "cartesia":
            return cartesia_voice(settings, name)
        case "elevenlabs":
            return elevenlabs_voice(settings, name)
        case "local":
            raise ValueError("the local voice is opened from its own process")
        case _ as never:
            assert_never(never)
