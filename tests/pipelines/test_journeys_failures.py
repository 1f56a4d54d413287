"""Whole calls in virtual time in which something fails: the caller never just hears nothing.

Each question ends at 8.5 s; the recogniser says so at 8.76.
"""

from pathlib import Path

import pytest
from openai import OpenAIError
from pytest import approx

import prompts
from domain.events import MessageTaken, NoticePlayed, ProviderFailed, WaitFilled
from domain.language import language_for
from domain.ports.media import Ending
from tests.support.scripted_call import LINE, ScriptedCall
from tests.support.scripted_organs import Plan, ScriptedModel
from tests.support.virtual_time import run

SENTENCES = language_for("en").sentences
ASKED_AT = 8.5
LONGEST_S = 2.0
"""From the caller's last sound, while the turn is ours, never more without a sound of ours."""


def asking(folder: Path) -> ScriptedCall:
    call = ScriptedCall(folder)
    call.caller_says(at=7.0, until=ASKED_AT, text="Where is my order?")
    return call


def failures(call: ScriptedCall) -> list[tuple[str, str]]:
    return [(failed.station, failed.took_over) for failed in call.noted(ProviderFailed)]


# -- the model ---------------------------------------------------------------------------------


def test_a_model_that_hangs(tmp_path: Path) -> None:
    """4 s for the first attempt, then one more: within 10 s the caller knows."""

    async def story() -> None:
        call = asking(tmp_path)
        call.agent_plans(says="Never heard.", first_token_s=60.0)
        call.agent_plans(says="Never heard.", first_token_s=60.0)
        call.caller_says(at=25.0, until=26.0, text="My lamp is broken")

        assert await call.play() is Ending.AGENT_HUNG_UP

        assert failures(call) == [("model", "retry"), ("model", "apology")]
        apology = next(s for s in call.spoken if s.heard == SENTENCES.provider_failure)
        assert apology.started_ms <= 8760 + 2 * 4000 + 2500
        assert call.noted(MessageTaken)[0].about == "My lamp is broken"
        assert call.carrier.longest_wait(ASKED_AT, 22.0) <= LONGEST_S
        assert call.carrier.longest_wait(26.0, call.ended_at) <= LONGEST_S

    run(story())


@pytest.mark.parametrize("dies_of", [OpenAIError("gone"), TimeoutError()])
@pytest.mark.parametrize(("first_token_s", "until"), [(0.2, 14.0), (3.0, 18.0)])
def test_a_model_that_fails_once(
    tmp_path: Path, dies_of: Exception, first_token_s: float, until: float
) -> None:
    """What is left of the failed attempt does not close the second one, however long that takes."""

    async def story() -> None:
        call = asking(tmp_path)
        call.agent_plans(fails=dies_of)
        call.agent_plans(says="It arrives tomorrow.", first_token_s=first_token_s)
        call.caller_hangs_up(at=until + 2.0)

        await call.play()

        assert failures(call) == [("model", "retry")]
        assert "It arrives tomorrow." in call.heard
        assert call.carrier.longest_wait(ASKED_AT, until) <= LONGEST_S

    run(story())


def test_a_model_that_fails_once_in_each_turn(tmp_path: Path) -> None:
    """An answer makes up for the failure before it: there is a second attempt in the next turn too."""

    async def story() -> None:
        call = asking(tmp_path)
        call.agent_plans(fails=OpenAIError("gone"))
        call.agent_plans(says="It arrives tomorrow.")
        call.caller_says(at=12.0, until=13.0, text="And my bill?")
        call.agent_plans(fails=OpenAIError("gone"))
        call.agent_plans(says="It is paid.")
        call.caller_hangs_up(at=17.0)

        await call.play()

        assert failures(call) == [("model", "retry"), ("model", "retry")]
        assert call.heard[-1] == "It is paid."

    run(story())


