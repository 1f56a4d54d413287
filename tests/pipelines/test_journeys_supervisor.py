"""A supervisor decides while the caller waits, in virtual time."""

from pathlib import Path

from pytest import approx

from domain.events import SilenceMet
from domain.ports.media import Ending
from pipelines.kit import Patience
from tests.pipelines.asked import SENTENCES
from tests.pipelines.read_back import DONE, read_back, results
from tests.support.scripted_call import ScriptedCall
from tests.support.scripted_carrier import ScriptedCarrier
from tests.support.scripted_gate import told
from tests.support.virtual_time import run


def waiting(folder: Path, decides_after_s: float, decision: object) -> ScriptedCall:
    """The caller's yes, at 15.26, leads to a supervisor; the model says so until 17.2."""
    asked = told("waiting", "I am asking my colleague.", waits_for="d-1")
    call = read_back(folder, asked, patience=Patience(ask_after_s=4.0))
    call.caller_says(at=14.5, until=15.0, text="Yes please.")
    call.agent_plans(says="I am asking my colleague.")
    call.gate.decision = (decides_after_s, decision)  # type: ignore[assignment]  # an outcome
    return call


def test_a_caller_who_waits_for_a_supervisor_is_kept_company_and_hears_the_decision_at_once(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        call = waiting(tmp_path, 12.0, DONE)  # 15.26 + 12 = 27.26
        call.caller_hangs_up(at=32.0)
        await call.play()
        assert call.heard[-3:] == ["I am asking my colleague.", SENTENCES.supervisor_asked[1], DONE.say]
        assert call.spoken[-1].started_ms == approx(27_260 + 90, abs=30)
        assert not call.noted(SilenceMet)

    run(story())


def test_a_decision_does_not_talk_over_the_caller(tmp_path: Path) -> None:
    async def story() -> None:
        call = waiting(tmp_path, 4.0, DONE)  # 19.26
        call.caller_says(at=18.5, until=20.5, text="What about the other one?")
        call.agent_plans(says="That one is on its way.")
        call.caller_says(at=25.5, until=26.5, text="Very good.")
        call.agent_plans(says="Goodbye.")
        call.caller_hangs_up(at=30.0)
        await call.play()
        assert call.heard[-3:] == ["That one is on its way.", DONE.say, "Goodbye."]
        assert results(call) == ["confirm", "waiting", "done"]

    run(story())


def test_a_smaller_amount_is_read_back_anew(tmp_path: Path) -> None:
    async def story() -> None:
        less = told("confirm", "I will refund ten euros for order four seven one two. Shall I do that?")
        call = waiting(tmp_path, 4.0, less)
        call.gate.hears.append(DONE)
        call.caller_says(at=18.5, until=20.5, text="No, what about the other one?")
        call.agent_plans(says="That one is on its way.")
        call.caller_says(at=28.5, until=29.0, text="Yes please.")
        call.agent_plans(says="That is done.")
        call.caller_hangs_up(at=34.0)
        await call.play()
        # the "no" was none to an offer that had not been heard
        assert [said.text for said in call.gate.heard] == ["Yes please.", "Yes please."]
        assert call.gate.heard[1].heard == less.say
        assert call.heard[-3:] == ["That one is on its way.", less.say, "That is done."]

    run(story())


def test_nobody_decides(tmp_path: Path) -> None:
    async def story() -> None:
        later = told("approval_later", "I have no answer yet. We will let you know.")
        call = waiting(tmp_path, 10.0, later)
        call.caller_hangs_up(at=30.0)
        await call.play()
        assert call.heard[-1] == later.say
        assert call.spoken[-1].started_ms == approx(25_260 + 90, abs=30)

    run(story())


def test_on_another_socket_the_decision_is_still_waited_for(tmp_path: Path) -> None:
    async def story() -> None:
        call = waiting(tmp_path, 10.0, DONE)
        call.carrier.dies_at = 18.0
        assert await call.play() is Ending.STREAM_LOST
        await call.play_on(ScriptedCarrier(hangs_up_at=14.0))
        assert call.heard[-1] == DONE.say

    run(story())


def test_who_hangs_up_waits_for_nobody(tmp_path: Path) -> None:
    async def story() -> None:
        call = waiting(tmp_path, 600.0, DONE)
        call.caller_hangs_up(at=20.0)
        await call.play()
        await call.call.close()
        assert call.carrier.now < 30.0

    run(story())
