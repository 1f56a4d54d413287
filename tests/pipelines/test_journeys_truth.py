"""A sentence that nothing in the call bears out is not spoken, in virtual time."""

from pathlib import Path

from pytest import approx

import prompts
from domain.events import SentenceHeldBack
from tests.pipelines.asked import SENTENCES, asking
from tests.support import scripted_organs as organs
from tests.support.scripted_call import LINE, ListLive, ScriptedCall
from tests.support.scripted_gate import told
from tests.support.virtual_time import run

TRUE = "It left our warehouse on Monday."
FALSE = "You will have it tomorrow."
WORSE = "You have it already."
HONEST = "I do not know when it comes."
NOTE = prompts.from_the_facts(("date",))


def answering(folder: Path, *answers: str) -> ScriptedCall:
    """The model's answers to one question; two sentences are false."""
    call = asking(folder, answer=answers[0])
    for answer in answers[1:]:
        call.agent_plans(says=answer)
    call.truth.false = {FALSE: ["date"], WORSE: ["date"]}
    call.caller_hangs_up(at=18.0)
    return call


def test_a_false_sentence_is_said_again_from_the_facts(tmp_path: Path) -> None:
    async def story() -> None:
        call = answering(tmp_path, FALSE, HONEST)
        call.live = ListLive()
        await call.play()
        assert call.noted(SentenceHeldBack) == [
            SentenceHeldBack(turn=1, kinds=("date",), instead="asked_again")
        ]
        assert call.told(1)[-2:] == [("user", "Where is my order?"), ("user", NOTE)]
        assert call.heard[-1] == HONEST
        # five words, the second answer's first token, seven words, the voice
        assert call.spoken[-1].started_ms == approx(8760 + 250 + 50 + 250 + 70 + 90, abs=30)
        assert FALSE not in str(call.journal.events) + str(call.live.shown) + str(call.call._sheet.context)
        assert NOTE not in str(call.call._sheet.context)  # for this one answer only

    run(story())


def test_what_is_false_again_gives_way_to_a_safe_sentence(tmp_path: Path) -> None:
    async def story() -> None:
        call = answering(tmp_path, FALSE, WORSE)
        await call.play()
        assert [held.instead for held in call.noted(SentenceHeldBack)] == ["asked_again", "safe_sentence"]
        assert call.heard[-1] == SENTENCES.safe_answer
        assert len(call.model.asked) == 2

    run(story())


def test_the_true_sentence_before_it_is_heard_and_only_the_false_one_replaced(tmp_path: Path) -> None:
    async def story() -> None:
        call = answering(tmp_path, f"{TRUE} {FALSE} Is there anything else?", HONEST)
        await call.play()
        assert call.heard[-2:] == [TRUE, HONEST]
        assert call.told(1)[-2:] == [("assistant", TRUE), ("user", NOTE)]
        assert call.carrier.longest_silence(9.3, 12.5) < 0.1
        assert not call.carrier.clears

    run(story())


def test_a_guess_is_held_back_too(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.caller_says(at=7.0, until=8.5, text="Where is my order?", guess_at=8.0)
        call.agent_plans(says=FALSE)
        call.agent_plans(says=HONEST)
        call.truth.false = {FALSE: ["date"]}
        call.caller_hangs_up(at=14.0)
        await call.play()
        assert call.heard[-1] == HONEST and FALSE not in call.heard
        assert call.told(1)[-2:] == [("user", "Where is my order?"), ("user", NOTE)]

    run(story())


def test_a_guess_that_comes_to_nothing_asks_nobody_again(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.caller_says(at=7.0, until=9.5, text="Where is my order or my refund?", guess_at=7.8, guess_withdrawn_at=8.6, guess="Where is my order")  # fmt: skip  # noqa: E501
        call.agent_plans(says=FALSE)
        call.agent_plans(says=HONEST)
        call.truth.false = {FALSE: ["date"]}
        call.caller_hangs_up(at=14.0)
        await call.play()
        assert call.heard[-1] == HONEST
        assert not call.noted(SentenceHeldBack)

    run(story())


def test_a_claim_is_held_back_and_the_deed_that_it_wants_is_done(tmp_path: Path) -> None:
    """The model claims the deed and asks for it in one breath."""

    async def story() -> None:
        call = answering(tmp_path, FALSE)
        call.model.plans = [
            organs.Plan(says=f"{FALSE} Anything else?", calls=("refund", {"order_id": "4712"})),
            organs.Plan(says=HONEST),
        ]
        call.tools["refund"] = (0.1, told("done", "Done."))
        await call.play()
        assert [name for name, _ in call.acted] == ["refund"]
        assert call.heard[-2:] == [LINE.greeting, HONEST]
        assert [held.instead for held in call.noted(SentenceHeldBack)] == ["asked_again"]
        assert len(call.model.asked) == 2

    run(story())


def test_who_cuts_in_while_it_is_said_again_is_answered(tmp_path: Path) -> None:
    async def story() -> None:
        call = answering(tmp_path, f"{TRUE} {FALSE}", HONEST, "The other one is here.")
        call.caller_says(at=10.5, until=11.5, text="No, the other one.")
        await call.play()
        assert call.heard[-1] == "The other one is here."
        assert NOTE not in [text for _, text in call.told()]

    run(story())


def test_each_turn_has_its_own_second_try(tmp_path: Path) -> None:
    async def story() -> None:
        call = answering(tmp_path, FALSE, HONEST, WORSE, "I cannot say.")
        call.caller_says(at=13.0, until=14.0, text="And the other one?")
        await call.play()
        assert [held.instead for held in call.noted(SentenceHeldBack)] == ["asked_again"] * 2
        assert call.heard[-1] == "I cannot say."

    run(story())


def test_what_the_caller_said_is_learned_as_said(tmp_path: Path) -> None:
    async def story() -> None:
        call = answering(tmp_path, TRUE)
        call.caller_presses(at=12.5, keys="4712")
        await call.play()
        assert call.truth.said == ["Where is my order?", "4712"]
        assert LINE.greeting not in call.truth.said

    run(story())
