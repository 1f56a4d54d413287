"""Whole calls in virtual time, on the production pipeline: what the caller hears, to the hundredth."""

from dataclasses import replace
from pathlib import Path

import pytest
from openai import OpenAIError
from pytest import approx

from domain.events import (
    CallerInterrupted,
    CallerSaid,
    KeypadPressed,
    MessageTaken,
    NoticePlayed,
    ProviderFailed,
    RecordingStarted,
    SilenceMet,
    StreamLost,
    TurnTimed,
    WaitFilled,
)
from domain.language import language_for
from domain.ports.media import Ending
from tests.support.scripted_call import LINE, ScriptedCall
from tests.support.scripted_organs import CHARS_PER_SECOND, Plan, ScriptedModel
from tests.support.virtual_time import run

SENTENCES = language_for("en").sentences
NOTICES_S = (len(LINE.disclosure) + len(LINE.recording_notice)) / CHARS_PER_SECOND
OPENING_S = NOTICES_S + len(LINE.greeting) / CHARS_PER_SECOND  # 2.81 + 1.38 + 1.19 = 5.38 s


def test_question_and_answer(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.caller_says(at=7.0, until=8.5, text="Where is my order?")
        call.agent_plans(says="It left our warehouse on Monday.")
        call.caller_hangs_up(at=14.0)

        assert await call.play() is Ending.CALLER_LEFT

        # speech ends 8.5; the recogniser waits 0.26 s, the model 0.25 s and five tokens, the voice 0.09 s
        assert call.spoken[-1].started_ms == approx(8500 + 260 + 250 + 50 + 90, abs=20)
        assert call.spoken[-1].heard == "It left our warehouse on Monday."
        assert [said.text for said in call.noted(CallerSaid)] == ["Where is my order?"]
        [timed] = call.noted(TurnTimed)
        assert timed.gap_ms == approx(650, abs=25)
        assert timed.stations_ms["model"] == approx(250, abs=5)
        assert timed.stations_ms["sentence"] == approx(50, abs=5)
        assert not call.carrier.clears

    run(story())


def test_notices_are_first_proven_and_cannot_be_talked_away(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.caller_says(at=0.5, until=1.5, text="I have a question about delivery")
        call.agent_plans(says="Gladly.")
        call.caller_hangs_up(at=9.0)

        await call.play()

        notices = call.noted(NoticePlayed)
        assert [notice.notice for notice in notices] == ["disclosure", "recording"]
        assert all(notice.mark == "returned" for notice in notices)
        assert notices[1].at_ms == approx(1000 * NOTICES_S, abs=20)
        assert call.noted(RecordingStarted)[0].at_ms == notices[1].at_ms
        assert not call.carrier.clears
        assert call.model.asked[0][-1]["content"] == "I have a question about delivery"

    run(story())


def test_caller_cuts_in(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.caller_says(at=7.0, until=8.5, text="Where is my order?")
        call.agent_plans(says="It left our warehouse on Monday. You will have it tomorrow.")
        call.caller_says(at=10.0, until=11.0, text="Sorry, the other one.")
        call.agent_plans(says="That one was delivered.")
        call.caller_hangs_up(at=16.0)

        await call.play()

        cut = next(spoken for spoken in call.spoken if spoken.interrupted)
        assert call.carrier.clears == [approx(10.1, abs=0.01)]  # noticed 0.1 s into the speech
        assert cut.heard == "It left our"  # 0.95 s of sound at 16 characters a second
        assert call.noted(CallerInterrupted)[0].proved == "interruption"
        told = [m["content"] for m in call.model.asked[1] if m["role"] == "assistant"]
        assert told == [LINE.greeting, "It left our"]

    run(story())


def test_backchannel_does_not_stop_the_agent(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.caller_says(at=7.0, until=8.5, text="Where is my order?")
        call.agent_plans(says="It left our warehouse on Monday and will be with you tomorrow.")
        call.caller_says(at=10.5, until=10.9, text="mhm")
        call.caller_hangs_up(at=16.0)

        await call.play()

        assert not call.carrier.clears
        assert call.spoken[-1].heard.endswith("tomorrow.")
        assert len(call.model.asked) == 1

    run(story())


def test_keypad_digits_are_a_turn(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.caller_presses(at=6.0, keys="4712#")
        call.agent_plans(says="Thank you.")
        call.caller_hangs_up(at=11.0)

        await call.play()

        assert call.noted(KeypadPressed)[0].digits == "4712"
        assert call.model.asked[0][-1]["content"] == "(The caller pressed 4 7 1 2 on the keypad.)"

    run(story())


def test_silent_caller_is_asked_twice_and_let_go_kindly(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)

        assert await call.play() is Ending.AGENT_HUNG_UP

        assert [met.step for met in call.noted(SilenceMet)] == ["ask", "ask_again", "goodbye"]
        assert call.noted(SilenceMet)[0].at_ms == approx(1000 * (OPENING_S + 7.0), abs=30)
        assert call.spoken[-1].heard == SENTENCES.silence_goodbye

    run(story())


def test_slow_back_office_is_filled(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.caller_says(at=7.0, until=8.5, text="Where is my order?")
        call.agent_plans(calls=("find_order", {"order_id": "4712"}))
        call.agent_plans(says="It arrives tomorrow.")
        call.tool_takes_s = 6.0
        call.caller_hangs_up(at=20.0)

        await call.play()

        assert call.noted(WaitFilled)[0].reason == "slow_action"
        assert call.acted == [("find_order", {"order_id": "4712"})]
        assert call.spoken[-1].heard == "It arrives tomorrow."
        assert call.carrier.longest_silence(8.5, call.spoken[-1].ended_ms / 1000) <= 2.0

    run(story())


def test_dead_model_apologises_and_takes_a_message(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        dead = OpenAIError("nobody answers")
        call.caller_says(at=7.0, until=8.5, text="Where is my order?")
        call.agent_plans(fails=dead)
        call.agent_plans(fails=dead)
        call.caller_says(at=23.0, until=24.0, text="My lamp is broken")

        assert await call.play() is Ending.AGENT_HUNG_UP

        assert [failed.took_over for failed in call.noted(ProviderFailed)] == ["retry", "apology"]
        heard = [spoken.heard for spoken in call.spoken]
        assert SENTENCES.provider_failure in heard
        assert call.noted(MessageTaken)[0].about == "My lamp is broken"
        assert call.callbacks.taken[0].number == "+14155550111"
        assert heard[-1] == SENTENCES.call_back_noted

    run(story())


def test_a_machine_says_so_even_while_it_takes_a_message(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.caller_says(at=7.0, until=8.5, text="Where is my order?")
        call.agent_plans(fails=OpenAIError("nobody answers"))
        call.agent_plans(fails=OpenAIError("nobody answers"))
        call.caller_says(at=23.0, until=24.0, text="Am I talking to a machine?")
        call.caller_says(at=36.0, until=37.0, text="My lamp is broken")

        assert await call.play() is Ending.AGENT_HUNG_UP

        truth = call.heard.index(SENTENCES.machine_answer)
        assert call.heard[truth + 1] == SENTENCES.call_back_offer
        assert call.noted(MessageTaken)[0].about == "My lamp is broken"

    run(story())


def test_a_message_that_cannot_be_kept_is_not_promised(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.callbacks.fails = True
        call.caller_says(at=7.0, until=8.5, text="Where is my order?")
        call.agent_plans(fails=OpenAIError("nobody answers"))
        call.agent_plans(fails=OpenAIError("nobody answers"))
        call.caller_says(at=23.0, until=24.0, text="My lamp is broken")

        assert await call.play() is Ending.FALLBACK

        assert call.heard[-1] == SENTENCES.provider_failure
        assert not call.noted(MessageTaken)

    run(story())


def test_dead_model_goes_to_the_person_behind_the_line(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path, line=replace(LINE, fallback_number="+14155550199"))
        dead = OpenAIError("nobody answers")
        call.caller_says(at=7.0, until=8.5, text="Where is my order?")
        call.agent_plans(fails=dead)
        call.agent_plans(fails=dead)

        assert await call.play() is Ending.FALLBACK

        assert [failed.took_over for failed in call.noted(ProviderFailed)] == ["retry", "fallback"]
        assert call.spoken[-1].heard == SENTENCES.line_trouble
        assert call.callbacks.taken == []

    run(story())


def test_second_model_takes_over_unheard(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.second_model = ScriptedModel(plans=[Plan(says="It arrives tomorrow.")])
        call.caller_says(at=7.0, until=8.5, text="Where is my order?")
        call.agent_plans(fails=OpenAIError("nobody answers"))
        call.caller_hangs_up(at=14.0)

        await call.play()

        assert call.spoken[-1].heard == "It arrives tomorrow."
        assert [failed.took_over for failed in call.noted(ProviderFailed)] == ["second_provider"]

    run(story())


def test_dead_voice_apologises_from_kept_sound(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.voices_dead = [True]
        call.caller_says(at=7.0, until=8.5, text="Where is my order?")
        call.agent_plans(says="It arrives tomorrow.")
        call.caller_says(at=24.0, until=25.0, text="My lamp is broken")

        assert await call.play() is Ending.AGENT_HUNG_UP

        assert SENTENCES.provider_failure in [spoken.heard for spoken in call.spoken]
        assert call.carrier.longest_silence(8.5, 12.0) <= 2.0

    run(story())


def test_second_voice_says_what_the_first_did_not(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.voices_dead = [True, False]
        call.caller_says(at=7.0, until=8.5, text="Where is my order?")
        call.agent_plans(says="It arrives tomorrow before noon.")
        call.caller_hangs_up(at=20.0)

        await call.play()

        assert call.spoken[-1].heard == "It arrives tomorrow before noon."
        assert [failed.took_over for failed in call.noted(ProviderFailed)] == ["second_provider"]

    run(story())


@pytest.mark.parametrize("at", [0.3, 3.0, 5.9, 7.6, 8.8, 9.4, 10.4])
def test_caller_may_hang_up_at_any_moment(tmp_path: Path, at: float) -> None:
    """`run` asserts that no task is left."""

    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.caller_says(at=7.0, until=8.5, text="Where is my order?")
        call.agent_plans(says="It left our warehouse on Monday and will be with you tomorrow.")
        call.caller_hangs_up(at=at)

        assert await call.play() is Ending.CALLER_LEFT

        assert call.ended_at < at + 1.0
        await call.call.close()
        assert call.recordings.closed == bool(call.noted(RecordingStarted))

    run(story())


def test_socket_that_dies_is_reported(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.carrier.dies_at = 6.0

        assert await call.play() is Ending.STREAM_LOST

        assert call.noted(StreamLost)[0].code == 1006

    run(story())


def test_machine_question_is_answered_by_code(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.caller_says(at=7.0, until=8.5, text="Am I talking to a machine?")
        call.caller_hangs_up(at=14.0)

        await call.play()

        assert call.spoken[-1].heard == SENTENCES.machine_answer
        assert call.model.asked == []

    run(story())


def test_lost_marks_do_not_hang_the_call(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.carrier.loses_marks = True
        call.caller_says(at=9.0, until=10.0, text="Where is my order?")
        call.agent_plans(says="It arrives tomorrow.")
        call.caller_hangs_up(at=16.0)

        await call.play()

        assert call.spoken[-1].heard == "It arrives tomorrow."
        assert [notice.mark for notice in call.noted(NoticePlayed)] == ["lost", "lost"]

    run(story())