def test_a_model_that_dies_in_mid_answer(tmp_path: Path) -> None:
    async def story() -> None:
        call = asking(tmp_path)
        call.agent_plans(says="It left on Monday. You will", dies=OpenAIError("gone"))
        call.agent_plans(says="It arrives tomorrow.")
        call.caller_hangs_up(at=18.0)

        await call.play()

        assert failures(call) == [("model", "retry")]
        assert call.heard[3] == "It left on Monday."
        assert call.heard[-1] == "It arrives tomorrow."
        assert call.carrier.longest_wait(ASKED_AT, 16.0) <= LONGEST_S

    run(story())


def test_an_answer_that_broke_off_is_finished_and_not_repeated(tmp_path: Path) -> None:
    """Whoever finishes it is told what the caller hears already, word for word."""

    async def story() -> None:
        call = asking(tmp_path)
        call.agent_plans(says="It left on Monday. It comes", dies=OpenAIError("gone"))
        call.agent_plans(fails=OpenAIError("still gone"))
        call.second_model = ScriptedModel(plans=[Plan(says="Tomorrow, that is.")])
        call.caller_says(at=14.0, until=15.0, text="Thanks")
        call.agent_plans(says="Gladly.")
        call.caller_hangs_up(at=18.0)

        await call.play()

        assert failures(call) == [("model", "retry"), ("model", "second_provider")]
        told = [(m["role"], m["content"]) for m in call.second_model.asked[0]][2:]
        assert told == [
            ("user", "Where is my order?"),
            ("assistant", "It left on Monday. It comes"),
            ("user", prompts.text("goes_on.md")),
        ]
        assert call.heard[3:6] == ["It left on Monday.", "It comes", "Tomorrow, that is."]
        assert call.told()[1:] == [  # and in the next turn nothing of the breakdown is left
            ("user", "Where is my order?"),
            ("assistant", "It left on Monday. It comes Tomorrow, that is."),
            ("user", "Thanks"),
        ]

    run(story())


def test_an_answer_that_broke_off_and_lacked_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        call = asking(tmp_path)
        call.agent_plans(says="It left on Monday.", dies=OpenAIError("gone"))
        call.agent_plans(says="")
        call.caller_hangs_up(at=16.0)

        await call.play()

        assert failures(call) == [("model", "retry")]
        assert call.heard[3:] == ["It left on Monday."]

    run(story())


def test_a_model_whose_words_stop_coming(tmp_path: Path) -> None:
    async def story() -> None:
        call = asking(tmp_path)
        call.agent_plans(says="It left on Monday. You will have it", token_s=30.0)
        call.agent_plans(says="It arrives tomorrow.")
        call.caller_hangs_up(at=22.0)

        await call.play()

        assert failures(call) == [("model", "retry")]
        assert call.heard[-1] == "It arrives tomorrow."
        assert call.carrier.longest_wait(ASKED_AT, 20.0) <= LONGEST_S

    run(story())


@pytest.mark.parametrize("says", ["", " "])
def test_a_model_that_answers_with_nothing(tmp_path: Path, says: str) -> None:
    """Nothing is no answer: it is asked once more, and then the caller is told."""

    async def story() -> None:
        call = asking(tmp_path)
        call.agent_plans(says=says)
        call.agent_plans(says="It arrives tomorrow.")
        call.caller_says(at=12.0, until=13.0, text="And my bill?")
        call.agent_plans(says=says)
        call.agent_plans(says=says)
        call.caller_says(at=22.0, until=23.0, text="My lamp is broken")

        assert await call.play() is Ending.AGENT_HUNG_UP

        assert [failed.error for failed in call.noted(ProviderFailed)] == ["EmptyAnswer"] * 3
        assert [took for _, took in failures(call)] == ["retry", "retry", "apology"]
        assert call.carrier.longest_wait(ASKED_AT, 11.0) <= LONGEST_S
        assert call.carrier.longest_wait(13.0, 20.0) <= LONGEST_S

    run(story())


