"""Whole calls in virtual time: who has the turn, what is said of it, and what the model is told.

Each question ends at 8.5 s. The recogniser says so at 8.76, the model's first word comes 0.25 s later
and one every 0.01 s, the voice's first sound after 0.09 s: an answer of one sentence sounds at 9.1 and
a hundredth for each word. Speech plays 16 characters a second.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from pytest import approx

from domain.events import (
    AgentSpoke,
    CallerInterrupted,
    CallerSaid,
    ContextShortened,
    Event,
    KeypadPressed,
    NoticePlayed,
    RecordingStarted,
    StreamLost,
    StreamResumed,
    TurnTimed,
    WaitFilled,
)
from domain.language import language_for
from domain.ports.media import Ending
from pipelines.keypad import PAUSE_S
from tests.support.scripted_call import LINE, ScriptedCall
from tests.support.scripted_carrier import ScriptedCarrier
from tests.support.scripted_organs import CHARS_PER_SECOND, Said
from tests.support.virtual_time import run

SENTENCES = language_for("en").sentences
NOTICES_S = (len(LINE.disclosure) + len(LINE.recording_notice)) / CHARS_PER_SECOND  # 4.19
OPENING_S = NOTICES_S + len(LINE.greeting) / CHARS_PER_SECOND  # 5.38
LONG = "It left our warehouse on Monday and will be with you tomorrow."  # 62 characters: 3.88 s
LONG_SOUNDS = 8.5 + 0.26 + 0.25 + 0.12 + 0.09  # 9.22: twelve words


def asking(folder: Path, *, answer: str = LONG) -> ScriptedCall:
    """The caller asks, and the answer sounds from about 9.2 on."""
    call = ScriptedCall(folder)
    call.caller_says(at=7.0, until=8.5, text="Where is my order?")
    call.agent_plans(says=answer)
    return call


def seconds_played(call: ScriptedCall, after: float) -> float:
    return sum(p.ends - max(p.begins, after) for p in call.carrier.played if p.ends > after)


# -- over our speech ---------------------------------------------------------------------------


@pytest.mark.parametrize(("until", "resumes"), [(10.3, 10.3 + 0.26), (14.0, 10.1 + 1.2)])
def test_noise_over_the_agent_holds_it_and_leaves_no_trace(
    tmp_path: Path, until: float, resumes: float
) -> None:
    """The recogniser finds no words; where it does not even end the noise, 1.2 s are enough."""

    async def story() -> None:
        call = asking(tmp_path)
        call.caller_says(at=10.0, until=until, text="", loud=False)
        call.caller_hangs_up(at=16.0)

        await call.play()

        assert call.carrier.clears == [approx(10.1, abs=0.01)]
        assert [p.begins for p in call.carrier.played if p.begins > 10.0] == [approx(resumes, abs=0.02)]
        # 10.1 - 9.22 = 0.88 s of 62 characters are 14: "It left our" was heard, "warehouse" is said again
        repeated = 0.88 - len("It left our") / CHARS_PER_SECOND
        assert seconds_played(call, after=9.0) == approx(len(LONG) / CHARS_PER_SECOND + repeated, abs=0.05)
        assert call.heard[-1] == LONG and not call.spoken[-1].interrupted
        assert len(call.model.asked) == 1
        assert len(call.noted(CallerSaid)) == 1
        assert [(i.proved, i.resumed) for i in call.noted(CallerInterrupted)] == [("backchannel", True)]

    run(story())


def test_a_sound_that_turns_out_to_be_mhm(tmp_path: Path) -> None:
    async def story() -> None:
        call = asking(tmp_path)
        call.caller_says(at=10.0, until=10.6, text="mhm", first_words_at=10.4)
        call.caller_hangs_up(at=16.0)

        await call.play()

        [resumed] = [p.begins for p in call.carrier.played if p.begins > 10.0]
        assert resumed - 10.4 == approx(0.0, abs=0.02) and resumed - 10.4 <= 0.7
        assert seconds_played(call, after=9.0) <= len(LONG) / CHARS_PER_SECOND + len("warehouse ") / 16
        assert len(call.model.asked) == 1

    run(story())


def test_a_sound_that_turns_out_to_be_an_interruption(tmp_path: Path) -> None:
    async def story() -> None:
        call = asking(tmp_path)
        call.caller_says(at=10.0, until=11.0, text="no the other one", first_words_at=10.4)
        call.agent_plans(says="That one was delivered.")
        call.caller_hangs_up(at=16.0)

        await call.play()

        assert call.carrier.clears == [approx(10.1, abs=0.01)]
        assert not [p for p in call.carrier.played if 10.15 < p.begins < 11.3]
        assert call.told()[1:] == [
            ("user", "Where is my order?"),
            ("assistant", "It left our"),
            ("user", "no the other one"),
        ]
        assert call.heard[-1] == "That one was delivered."

    run(story())


def test_what_was_held_back_may_not_have_begun(tmp_path: Path) -> None:
    """Two sentences wait in the carrier's buffer; the second has not begun when noise holds us back."""

    async def story() -> None:
        call = asking(tmp_path, answer="It is on its way. You will have it tomorrow.")  # 1.06 + 1.63 s
        call.noise(at=10.0, until=10.2)  # noticed at 10.1: 0.9 s of the first sentence are heard
        call.caller_hangs_up(at=15.0)

        await call.play()

        assert call.heard[-2:] == ["It is on its way.", "You will have it tomorrow."]

    run(story())


