"""Frames travel together in silence and on a full machine, and alone where a delay is heard."""

from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import approx

from domain.frame_joining import (
    NOISE_FACTOR,
    QUIET_FRAMES,
    QUIET_RMS,
    SPEECH_TAIL_S,
    FrameJoiner,
    frames_in_speech,
)

LOUD, QUIET = 4000.0, 5.0


def frame(number: int) -> bytes:
    return number.to_bytes(4, "big")


def joiner(live_calls: int = 1) -> FrameJoiner:
    return FrameJoiner(lambda: live_calls)


def sizes(joining: FrameJoiner, loudness: list[float]) -> list[int]:
    """Frames in each packet that goes on; one frame every 20 ms from 1.0 s on."""
    packets = [joining.add(frame(i), rms, 1.0 + i * 0.02) for i, rms in enumerate(loudness)]
    return [len(packet) // 4 for packet in packets if packet]


def test_silence_travels_in_hundred_milliseconds() -> None:
    assert sizes(joiner(), [QUIET] * 15) == [5, 5, 5]


def test_speech_travels_frame_by_frame_and_takes_what_waited_along() -> None:
    assert sizes(joiner(), [QUIET] * 7 + [LOUD] * 3) == [5, 3, 1, 1]


def test_the_silence_after_speech_is_watched_closely() -> None:
    after = sizes(joiner(), [LOUD] + [QUIET] * 50)
    alone = round(SPEECH_TAIL_S / 0.02)
    assert set(after[:alone]) == {1}
    assert set(after[alone + 1 :]) == {5}


def test_more_is_joined_on_a_full_machine() -> None:
    assert [frames_in_speech(calls) for calls in (1, 6, 7, 24, 25, 60)] == [1, 1, 2, 2, 3, 3]
    assert sizes(joiner(30), [LOUD] * 9) == [3, 3, 3]


def test_last_sound_is_the_last_loud_frame() -> None:
    joining = joiner()
    assert joining.last_loud == 0.0
    sizes(joining, [QUIET, LOUD, LOUD, QUIET])
    assert joining.last_loud == approx(1.04)


def test_a_noisy_line_is_not_all_speech() -> None:
    noise = QUIET_RMS + 50
    joining = joiner()
    sizes(joining, [noise] * 600)  # the floor rises by half a step a frame: above a third of it in 200 frames
    heard_until = joining.last_loud
    assert heard_until < 1.0 + 0.02 * (noise / NOISE_FACTOR / 0.5 + 2)
    joining.add(b"", noise * NOISE_FACTOR * 1.1, 20.0)
    assert joining.last_loud == 20.0


def test_speech_does_not_teach_us_that_speech_is_noise() -> None:
    joining = joiner()
    for i in range(1500):  # half a minute, with the pauses between words that speech has
        joining.add(b"", QUIET if i % 25 < 3 else LOUD, i * 0.02)
    assert joining.last_loud == approx(1499 * 0.02)


@settings(max_examples=60, deadline=None)
@given(loudness=st.lists(st.floats(0, 20000), max_size=80), calls=st.integers(1, 60))
def test_every_frame_goes_on_once_and_in_order(loudness: list[float], calls: int) -> None:
    joining, numbers = joiner(calls), count()
    sent = b""
    for rms in loudness:
        number = next(numbers)
        sent += joining.add(frame(number), rms, 1.0 + number * 0.02) or b""
    whole = b"".join(frame(i) for i in range(len(loudness)))
    assert whole.startswith(sent)
    assert len(whole) - len(sent) < 4 * QUIET_FRAMES
