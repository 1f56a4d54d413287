"""The real voice process and the service that speaks through it."""

import asyncio
import audioop
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pipecat.frames.frames import (
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TTSAudioRawFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.pipeline.worker import PipelineParams
from pipecat.tests.utils import run_test

from pipelines.speech.local.tts import LocalTTSService, WordTimes
from pipelines.speech.local.voice import (
    LONGEST,
    LocalVoice,
    NotSpoken,
    Sound,
    SpokenWord,
    VoiceLost,
    voice_for,
)

pytest.importorskip("espeakng_loader")


@pytest.fixture
async def voice() -> AsyncIterator[LocalVoice]:
    voice = LocalVoice()
    await voice.start()
    yield voice
    await voice.close()


def seconds(pcm: bytes) -> float:
    return len(pcm) / 16000


async def test_words_are_timed_within_the_sound(voice: LocalVoice) -> None:
    text = "Your order left on Monday."
    spoken = [piece async for piece in voice.speak(text, language="en-US")]
    length = seconds(b"".join(piece.pcm for piece in spoken if isinstance(piece, Sound)))
    words = [piece for piece in spoken if isinstance(piece, SpokenWord)]
    starts = [text[word.start :].split(maxsplit=1)[0] for word in words]
    assert starts == ["Your", "order", "left", "on", "Monday."]
    times = [word.at_s for word in words]
    assert times == sorted(times) and times[0] == 0.0 and times[-1] < length
    assert 1.2 < length < 2.5


async def test_sound_begins_and_ends_with_speech(voice: LocalVoice) -> None:
    pcm = await voice.synthesise("Hello.", language="en-US")
    assert audioop.rms(pcm, 2) > 500
    assert audioop.max(pcm[:320], 2) > 30 and audioop.max(pcm[-320:], 2) > 30


async def test_calls_speak_at_the_same_time_each_its_own_words(voice: LocalVoice) -> None:
    texts = ["Yes.", "Your parcel arrives tomorrow.", "One moment please."] * 3
    together = await asyncio.gather(*(voice.synthesise(text, language="en-US") for text in texts))
    alone = [await voice.synthesise(text, language="en-US") for text in texts[:3]]
    # Formant synthesis has noise in it: no two renderings are the same to the sample.
    assert [seconds(pcm) for pcm in together] == pytest.approx([seconds(pcm) for pcm in alone * 3], abs=0.01)
    assert len({len(pcm) // 160 for pcm in alone}) == 3


async def test_languages_sound_different(voice: LocalVoice) -> None:
    german = await voice.synthesise("Guten Tag", language="de-DE")
    assert german != await voice.synthesise("Guten Tag", language="en-US")
    assert voice_for("de-DE").startswith("de+") and voice_for("en-US").startswith("en-us+")


async def test_an_interrupted_request_leaves_nothing_behind(voice: LocalVoice) -> None:
    yes = await voice.synthesise("Yes.", language="en-US")
    talk = voice.speak("This goes on and on. " * 50, language="en-US")
    await anext(talk)
    await talk.aclose()  # type: ignore[attr-defined]  # it is a generator
    async with asyncio.timeout(1):
        again = await voice.synthesise("Yes.", language="en-US")
    assert seconds(again) == pytest.approx(seconds(yes), abs=0.01)


async def test_an_unknown_voice_is_named(voice: LocalVoice) -> None:
    with pytest.raises(NotSpoken, match="no voice 'nobody'"):
        await voice.synthesise("Hello.", voice="nobody", language="en-US")


async def test_a_text_without_end_is_refused(voice: LocalVoice) -> None:
    with pytest.raises(ValueError, match="split it"):
        await voice.synthesise("a" * (LONGEST + 1), language="en-US")
    assert await voice.synthesise(" ", language="en-US") == b""


async def test_a_killed_process_tells_those_who_listen_and_the_next_request_starts_another(
    voice: LocalVoice,
) -> None:
    talk = voice.speak("This goes on and on. " * 90, language="en-US")
    await anext(talk)
    assert voice.pid is not None
    os.kill(voice.pid, signal.SIGKILL)
    with pytest.raises(VoiceLost):
        async for _ in talk:
            pass
    assert await voice.synthesise("Hello again.", language="en-US")


def test_each_written_word_gets_one_time() -> None:
    times = WordTimes("Order 4712, - it's here.")
    found = times.at(0, 0.0)
    for start, at_s in ((6, 0.3), (7, 0.5), (7, 0.9), (14, 1.5)):
        if not times.reached(start):
            found += times.at(start, at_s)
    assert found == [("Order", 0.0), ("4712,", 0.3), ("-", 1.5), ("it's", 1.5)]
    assert times.rest(2.0) == [("here.", 2.0)] and times.rest(2.0) == []


async def test_an_answer_is_sound_with_each_of_its_words_in_its_place(voice: LocalVoice) -> None:
    service = LocalTTSService(voice=voice, language="en-US")
    text = "Your order 4712 left on Monday. It arrives tomorrow!"
    answer = [LLMFullResponseStartFrame(), LLMTextFrame(text), LLMFullResponseEndFrame()]
    down, _ = await run_test(
        service,
        frames_to_send=answer,
        pipeline_params=PipelineParams(audio_in_sample_rate=8000, audio_out_sample_rate=8000),
    )
    words = [frame for frame in down if isinstance(frame, TTSTextFrame)]
    assert " ".join(frame.text for frame in words) == text
    pcm = b"".join(frame.audio for frame in down if isinstance(frame, TTSAudioRawFrame))
    starts = [(frame.pts or 0) / 1e9 for frame in words]
    assert starts == sorted(starts) and 1.5 < starts[-1] - starts[0] < seconds(pcm)
    assert sum(isinstance(frame, TTSStartedFrame) for frame in down) == 1
    assert sum(isinstance(frame, TTSStoppedFrame) for frame in down) == 1


async def test_typed_callers_have_a_voice_without_flite(monkeypatch: pytest.MonkeyPatch) -> None:
    if not Path(__file__).parents[3].joinpath("simulator").is_dir():
        pytest.skip("the simulator was removed")
    from simulator.callers import voice as caller  # noqa: PLC0415 - the product lives without it

    monkeypatch.setattr("shutil.which", lambda _name: None)
    mulaw = await caller.speak("where is my order")
    assert 0.8 < len(mulaw) / 8000 < 2.0
    assert audioop.rms(audioop.ulaw2lin(mulaw, 2), 2) > 1000
    assert await caller.speak(" ... ") == b""