# -- before our speech -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("goes_on_at", "first_token_s", "voice_waits_s"),
    [
        (8.8, 0.25, 0.09),  # before the model's first word (9.01)
        (9.5, 2.0, 0.09),  # while the model thinks
        (9.5, 0.25, 0.7),  # when the model has ended (9.06) and the voice has not begun (9.8)
    ],
)
def test_going_on_before_the_answer_sounds_is_one_turn(
    tmp_path: Path, goes_on_at: float, first_token_s: float, voice_waits_s: float
) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.voice_waits_s = voice_waits_s
        call.caller_says(at=7.0, until=8.5, text="Where is my order")
        call.agent_plans(says="Which one do you mean?", first_token_s=first_token_s)
        call.caller_says(at=goes_on_at, until=10.5, text="the one from Monday")
        call.agent_plans(says="It arrives tomorrow.")
        call.caller_hangs_up(at=18.0)

        await call.play()

        assert call.told() == [
            ("assistant", LINE.greeting),
            ("user", "Where is my order the one from Monday"),
        ]
        assert len(call.model.asked) == 2
        assert call.heard[3:] == ["It arrives tomorrow."]
        assert not call.carrier.clears

    run(story())


def test_noise_while_the_model_thinks_does_not_lose_the_question(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.caller_says(at=7.0, until=8.5, text="Where is my order?")
        call.agent_plans(says="Never heard.", first_token_s=2.0)
        call.noise(at=8.9, until=9.1)
        call.agent_plans(says="It arrives tomorrow.")
        call.caller_hangs_up(at=16.0)

        await call.play()

        assert call.heard[-1] == "It arrives tomorrow."
        assert call.told() == [("assistant", LINE.greeting), ("user", "Where is my order?")]
        assert call.carrier.longest_wait(9.1, 14.0) <= 2.0

    run(story())


def test_speaking_before_the_greeting_ends(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.caller_says(at=4.6, until=6.0, text="Where is my order?")  # 0.4 s into the greeting
        call.agent_plans(says="It arrives tomorrow.")
        call.caller_hangs_up(at=12.0)

        await call.play()

        assert call.carrier.clears == [approx(4.7, abs=0.01)]
        assert call.told() == [
            ("assistant", "How can"),
            ("user", "Where is my order?"),
        ]  # 0.51 s: 8 characters
        assert call.heard == [LINE.disclosure, LINE.recording_notice, "How can", "It arrives tomorrow."]

    run(story())


# -- actions -----------------------------------------------------------------------------------


def test_two_actions_in_one_answer(tmp_path: Path) -> None:
    """The model goes on once, when the slower one is done, and is told both."""

    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.tools = {"find_order": (0.4, {"outcome": "found"}), "find_bill": (0.2, {"outcome": "none"})}
        call.caller_says(at=7.0, until=8.5, text="Where is my order and its bill?")
        call.agent_plans(calls=[("find_order", {"id": "1"}), ("find_bill", {"id": "2"})])
        call.agent_plans(says="It arrives tomorrow.")
        call.caller_hangs_up(at=16.0)

        await call.play()

        assert [name for name, _ in call.acted] == ["find_order", "find_bill"]
        assert len(call.model.asked) == 2
        assert call.told()[2:] == [
            ("assistant", "calls find_bill"),
            ("tool", '{"outcome": "none"}'),
            ("assistant", "calls find_order"),
            ("tool", '{"outcome": "found"}'),
        ]
        # tools begin at 9.01 and take 0.4; model 0.25 + three words; voice 0.09
        assert call.spoken[-1].started_ms == approx(9010 + 400 + 250 + 30 + 90, abs=20)
        assert call.noted(TurnTimed)[0].stations_ms["tools"] == approx(400, abs=10)

    run(story())


def test_an_action_that_the_caller_speaks_over(tmp_path: Path) -> None:
    """It is finished in the company's system, but its late result is no part of the next answer."""

    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.tool_takes_s = 4.0  # until 13.0
        call.caller_says(at=7.0, until=8.5, text="Where is my order?")
        call.agent_plans(says="One moment please.", calls=("find_order", {"id": "1"}))
        call.caller_says(at=9.8, until=11.0, text="No, what are your hours?")
        call.agent_plans(says="We are open from eight to six on every day of the week.")
        call.caller_hangs_up(at=20.0)

        await call.play()

        assert [name for name, _ in call.acted] == ["find_order"]
        assert len(call.model.asked) == 2
        assert [role for role, _ in call.told()] == ["assistant", "user", "assistant", "user"]
        assert call.heard[-1] == "We are open from eight to six on every day of the week."
        assert not call.noted(WaitFilled)

    run(story())


def test_going_on_while_an_action_runs_keeps_what_was_looked_up(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.caller_says(at=7.0, until=8.5, text="Where is my order")
        call.agent_plans(calls=("find_order", {"id": "1"}))  # done at 9.11
        call.agent_plans(says="Never heard.", first_token_s=1.0)
        call.caller_says(at=9.2, until=10.5, text="and its bill")
        call.agent_plans(says="Both are here.")
        call.caller_hangs_up(at=16.0)

        await call.play()

        assert call.told()[1:] == [
            ("assistant", "calls find_order"),
            ("tool", '{"outcome": "found", "say": "It arrives tomorrow."}'),
            ("user", "Where is my order and its bill"),
        ]

    run(story())


# -- answers that were cut off -----------------------------------------------------------------


@pytest.mark.parametrize("cut_at", [9.6, 10.3, 10.6, 11.0])
def test_what_is_left_of_a_cut_answer_closes_nothing_and_is_not_said(tmp_path: Path, cut_at: float) -> None:
    """The model is cut off in mid-sentence, and its next answer comes word by word."""

    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.caller_says(at=7.0, until=8.5, text="Where is my order?")
        call.agent_plans(
            says="It is on its way. You will surely have it tomorrow in the morning I think", token_s=0.15
        )
        call.caller_says(at=cut_at, until=cut_at + 1.0, text="Sorry, the other one.")
        call.agent_plans(says="That one was delivered. You signed for it.", token_s=0.2)
        call.caller_hangs_up(at=17.0)

        await call.play()

        after = [spoken.heard for spoken in call.spoken if spoken.started_ms > 1000 * cut_at + 500]
        assert after == ["That one was delivered.", "You signed for it."]
        assert len(call.model.asked) == 2
        # 0.26 + 0.25 + 4 words of 0.2 s, the last one complete when it comes + 0.09
        assert call.carrier.longest_wait(cut_at + 1.0, 17.0) == approx(1.2, abs=0.03)

    run(story())


# -- the keypad --------------------------------------------------------------------------------


def test_keys_during_a_notice_are_answered_behind_it(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.caller_presses(at=1.0, keys="12#")
        call.agent_plans(says="Thank you.")
        call.caller_hangs_up(at=12.0)

        await call.play()

        assert not call.carrier.clears
        assert [notice.mark for notice in call.noted(NoticePlayed)] == ["returned", "returned"]
        assert call.told()[-1] == ("user", "(The caller pressed 1 2 on the keypad.)")
        assert call.heard[-1] == "Thank you."

    run(story())


def test_keys_during_an_answer_stop_it(tmp_path: Path) -> None:
    """The pause behind the last key is the caller's: nothing is said into it."""

    async def story() -> None:
        call = asking(tmp_path)
        call.caller_presses(at=10.0, keys="4712")  # the last at 10.9; a pause ends the entry
        call.agent_plans(says="Thank you.")
        call.caller_hangs_up(at=18.0)

        await call.play()

        assert call.carrier.clears == [approx(10.0, abs=0.03)]
        assert call.noted(KeypadPressed)[0].at_ms == approx(1000 * (10.9 + PAUSE_S), abs=30)
        assert call.told()[-2:] == [
            ("assistant", "It left our"),
            ("user", "(The caller pressed 4 7 1 2 on the keypad.)"),
        ]
        assert all(filled.at_ms >= 1000 * (10.9 + PAUSE_S) for filled in call.noted(WaitFilled))
        assert call.heard[-1] == "Thank you."

    run(story())


def test_a_lone_hash_key_is_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        call = asking(tmp_path)
        call.caller_presses(at=10.0, keys="#")
        call.caller_hangs_up(at=16.0)

        await call.play()

        assert not call.carrier.clears
        assert call.heard[-1] == LONG

    run(story())


# -- the end -----------------------------------------------------------------------------------


def test_the_model_says_goodbye_and_ends_the_call(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.caller_says(at=7.0, until=8.5, text="That is all, thank you.")
        call.agent_plans(says="You are welcome. Goodbye then.", calls=("end_call", {}))

        assert await call.play() is Ending.AGENT_HUNG_UP

        assert call.heard[-2:] == ["You are welcome.", "Goodbye then."]
        assert len(call.model.asked) == 1
        # two sentences: 30 - 1 characters from 9.13 on, and not a moment longer
        assert call.ended_at == approx(8.5 + 0.26 + 0.25 + 0.03 + 0.09 + 29 / 16, abs=0.05)

    run(story())


def test_the_model_ends_the_call_without_a_word(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.caller_says(at=7.0, until=8.5, text="That is all, thank you.")
        call.agent_plans(calls=("end_call", {}))

        assert await call.play() is Ending.AGENT_HUNG_UP

        assert call.heard[-1] == SENTENCES.goodbye
        assert call.ended_at == approx(8.5 + 0.26 + 0.25 + 0.1 + len(SENTENCES.goodbye) / 16, abs=0.05)

    run(story())


@pytest.mark.parametrize("at", [9.7, 9.12, 8.95])
def test_the_caller_has_something_more_to_say(tmp_path: Path, at: float) -> None:
    """Over the model's goodbye (from 9.36), before that, or before its wish (9.16) to end the call."""

    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.voice_waits_s = 0.3
        call.caller_says(at=7.0, until=8.5, text="That is all")
        call.agent_plans(says="You are welcome, goodbye then.", calls=("end_call", {}))
        call.caller_says(at=at, until=at + 2.0, text="one more thing, where is my order?")
        call.agent_plans(says="It arrives tomorrow.")
        call.caller_hangs_up(at=24.0)

        assert await call.play() is Ending.CALLER_LEFT

        assert call.heard[-2:] == ["It arrives tomorrow.", SENTENCES.silence_ask]  # and we listen as before

    run(story())


def test_our_own_goodbye_is_not_cut_off(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.caller_says(at=7.0, until=8.5, text="That is all, thank you.")
        call.agent_plans(calls=("end_call", {}))
        call.caller_says(at=9.8, until=10.5, text="Thanks, you too!")

        assert await call.play() is Ending.AGENT_HUNG_UP

        assert call.heard[-1] == SENTENCES.goodbye and not call.carrier.clears

    run(story())


# -- the eager end of turn ---------------------------------------------------------------------


def test_a_right_guess_saves_time(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.eager_end_of_turn = True
        call.caller_says(at=7.0, until=8.5, text="Where is my order?", guess_at=8.5)
        call.agent_plans(says="It arrives tomorrow.")
        call.caller_hangs_up(at=14.0)

        await call.play()

        assert len(call.model.asked) == 1
        assert call.told()[-1] == ("user", "Where is my order?")
        # asked at 8.5, its words are there at 8.78; the turn ends at 8.76; voice 0.09
        assert call.spoken[-1].started_ms == approx(8500 + 280 + 90, abs=25)
        assert call.heard[-1] == "It arrives tomorrow."

    run(story())


def test_a_wrong_guess_is_never_heard(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.eager_end_of_turn = True
        call.caller_says(at=7.0, until=8.5, text="Where is my order", guess_at=7.8, guess="Where is my")
        call.agent_plans(says="Never heard.")
        call.agent_plans(says="It arrives tomorrow.")
        call.caller_hangs_up(at=14.0)

        await call.play()

        assert [messages[-1]["content"] for messages in call.model.asked] == [
            "Where is my",
            "Where is my order",
        ]
        assert len(call.told()) == 2
        assert call.heard[3:] == ["It arrives tomorrow."]

    run(story())


def test_a_guess_that_is_withdrawn_is_never_heard(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.eager_end_of_turn = True
        call.caller_says(at=7.0, until=8.5, text="Where is my order", guess_at=7.6, guess_withdrawn_at=7.7)
        call.agent_plans(says="Never heard.", first_token_s=1.0)
        call.agent_plans(says="It arrives tomorrow.")
        call.caller_hangs_up(at=14.0)

        await call.play()

        assert len(call.model.asked) == 2
        assert call.heard[3:] == ["It arrives tomorrow."]

    run(story())


def test_a_guess_that_wants_an_action_does_not_act(tmp_path: Path) -> None:
    """Actions wait for the real end of the turn, and are done once."""

    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.eager_end_of_turn = True
        call.caller_says(at=7.0, until=8.5, text="Where is my order", guess_at=8.0)
        for _ in range(2):
            call.agent_plans(calls=("find_order", {"id": "1"}))
        call.agent_plans(says="It arrives tomorrow.")
        call.caller_hangs_up(at=14.0)

        await call.play()

        assert len(call.acted) == 1
        assert call.heard[3:] == ["It arrives tomorrow."]

    run(story())


def test_a_guess_knows_what_was_said_before_it(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.eager_end_of_turn = True
        call.caller_says(at=7.0, until=8.5, text="Where is my order")
        call.agent_plans(says="Never heard.")
        call.caller_says(at=8.8, until=10.0, text="the one from Monday", guess_at=10.0)
        call.agent_plans(says="It arrives tomorrow.")
        call.caller_hangs_up(at=15.0)

        await call.play()

        assert call.told()[1:] == [("user", "Where is my order the one from Monday")]
        assert call.heard[3:] == ["It arrives tomorrow."]

    run(story())


# -- a second socket, another process ----------------------------------------------------------


def test_a_lost_stream_goes_on_where_it_was(tmp_path: Path) -> None:
    async def story() -> None:
        call = asking(tmp_path)
        call.carrier.dies_at = 10.1

        assert await call.play() is Ending.STREAM_LOST
        second = ScriptedCarrier(speech=[(5.0, 6.0)], hangs_up_at=12.0)
        call.agent_plans(says="It arrives tomorrow.")
        goes_on = Said(at=5.0, until=6.0, text="You were saying?")
        assert await call.play_on(second, goes_on) is Ending.CALLER_LEFT

        assert [type(e) for e in call.journal.events if isinstance(e, StreamLost | StreamResumed)] == [
            StreamLost,
            StreamResumed,
        ]
        assert call.heard == [
            LINE.disclosure,
            LINE.recording_notice,
            LINE.greeting,
            "It left our",
            SENTENCES.resumed,
            "It arrives tomorrow.",
        ]
        assert call.told()[1:] == [
            ("user", "Where is my order?"),
            ("assistant", f"It left our {SENTENCES.resumed}"),
            ("user", "You were saying?"),
        ]
        turns = [said.turn for said in call.noted(CallerSaid)]
        assert turns == [1, 2]
        assert second.played[0].begins == approx(0.0, abs=0.02)

    run(story())


def test_notices_that_were_not_heard_are_owed_on_the_second_socket(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.carrier.dies_at = 3.5  # the disclosure was heard (2.8 s), the recording notice was not (4.2 s)

        await call.play()
        assert not call.noted(RecordingStarted)
        await call.play_on(ScriptedCarrier(hangs_up_at=5.0))

        assert [notice.notice for notice in call.noted(NoticePlayed)] == ["disclosure", "recording"]
        assert call.heard[-2:] == [LINE.recording_notice, SENTENCES.resumed]
        # the notice is heard 1.38 s after the second socket's start at 3.5
        assert call.noted(RecordingStarted)[0].at_ms == approx(3500 + 1380, abs=50)

    run(story())


def test_another_process_knows_what_was_said(tmp_path: Path) -> None:
    async def story() -> None:
        async def recall() -> Sequence[Event]:
            disclosure = NoticePlayed(notice="disclosure", text="", mark="returned", at_ms=0)
            recording = NoticePlayed(notice="recording", text="", mark="returned", at_ms=0)
            said = CallerSaid(turn=1, text="Where is my order?", started_ms=0, ended_ms=0)
            spoke = AgentSpoke(
                turn=1,
                text="It left our warehouse.",
                heard="It left",
                started_ms=0,
                ended_ms=0,
                interrupted=True,
                origin="model",
            )
            return [disclosure, recording, said, spoke]

        call = ScriptedCall(tmp_path)
        call.recall = recall
        call.caller_says(at=5.0, until=6.0, text="When will it be here?")
        call.agent_plans(says="It arrives tomorrow.")
        call.caller_hangs_up(at=12.0)

        await call.play()

        assert call.told() == [
            ("user", "Where is my order?"),
            ("assistant", f"It left {SENTENCES.resumed}"),
            ("user", "When will it be here?"),
        ]
        assert call.heard[0] == SENTENCES.resumed
        assert len(call.noted(StreamResumed)) == 1
        assert call.recordings.agent

    run(story())


# -- the recording -----------------------------------------------------------------------------


@pytest.mark.parametrize("cut", [False, True])
def test_the_recording_is_what_the_caller_heard(tmp_path: Path, cut: bool) -> None:
    """From the notice's mark on, to the byte but for one frame at each edge; what was cut is not in it."""

    async def story() -> None:
        call = asking(tmp_path)
        if cut:
            call.caller_says(at=10.0, until=11.0, text="no the other one")
            call.agent_plans(says="That one was delivered.")
        call.caller_hangs_up(at=16.0)

        await call.play()
        await call.call.close()

        began = call.noted(RecordingStarted)[0].at_ms / 1000
        assert began == approx(NOTICES_S, abs=0.02)
        frame, origin = 160, round(began * 8000)
        kept, heard = _sounds(bytes(call.recordings.agent)), _sounds(bytes(call.carrier.ear[origin:]))
        assert len(kept) == len(heard) == (3 if cut else 2)  # greeting, answer and its cut, second answer
        for (kept_at, kept_sound), (heard_at, heard_sound) in zip(kept, heard, strict=True):
            assert abs(kept_at - heard_at) <= frame
            assert abs(len(kept_sound) - len(heard_sound)) <= frame
            length = min(len(kept_sound), len(heard_sound)) - frame
            assert kept_sound[frame:length] in heard_sound
        seconds = len(call.recordings.agent) / 8000
        assert len(call.recordings.caller) == len(call.recordings.agent)
        assert seconds == approx(16.0 - began, abs=0.02)
        # and the caller's side: their speech stands where it was
        loud = [
            i
            for i in range(0, len(call.recordings.caller), 160)
            if len(set(call.recordings.caller[i : i + 160])) > 1
        ]
        assert loud[0] / 8000 + began == approx(7.0, abs=0.03)

    run(story())


def _sounds(mulaw: bytes) -> list[tuple[int, bytes]]:
    """Stretches without silence: (index of the first byte, the bytes)."""
    return [(found.start(), found.group()) for found in re.finditer(rb"[^\xff]+", mulaw)]


# -- long calls --------------------------------------------------------------------------------


def test_a_very_long_call_is_shortened_without_its_last_turns(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        for turn in range(24):
            begins = 7.0 + 6.0 * turn
            call.caller_says(at=begins, until=begins + 1.0, text=f"Question {turn}?")
            call.agent_plans(says=f"This is answer {turn}.")
        call.caller_hangs_up(at=7.0 + 6.0 * 24)
        call.model.summary = "They asked a lot."

        await call.play()

        [shortened] = call.noted(ContextShortened)
        assert shortened.summary == "They asked a lot."
        last = call.told()
        assert last[-1] == ("user", "Question 23?")
        assert ("assistant", "This is answer 22.") in last
        assert len(last) < 24
        first_kept = next(text for role, text in last if role == "user")
        kept_from = int(first_kept.split()[1].rstrip("?"))
        assert [text for role, text in last if role == "user"] == [
            f"Question {n}?" for n in range(kept_from, 24)
        ]
        assert last[0][0] == "user"
        assert "They asked a lot." in call.model.asked[-1][0]["content"]
        assert len(call.noted(CallerSaid)) == 24

    run(story())


def test_without_recording_nothing_is_recorded(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path, line=replace(LINE, recording=False))
        call.caller_hangs_up(at=6.0)

        await call.play()

        assert call.heard == [LINE.disclosure, LINE.greeting]
        assert not call.recordings.caller and not call.noted(RecordingStarted)

    run(story())
