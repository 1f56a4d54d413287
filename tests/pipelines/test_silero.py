"""One model session for the process, one small state for each call."""

import random

import numpy as np
import pytest
from pipecat.audio.vad.vad_analyzer import VADParams, VADState

from pipelines.speech.local.voice import LocalVoice
from pipelines.speech.silero import RATE, WINDOW, SharedSilero, session, silero_detector

BYTES = 2 * WINDOW
PARAMS = VADParams(confidence=0.6, start_secs=0.12, stop_secs=0.3)


def detector_of_a_call() -> SharedSilero:
    detector = SharedSilero(PARAMS)
    detector.set_sample_rate(RATE)
    return detector


def noise(windows: int, level: int, seed: int = 1) -> bytes:
    chance = random.Random(seed)
    return np.array(
        [chance.randint(-level, level) for _ in range(WINDOW * windows)], dtype=np.int16
    ).tobytes()


def confidences(detector: SharedSilero, sound: bytes) -> list[float]:
    return [detector.voice_confidence(sound[i : i + BYTES]) for i in range(0, len(sound) - BYTES + 1, BYTES)]


@pytest.fixture
async def speech() -> bytes:
    pytest.importorskip("espeakng_loader")
    voice = LocalVoice()
    await voice.start()
    try:
        return await voice.synthesise("Where is my order, please?", voice=None, language="en-US")
    finally:
        await voice.close()


def test_the_session_is_loaded_once() -> None:
    assert session() is session()
    assert silero_detector() is not silero_detector()


def test_silence_and_hiss_are_no_voice() -> None:
    detector = detector_of_a_call()
    assert max(confidences(detector, bytes(BYTES * 30))) < 0.2
    hiss = confidences(detector, noise(60, 60))
    assert sum(confidence > PARAMS.confidence for confidence in hiss) == 0


async def test_speech_is_found_and_its_end_too(speech: bytes) -> None:
    detector = detector_of_a_call()
    states = []
    sound = bytes(BYTES * 20) + speech + bytes(BYTES * 30)
    for i in range(0, len(sound) - BYTES + 1, BYTES):
        states.append(await detector.analyze_audio(sound[i : i + BYTES]))

    assert VADState.SPEAKING in states
    first = states.index(VADState.SPEAKING)
    assert 0 <= first - 20 <= 12  # within 0.4 s of the first sound
    assert states[-1] is VADState.QUIET


async def test_calls_do_not_hear_each_other(speech: bytes) -> None:
    alone = confidences(detector_of_a_call(), speech)
    one, other = detector_of_a_call(), detector_of_a_call()
    together = []
    for i in range(0, len(speech) - BYTES + 1, BYTES):
        together.append(one.voice_confidence(speech[i : i + BYTES]))
        other.voice_confidence(noise(1, 8000, seed=i))
    assert together == alone


async def test_a_long_silence_does_not_make_it_deaf(speech: bytes) -> None:
    detector = detector_of_a_call()
    confidences(detector, bytes(BYTES * 400))  # 13 s
    assert max(confidences(detector, speech)) > 0.8
