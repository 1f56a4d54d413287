"""Silences and gaps are measured to the sample."""

import io
import wave

import pytest

from simulator.carrier.recording import Recording, Span
from simulator.carrier.sound import FRAME_BYTES, RATE, dtmf, from_wav, level_dbfs, to_wav, tone

LOUD, QUIET = b"\x00", b"\xff"


def track(*stretches: tuple[float, float], seconds: float) -> bytearray:
    sound = bytearray(QUIET * round(seconds * RATE))
    for began_s, ended_s in stretches:
        sound[round(began_s * RATE) : round(ended_s * RATE)] = LOUD * round((ended_s - began_s) * RATE)
    return sound


def scene() -> Recording:
    """Greeting 0.5-2, caller 3-4, agent 4.6-5 and 7-8, caller 9-10 (cut in), agent 10.25-11."""
    recording = Recording(
        caller=track((3.0, 4.0), (9.0, 10.0), seconds=12),
        agent=track((0.5, 2.0), (4.6, 5.0), (7.0, 8.0), (10.25, 11.0), seconds=12),
    )
    for to_agent, at_s in ((False, 2.0), (True, 4.5), (False, 8.0), (True, 10.0), (False, 11.0)):
        (recording.to_agent if to_agent else recording.to_caller)(at_s)
    return recording


def test_an_answer_is_timed_from_the_last_loud_sample_to_the_first_audible_one() -> None:
    assert [answer.delay_s for answer in scene().answers()] == pytest.approx([0.6, 0.25])


def test_an_utterance_without_an_answer_says_so() -> None:
    recording = Recording(caller=track((1.0, 2.0), seconds=4), agent=track(seconds=4))
    [answer] = recording.answers()
    assert answer.delay_s is None


def test_the_turn_begins_with_the_callers_last_sound() -> None:
    turns = scene().turns_of_agent()
    assert [turn.began_s for turn in turns] == pytest.approx([0.0, 4.0, 10.0])
    assert [turn.ended_s for turn in turns] == pytest.approx([2.0, 8.0, 11.0])


def test_the_longest_silence_of_ours_is_inside_our_turn() -> None:
    silence = scene().longest_silence()
    assert (silence.began_s, silence.ended_s) == pytest.approx((5.0, 7.0), abs=0.001)


def test_silence_while_the_caller_has_the_turn_is_not_ours() -> None:
    assert scene().silences_in(Span(began_s=0.5, ended_s=2.0)) == []


def test_the_agents_track_runs_one_frame_ahead_of_the_callers() -> None:
    recording = Recording()
    recording.add(captured=LOUD * FRAME_BYTES, played=LOUD * FRAME_BYTES)
    assert recording.seconds == 0.02
    assert recording.caller_spans()[0].began_s == 0.0
    assert recording.agent_spans()[0].began_s == 0.02


def test_the_wav_has_the_caller_left_and_the_agent_right() -> None:
    with wave.open(io.BytesIO(scene().wav())) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (2, RATE, 12 * RATE)
        file.setpos(round(3.5 * RATE))
        left, right = file.readframes(1)[:2], file.readframes(1)[2:]
    assert left != b"\x00\x00"
    assert right == b"\x00\x00"


def test_a_wav_comes_back_as_loud_as_it_went() -> None:
    sound = tone(440, seconds=0.5)
    assert level_dbfs(from_wav(to_wav(sound))) == pytest.approx(level_dbfs(sound), abs=0.1)
    assert len(dtmf("#")) == round(0.16 * RATE)
