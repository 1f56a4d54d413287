"""The service's frames, in Flux's order, from a decoder that says what the test wants."""

import asyncio
from itertools import count
from typing import Any

from pipecat.frames.frames import (
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    InterimTranscriptionFrame,
    ProposedUserStartedSpeakingFrame,
    ProposedUserStoppedSpeakingFrame,
    STTMetadataFrame,
    TranscriptionFrame,
)
from pipecat.pipeline.worker import PipelineParams
from pipecat.tests.utils import SleepFrame, run_test
from pipecat.turns.user_turn_strategies import ExternalUserTurnStrategies

from pipelines.speech.local.decoder import DecoderGone, Final, Heard, Partial, Word
from pipelines.speech.local.decoder_pool import NoDecoderFree
from pipelines.speech.local.end_of_speech import SpeechBounds
from pipelines.speech.local.stt import LocalSTTService

VOICE, SILENCE = b"\x01\x01" * 160, bytes(320)
EVENTS = (
    ProposedUserStartedSpeakingFrame,
    InterimTranscriptionFrame,
    TranscriptionFrame,
    ProposedUserStoppedSpeakingFrame,
)


class ScriptedDecoder:
    """Says `partial` at the first sound of an utterance and `final` at its end; may die instead."""

    def __init__(self, *, partial: str = "", final: str | None = "", dies: bool = False) -> None:
        self._script = (partial, final, dies)
        self._numbers = count(1)
        self._number = 0
        self._news: asyncio.Queue[Heard | None] = asyncio.Queue()
        self.given = b""

    def begin_utterance(self) -> int:
        self._number = next(self._numbers)
        return self._number

    def sound(self, pcm: bytes) -> None:
        if not self.given and self._script[0]:
            self._news.put_nowait(Partial(utterance=self._number, text=self._script[0]))
        self.given += pcm

    def finish_utterance(self) -> None:
        _, final, dies = self._script
        if dies:
            self._news.put_nowait(None)
        elif final is not None:
            words = tuple(Word(text=text, confidence=0.5) for text in final.split())
            self._news.put_nowait(Final(utterance=self._number, words=words))

    async def heard(self) -> Heard:
        news = await self._news.get()
        if news is None:
            raise DecoderGone("the decoder process ended")
        return news


class ScriptedPool:
    """Lends the given decoders, one after the other."""

    def __init__(self, *decoders: ScriptedDecoder) -> None:
        self._decoders = list(decoders)
        self.released: list[ScriptedDecoder] = []

    def lease(self) -> ScriptedDecoder:
        if not self._decoders:
            raise NoDecoderFree(1)
        return self._decoders.pop(0)

    def release(self, decoder: ScriptedDecoder) -> None:
        self.released.append(decoder)


def sound(windows: bytes, *, frame_ms: int = 20) -> list[Frame]:
    size = 16 * frame_ms
    return [
        InputAudioRawFrame(windows[at : at + size], 8000, 1) for at in range(0, len(windows), size)
    ]  # fmt: skip


async def listen(pool: Any, *frames: Frame, rate: int = 8000) -> tuple[list[Frame], list[Frame]]:
    service = LocalSTTService(pool=pool, is_voice=any)
    down, up = await run_test(
        service,
        frames_to_send=[*frames, SleepFrame(0.05)],
        pipeline_params=PipelineParams(audio_in_sample_rate=rate, audio_out_sample_rate=rate),
    )
    return list(down), list(up)


def events(frames: list[Frame]) -> list[str]:
    """The turn's frames in order, each with its text."""
    return [
        f"{type(frame).__name__} {getattr(frame, 'text', '')}".strip()
        for frame in frames
        if isinstance(frame, EVENTS)
    ]


async def test_a_turn_has_the_frames_of_flux_in_its_order() -> None:
    decoder = ScriptedDecoder(partial="where is", final="where is it")
    pool = ScriptedPool(decoder)
    down, up = await listen(pool, *sound(SILENCE * 20 + VOICE * 20), SleepFrame(0.02), *sound(SILENCE * 26))
    assert events(down) == [
        "ProposedUserStartedSpeakingFrame",
        "InterimTranscriptionFrame where is",
        "TranscriptionFrame where is it",
        "ProposedUserStoppedSpeakingFrame",
    ]
    assert [type(frame) for frame in up if isinstance(frame, EVENTS)] == [
        ProposedUserStartedSpeakingFrame,
        ProposedUserStoppedSpeakingFrame,
    ]
    final = next(frame for frame in down if isinstance(frame, TranscriptionFrame))
    assert final.finalized and final.language == "en"
    assert final.result is not None
    assert final.result["words"][0] == {"word": "where", "confidence": 0.5}
    assert final.result["audio_window_start"] == 0.14
    assert pool.released == [decoder]


