"""Whole calls in virtual time: actions within an answer, answers that are cut off, and the last one."""

from pathlib import Path

import pytest
from pytest import approx

from domain.events import (
    TurnTimed,
    WaitFilled,
)
from domain.ports.media import Ending
from tests.pipelines.asked import SENTENCES
from tests.support.scripted_call import ScriptedCall
from tests.support.virtual_time import run

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
