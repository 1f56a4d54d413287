"""The engines that settings name: each with its key, its endpoint and its own way of ending turns."""

import asyncio
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from pipecat.processors.audio.vad_processor import VADProcessor
from pipecat.services.cartesia.tts import CartesiaTTSService
from pipecat.services.deepgram.flux.stt import DeepgramFluxSTTService
from pipecat.services.deepgram.stt import DeepgramSTTService
from pipecat.services.deepgram.tts import DeepgramTTSService
from pipecat.services.elevenlabs.tts import ElevenLabsTTSService
from pipecat.services.openai.tts import OpenAITTSService
from pipecat.services.tts_service import TTSService

from domain.clock import SystemClock
from domain.company import Voice
from pipelines.fixed_speech import Rendered
from pipelines.speech.engines import (
    PROVIDERS_OWN,
    EngineEars,
    SpeechSettings,
    TextToSpeech,
    flux,
    nova,
    voice,
)
from pipelines.speech.opening import SpeechEngines, silence_bounds
from tests.support.scripted_call import LINE

KEYS = {name: f"key-{name}" for name in ("deepgram", "openai", "cartesia", "elevenlabs")}
SPEAKER = Voice(
    id="anna",
    names={"deepgram": "aura-2-thalia-en", "openai": "alloy", "cartesia": "c1", "elevenlabs": "e1"},
)


def settings(text_to_speech: TextToSpeech = "deepgram", **more: object) -> SpeechSettings:
    return SpeechSettings(
        speech_to_text="deepgram-flux",
        text_to_speech=text_to_speech,
        keys=KEYS,
        **more,  # type: ignore[arg-type]  # named as declared
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("deepgram", DeepgramTTSService),
        ("openai", OpenAITTSService),
        ("cartesia", CartesiaTTSService),
        ("elevenlabs", ElevenLabsTTSService),
    ],
)
async def test_each_voice_speaks_with_its_own_name(name: TextToSpeech, kind: type[TTSService]) -> None:
    service = voice(settings(name), SPEAKER)
    assert isinstance(service, kind)
    assert service._settings.voice == SPEAKER.names[name]


async def test_the_local_voice_is_opened_elsewhere() -> None:
    with pytest.raises(ValueError, match="its own process"):
        voice(settings("local"), SPEAKER)


@pytest.mark.parametrize(
    ("endpoints", "reached"),
    [
        ({}, PROVIDERS_OWN["deepgram-flux"]),
        ({"deepgram-flux": ""}, PROVIDERS_OWN["deepgram-flux"]),
        ({"deepgram-flux": "ws://127.0.0.1:9"}, "ws://127.0.0.1:9"),
    ],
)
async def test_every_endpoint_is_a_setting(endpoints: Mapping[str, str], reached: str) -> None:
    ears = flux(settings(endpoints=endpoints), LINE)
    assert isinstance(ears.service, DeepgramFluxSTTService)
    assert ears.service._url == reached


async def test_flux_finds_turns_itself_and_is_told_what_to_expect() -> None:
    ears = flux(settings(keyterms=("Testwell",), end_of_turn_ms=4000, eager_end_of_turn=True), LINE)
    told = ears.service._settings
    assert (ears.before(), ears.starts_with_words, ears.weighs_pauses) == ([], True, True)
    assert (told.model, told.keyterm, told.eot_timeout_ms) == ("flux-general-en", ["Testwell"], 4000)  # type: ignore[attr-defined]  # of Flux
    assert told.eager_eot_threshold == 0.5  # type: ignore[attr-defined]  # of Flux


async def test_nova_needs_a_detector_in_front_of_it() -> None:
    ears = nova(settings(), LINE)
    assert isinstance(ears.service, DeepgramSTTService)
    assert [type(processor) for processor in ears.before()] == [VADProcessor]
    assert not ears.starts_with_words and not ears.weighs_pauses
    assert vars(ears.service._settings)["language"] == "en-US"


@pytest.mark.parametrize(("chosen_ms", "stop_secs"), [(None, 0.3), (700, 0.7)])
async def test_the_longest_silence_is_a_setting_of_novas_detector(
    chosen_ms: int | None, stop_secs: float
) -> None:
    [detector] = nova(settings(end_of_turn_ms=chosen_ms), LINE).before()
    assert isinstance(detector, VADProcessor)
    assert detector._vad_controller._vad_analyzer.params.stop_secs == stop_secs


@pytest.mark.parametrize(
    ("chosen_ms", "ends_ms", "unfinished_ms"), [(None, 440, 1200), (300, 300, 300), (2000, 440, 2000)]
)
def test_the_longest_silence_is_a_setting_of_the_local_recogniser(
    chosen_ms: int | None, ends_ms: int, unfinished_ms: int
) -> None:
    bounds = silence_bounds(chosen_ms)
    assert (bounds.end_ms, bounds.unfinished_ms) == (ends_ms, unfinished_ms)


def test_the_chosen_services_are_imported_before_the_first_call() -> None:
    """In a process of its own: here other tests have imported them all."""
    chosen = "SpeechSettings(speech_to_text='deepgram-nova', text_to_speech='cartesia')"
    code = f"""
import sys
from pipelines.speech.engines import SpeechSettings, make_ready
assert not [name for name in sys.modules if name.startswith("pipecat.services.cartesia")]
make_ready({chosen})
assert {{"pipecat.services.deepgram.stt", "pipecat.services.cartesia.tts"}} <= set(sys.modules)
assert "pipecat.services.elevenlabs.tts" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


class Voices(SpeechEngines):
    """The production class; which engines speak is the test's to say."""

    def __init__(self, *speak: TextToSpeech) -> None:
        choices = [settings("cartesia"), settings("elevenlabs")]
        self.asked: list[TextToSpeech] = []
        self._speak = speak
        super().__init__(
            choices,
            clock=SystemClock(),
            cache=Path(),
            corpus=(),
            vocabulary=(),
            local_recognisers=1,
        )

    async def _render(self, engine: TextToSpeech, text: str, speaker: Voice, language: str) -> bytes:
        self.asked.append(engine)
        if engine not in self._speak:
            raise ConnectionError
        return engine.encode()


async def test_a_fixed_sentence_is_spoken_by_the_second_voice_where_the_first_one_fails() -> None:
    both, second = Voices("cartesia", "elevenlabs"), Voices("elevenlabs")
    assert await both.render("Hello", SPEAKER, "en") == Rendered(mulaw=b"cartesia")
    assert both.asked == ["cartesia"]
    assert await second.render("Hello", SPEAKER, "en") == Rendered(mulaw=b"elevenlabs", by_substitute=True)
    with pytest.raises(ConnectionError):
        await Voices().render("Hello", SPEAKER, "en")


async def test_the_first_words_are_told_with_the_start() -> None:
    began: list[str] = []
    ears = flux(settings(), LINE)
    ears.tell_of_speech(began.append)
    for words in ("hello", None):
        await ears.service._call_event_handler("on_start_of_turn", words)
    await asyncio.sleep(0.01)
    assert began == ["hello", ""]


async def test_a_leased_engine_is_given_back() -> None:
    released: list[bool] = []

    async def give_back() -> None:
        released.append(True)

    service = flux(settings(), LINE).service
    await EngineEars(service=service).release()
    await EngineEars(service=service, on_release=give_back).release()
    assert released == [True]
