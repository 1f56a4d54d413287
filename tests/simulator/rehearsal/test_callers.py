"""What a scripted caller understands of what it is told, and what it answers."""

import pytest

from simulator.carrier.recording import Recording
from simulator.carrier.sound import SILENCE
from simulator.rehearsal.caller import GOODBYE, reply_to
from simulator.rehearsal.ear import LATE_S, Ear
from simulator.rehearsal.measures import measured, percentile_ms, stopped_after_s
from simulator.rehearsal.scenes import SCENES, answers
from simulator.rehearsal.scenes.answers import NO_CALL_BACK, ORDER_NUMBER, THAT_ORDER
from simulator.rehearsal.utterances import utterance
from tests.simulator.carrier.product import speech


def hears(*sentences: str) -> Ear:
    ear = Ear()
    for at_s, sentence in enumerate(sentences, start=1):
        ear.hear(sentence, float(at_s))
    return ear


@pytest.mark.parametrize(
    "sentence",
    [
        "Sorry, I did not catch that. Could you say it again?",
        "I am sorry, I did not understand. Could you put it another way?",
        "I have four seven so far. What are the other digits?",
    ],
)
def test_a_caller_knows_that_it_was_asked_to_repeat(sentence: str) -> None:
    assert hears(sentence).asked_again


def test_an_answer_does_not_ask_for_a_repeat() -> None:
    assert not hears("Your order four seven one two has left our warehouse.", "Anything else?").asked_again


@pytest.mark.parametrize(
    "sentence",
    [
        "Just a moment, I am looking up your order.",
        "This takes a little longer than usual. I am still here.",
        "Let me see.",
    ],
)
def test_a_caller_waits_when_told_to(sentence: str) -> None:
    ear = hears(sentence)
    assert ear.told_to_wait
    assert ear.answer_since_s is None


def test_the_answer_behind_one_moment_ends_the_wait() -> None:
    ear = hears("One moment, please.", "It should be with you tomorrow.")
    assert not ear.told_to_wait
    assert ear.answer_since_s == 2.0


def test_words_without_their_sound_are_waited_for_but_not_forever() -> None:
    ear = hears("It should be with you tomorrow.")
    assert ear.awaits_sound(last_sound_s=0.5, now_s=1.2)
    assert not ear.awaits_sound(last_sound_s=1.5, now_s=1.6)
    assert not ear.awaits_sound(last_sound_s=0.5, now_s=1.0 + LATE_S)


def test_a_turn_of_the_callers_answers_what_was_said_before() -> None:
    ear = hears("How can I help you today?")
    ear.forget()
    assert (ear.words, ear.answer_since_s) == ("", None)


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        ("What is your order number? It has four digits.", ORDER_NUMBER),
        ("It is on its way. Is that the order you mean?", THAT_ORDER),
        ("I cannot find that order number. Shall I take a message?", NO_CALL_BACK),
        ("It left our warehouse. Is there anything else I can help you with?", GOODBYE),
        ("", GOODBYE),
    ],
)
def test_the_latest_question_is_answered(question: str, reply: object) -> None:
    assert reply_to(question, (*answers.ABOUT_ORDERS, GOODBYE)) == reply


def test_every_utterance_of_a_reply_is_recorded() -> None:
    replies = [*answers.ABOUT_ORDERS, *answers.ABOUT_MESSAGES, answers.QUESTION, GOODBYE]
    for reply in replies:
        for way in reply.ways:
            assert utterance(way).sound


def test_scenes_have_names_of_their_own_and_the_tour_has_nine() -> None:
    assert len({scene.id for scene in SCENES}) == len(SCENES)
    assert sum(scene.tour for scene in SCENES) == 9


def recorded(*, caller: bytes, agent: bytes) -> Recording:
    """Both sides from the same moment on; the agent's track runs a frame ahead."""
    recording = Recording()
    length = max(len(caller), len(agent))
    length += -length % len(SILENCE)
    caller, agent = caller.ljust(length, b"\xff"), agent.ljust(length, b"\xff")
    recording.add(captured=caller, played=agent[len(SILENCE) :])
    return recording


def quiet(seconds: float) -> bytes:
    return b"\xff" * round(8000 * seconds)


def test_how_long_the_agent_went_on_is_counted_from_the_callers_first_sound() -> None:
    recording = recorded(caller=quiet(2.0) + speech(1.0), agent=quiet(1.0) + speech(1.3) + quiet(1.0))
    after = stopped_after_s(recording, 2.0)
    assert after is not None
    assert after == pytest.approx(0.3, abs=0.03)
    assert stopped_after_s(recorded(caller=quiet(2.0) + speech(1.0), agent=speech(1.0)), 2.0) is None


def test_gaps_and_silences_of_several_calls_are_put_together() -> None:
    first = recorded(caller=speech(1.0), agent=quiet(1.5) + speech(1.0))
    second = recorded(caller=speech(1.0), agent=quiet(2.0) + speech(1.0))
    for recording in (first, second):
        recording.to_caller(0.01)
        recording.to_agent(1.0)
        recording.to_caller(recording.seconds)
    measures = measured([(first, ()), (second, ())])
    assert measures.gaps_s == pytest.approx((0.5, 1.0), abs=0.03)
    assert measures.longest_silence_s == pytest.approx(1.0, abs=0.03)


def test_the_silence_behind_pressed_keys_begins_with_the_last_of_them() -> None:
    recording = recorded(caller=speech(1.0), agent=quiet(4.0) + speech(1.0))
    recording.to_caller(0.01)
    recording.to_agent(3.2)
    recording.to_caller(recording.seconds)
    assert measured([(recording, ())]).longest_silence_s == pytest.approx(3.0, abs=0.03)
    assert measured([(recording, (3.2,))]).longest_silence_s == pytest.approx(0.8, abs=0.03)


def test_percentiles_of_nothing_and_of_one() -> None:
    assert percentile_ms([], 95) is None
    assert percentile_ms([0.7], 95) == 700
    assert percentile_ms([0.1, 0.2, 0.3], 50) == 200