def test_an_action_and_then_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        call = asking(tmp_path)
        call.agent_plans(says="I am looking it up.", calls=("find_order", {"id": "1"}))
        call.agent_plans(says="")
        call.agent_plans(says="It arrives tomorrow.")
        call.caller_hangs_up(at=16.0)

        await call.play()

        assert len(call.acted) == 1
        assert call.heard[-1] == "It arrives tomorrow."
        assert call.carrier.longest_wait(ASKED_AT, 14.0) <= LONGEST_S

    run(story())


def test_a_guess_that_fails_is_only_a_guess(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.caller_says(at=7.0, until=ASKED_AT, text="Where is my order", guess_at=7.8)
        call.agent_plans(fails=OpenAIError("gone"))
        call.agent_plans(says="It arrives tomorrow.")
        call.caller_hangs_up(at=13.0)

        await call.play()

        assert failures(call) == []
        assert call.heard[3:] == ["It arrives tomorrow."]

    run(story())


def test_the_second_model_answers_for_one_that_hangs(tmp_path: Path) -> None:
    async def story() -> None:
        call = asking(tmp_path)
        call.second_model = ScriptedModel(plans=[Plan(says="It arrives tomorrow.")])
        call.agent_plans(says="Never heard.", first_token_s=60.0)
        call.caller_hangs_up(at=18.0)

        await call.play()

        assert failures(call) == [("model", "second_provider")]
        assert call.heard[-1] == "It arrives tomorrow."
        assert call.carrier.longest_wait(ASKED_AT, 16.0) <= LONGEST_S

    run(story())


# -- actions -----------------------------------------------------------------------------------


def test_a_very_slow_back_office(tmp_path: Path) -> None:
    async def story() -> None:
        call = asking(tmp_path)
        call.tool_takes_s = 17.0
        call.agent_plans(calls=("find_order", {"id": "1"}))
        call.agent_plans(says="It arrives tomorrow.")
        call.caller_hangs_up(at=32.0)

        await call.play()

        assert [filled.reason for filled in call.noted(WaitFilled)] == ["slow_action", "still_waiting"]
        assert call.heard[-1] == "It arrives tomorrow."
        assert call.carrier.longest_wait(ASKED_AT, 30.0) <= LONGEST_S

    run(story())


def test_noise_in_a_wait_does_not_end_our_patience_with_ourselves(tmp_path: Path) -> None:
    """A filler has been heard, the model still thinks, and somebody coughs."""

    async def story() -> None:
        call = asking(tmp_path)
        call.tool_takes_s = 9.0  # until 18.0
        call.agent_plans(calls=("find_order", {"id": "1"}))
        call.agent_plans(says="It arrives tomorrow.")
        call.noise(at=13.3, until=13.8)  # over the moment (12.2 + 1.4) at which we would look again
        call.caller_hangs_up(at=24.0)

        await call.play()

        assert len(call.noted(WaitFilled)) == 2
        assert call.heard[-1] == "It arrives tomorrow."
        assert call.carrier.longest_wait(13.8, 22.0) <= LONGEST_S

    run(story())


# -- the voice ---------------------------------------------------------------------------------


def test_a_slow_voice(tmp_path: Path) -> None:
    async def story() -> None:
        call = asking(tmp_path)
        call.voice_waits_s = 1.9
        call.agent_plans(says="It left our warehouse on Monday. You will have it tomorrow.")
        call.caller_hangs_up(at=22.0)

        await call.play()

        assert call.noted(WaitFilled)[0].reason == "slow_speech"
        assert [h for h in call.heard if h.startswith(("It left", "You will"))] == [
            "It left our warehouse on Monday.",
            "You will have it tomorrow.",
        ]
        assert call.carrier.longest_wait(ASKED_AT, 20.0) <= LONGEST_S

    run(story())


@pytest.mark.parametrize("second", [False, True])
def test_a_voice_without_sound(tmp_path: Path, second: bool) -> None:
    async def story() -> None:
        call = asking(tmp_path)
        call.voices_dead = [True, False] if second else [True]
        call.agent_plans(says="It left our warehouse on Monday. You will have it tomorrow.")
        call.caller_hangs_up(at=24.0)

        await call.play()

        assert failures(call)[0] == ("text_to_speech", "second_provider" if second else "apology")
        said = ["It left our warehouse on Monday.", "You will have it tomorrow."]
        assert [h for h in call.heard if h in said] == (said if second else [])
        assert (SENTENCES.provider_failure in call.heard) is not second
        assert call.carrier.longest_wait(ASKED_AT, 18.0) <= LONGEST_S

    run(story())


@pytest.mark.parametrize("second", [False, True])
def test_fixed_sentences_that_are_not_kept_and_a_voice_without_sound(tmp_path: Path, second: bool) -> None:
    """The provider was away at the start, so nothing is kept; what the law wants heard is heard."""

    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.keeps_sentences = False
        call.voices_dead = [True, False] if second else [False]
        call.caller_says(at=12.0, until=13.0, text="Where is my order?")
        call.agent_plans(says="It arrives tomorrow.")
        call.caller_hangs_up(at=18.0)

        await call.play()

        assert failures(call) == ([("text_to_speech", "second_provider")] if second else [])
        opening = [LINE.disclosure, LINE.recording_notice, LINE.greeting]
        assert call.heard == [*opening, "It arrives tomorrow."]
        assert [notice.notice for notice in call.noted(NoticePlayed)] == ["disclosure", "recording"]

    run(story())


# -- the recogniser ----------------------------------------------------------------------------


def test_a_recogniser_that_is_lost(tmp_path: Path) -> None:
    """Without ears there is nothing to talk about: an apology, and the line's fallback."""

    async def story() -> None:
        call = asking(tmp_path)
        call.recogniser_fails_at = [8.0]

        assert await call.play() is Ending.FALLBACK

        assert failures(call) == [("speech_to_text", "fallback")]
        assert call.heard[-1] == SENTENCES.line_trouble and not call.spoken[-1].interrupted
        assert call.carrier.played[-1].begins == approx(8.0, abs=0.03)
        assert call.ended_at == approx(8.0 + len(SENTENCES.line_trouble) / 16, abs=0.05)

    run(story())


def test_a_second_recogniser_hears_on(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.recognisers = 2
        call.recogniser_fails_at = [6.0]
        call.caller_says(at=11.0, until=12.0, text="Where is my order?")
        call.agent_plans(says="It arrives tomorrow.")
        call.caller_hangs_up(at=18.0)

        assert await call.play() is Ending.CALLER_LEFT

        assert failures(call) == [("speech_to_text", "second_provider")]
        assert call.heard[3:] == [SENTENCES.resumed, "It arrives tomorrow."]
        assert call.carrier.longest_wait(12.0, 16.0) <= LONGEST_S

    run(story())


def test_the_second_recogniser_is_lost_too(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.recognisers = 2
        call.recogniser_fails_at = [6.0, 12.0]

        assert await call.play() is Ending.FALLBACK

        assert [took for _, took in failures(call)] == ["second_provider", "fallback"]
        assert call.heard[-1] == SENTENCES.line_trouble

    run(story())


def test_a_recogniser_that_never_ends_a_turn(tmp_path: Path) -> None:
    """Our own ear knows that the caller is quiet: after 3.5 s the words so far are the turn."""

    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.caller_says(at=7.0, until=30.0, text="Where is it now then I wonder", loud=False)
        call.carrier.speech.append((7.0, 8.5))
        call.agent_plans(says="It arrives tomorrow.")
        call.caller_hangs_up(at=16.0)

        await call.play()

        assert "It arrives tomorrow." in call.heard
        answered = next(s for s in call.spoken if s.heard == "It arrives tomorrow.")
        assert answered.started_ms <= 1000 * (8.5 + 3.5 + 1.0 + 0.25 + 0.03 + 0.09) + 50

    run(story())
