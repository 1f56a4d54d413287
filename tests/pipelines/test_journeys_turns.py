"""Whole calls in virtual time: who has the turn, and what becomes of what was said before."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from pytest import approx

from domain.events import (
    CallerInterrupted,
    CallerSaid,
    KeypadPressed,
    NoticePlayed,
    WaitFilled,
)
from domain.patience import FILL_AFTER_S
from pipelines.keypad import PAUSE_S
from tests.pipelines.asked import LONG, asking, seconds_played
from tests.support.scripted_call import LINE, ScriptedCall
from tests.support.scripted_organs import CHARS_PER_SECOND, ENDED_AFTER_S, Plan, ScriptedModel
from tests.support.virtual_time import run

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


def test_a_wait_for_us_counts_from_the_last_key(tmp_path: Path) -> None:
    """The line has been quiet for long, but the caller was busy with their keys."""

    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.caller_presses(at=9.0, keys="4712#")  # the last at 10.2
        call.agent_plans(says="Thank you.", first_token_s=3.0)
        call.caller_hangs_up(at=18.0)

        await call.play()

        assert call.noted(WaitFilled)[0].at_ms == approx(1000 * (10.2 + FILL_AFTER_S), abs=30)

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


# -- the eager end of turn ---------------------------------------------------------------------


def test_a_right_guess_saves_time(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
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
        call.caller_says(at=7.0, until=8.5, text="Where is my order", guess_at=8.0)
        for _ in range(2):
            call.agent_plans(calls=("find_order", {"id": "1"}))
        call.agent_plans(says="It arrives tomorrow.")
        call.caller_hangs_up(at=14.0)

        await call.play()

        assert len(call.acted) == 1
        assert call.heard[3:] == ["It arrives tomorrow."]

    run(story())


class AsTheTurnEnds(ScriptedModel):
    """Acts, then speaks. Its first answer comes so many steps of the loop after the end of the turn."""

    def __init__(self, call: ScriptedCall, steps: int) -> None:
        super().__init__()
        self._call = call
        self._steps = steps

    async def create(self, **params: Any) -> Any:
        acted = params["messages"][-1]["role"] == "tool"
        self.plans = [Plan(says="It arrives tomorrow.") if acted else Plan(calls=("find_order", {"id": "1"}))]
        answer = await super().create(**params)
        if len(self.asked) == 1:
            await asyncio.sleep(8.5 + ENDED_AFTER_S - self._call.carrier.now)
            for _ in range(self._steps):
                await asyncio.sleep(0)
        return answer


@pytest.mark.parametrize("steps", range(20))
def test_a_guess_that_wants_an_action_just_as_the_turn_ends(tmp_path: Path, steps: int) -> None:
    """Whichever comes first, the action is done once and the caller does not wait for it twice."""

    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.caller_says(at=7.0, until=8.5, text="Where is my order", guess_at=8.0)
        call.model = AsTheTurnEnds(call, steps)
        call.caller_hangs_up(at=14.0)

        await call.play()

        assert [name for name, _ in call.acted] == ["find_order"]
        assert call.heard[3:4] == ["It arrives tomorrow."]
        # at most: the end at 8.76, asked anew 0.25, the action 0.1, asked 0.25 and three words, voice 0.09
        assert call.spoken[3].started_ms <= 8760 + 250 + 100 + 250 + 30 + 90 + 30

    run(story())


def test_a_guess_knows_what_was_said_before_it(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.caller_says(at=7.0, until=8.5, text="Where is my order")
        call.agent_plans(says="Never heard.")
        call.caller_says(at=8.8, until=10.0, text="the one from Monday", guess_at=10.0)
        call.agent_plans(says="It arrives tomorrow.")
        call.caller_hangs_up(at=15.0)

        await call.play()

        assert call.told()[1:] == [("user", "Where is my order the one from Monday")]
        assert call.heard[3:] == ["It arrives tomorrow."]

    run(story())