async def test_the_decoder_hears_the_sound_from_before_the_proof() -> None:
    decoder = ScriptedDecoder(final="yes")
    await listen(ScriptedPool(decoder), *sound(SILENCE * 40 + VOICE * 10 + SILENCE * 30))
    # 360 ms of pre-roll end with the proof, 5 more windows were voice, the rest is the silence after it.
    assert len(decoder.given) // 320 == 18 + 5 + SpeechBounds().end_ms // 20


async def test_frames_of_any_length_are_the_same_sound() -> None:
    for frame_ms in (10, 20, 50, 100):
        decoder = ScriptedDecoder(final="yes")
        down, _ = await listen(
            ScriptedPool(decoder), *sound(SILENCE * 40 + VOICE * 10 + SILENCE * 50, frame_ms=frame_ms)
        )
        assert len(decoder.given) // 320 == 18 + 5 + SpeechBounds().end_ms // 20
        assert len(events(down)) == 3


async def test_noise_is_a_turn_without_words() -> None:
    down, _ = await listen(ScriptedPool(ScriptedDecoder()), *sound(VOICE * 10 + SILENCE * 30))
    assert events(down) == ["ProposedUserStartedSpeakingFrame", "ProposedUserStoppedSpeakingFrame"]


async def test_an_open_phrase_keeps_the_turn_open() -> None:
    decoder = ScriptedDecoder(partial="i would like to know", final="i would like to know where it is")
    first = [*sound(VOICE * 10), SleepFrame(0.02), *sound(SILENCE * 50)]
    down, _ = await listen(ScriptedPool(decoder), *first, *sound(VOICE * 10 + SILENCE * 61))
    assert events(down)[2:] == [
        "TranscriptionFrame i would like to know where it is",
        "ProposedUserStoppedSpeakingFrame",
    ]


async def test_a_final_that_never_comes_ends_with_the_words_so_far() -> None:
    decoder = ScriptedDecoder(partial="hello", final=None)
    down, _ = await listen(
        ScriptedPool(decoder), *sound(VOICE * 10), SleepFrame(0.02), *sound(SILENCE * (25 + 76))
    )
    assert events(down)[2:] == ["TranscriptionFrame hello", "ProposedUserStoppedSpeakingFrame"]
    assert not next(frame for frame in down if isinstance(frame, TranscriptionFrame)).finalized


async def test_a_dead_decoder_ends_the_turn_and_the_next_one_listens_on() -> None:
    dying, next_one = ScriptedDecoder(partial="hello", dies=True), ScriptedDecoder(final="yes")
    turn = sound(VOICE * 10 + SILENCE * 30)
    down, up = await listen(
        ScriptedPool(dying, next_one), *turn, SleepFrame(0.05), *sound(VOICE * 10 + SILENCE * 30)
    )
    assert [event for event in events(down) if event.startswith("Transcription")] == [
        "TranscriptionFrame hello",
        "TranscriptionFrame yes",
    ]
    assert "lost its decoder" in next(frame.error for frame in up if isinstance(frame, ErrorFrame))


async def test_without_a_free_decoder_the_service_says_so_and_is_unusable() -> None:
    _, up = await listen(ScriptedPool(), *sound(VOICE * 10))
    error = next(frame for frame in up if isinstance(frame, ErrorFrame))
    assert "all 1 local decoders are in use" in error.error
    assert error.processor is not None and not error.processor.is_usable


async def test_another_sample_rate_is_refused_with_the_cure() -> None:
    _, up = await listen(ScriptedPool(ScriptedDecoder()), rate=16000)
    assert "audio_in_sample_rate=8000" in next(frame.error for frame in up if isinstance(frame, ErrorFrame))


async def test_turn_taking_is_left_to_the_service() -> None:
    down, _ = await listen(ScriptedPool(ScriptedDecoder()))
    metadata = next(frame for frame in down if isinstance(frame, STTMetadataFrame))
    assert isinstance(metadata.user_turn_strategies, ExternalUserTurnStrategies)


async def test_a_line_that_falls_silent_in_mid_word_ends_the_turn() -> None:
    decoder = ScriptedDecoder(final="hello")
    down, _ = await listen(ScriptedPool(decoder), *sound(VOICE * 10), SleepFrame(1.05))
    assert events(down)[1:] == ["TranscriptionFrame hello", "ProposedUserStoppedSpeakingFrame"]
