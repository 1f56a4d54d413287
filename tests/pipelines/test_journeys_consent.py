"""The read-back and its answer, and the deed that follows, in virtual time.

The question ends at 8.5 s; the recogniser says so at 8.76, the model wants the refund at 9.01, the gate takes
0.1 s to ask, and the voice 0.09 s: the read-back sounds at 9.2 and ends at 13.76. Its amount and order are
heard by 12.64.
"""

from pathlib import Path

from pytest import approx

from domain.confirmation import Said
from domain.events import CallerInterrupted, SilenceMet, WaitFilled
from domain.ports.media import Ending
from pipelines.kit import Patience
from tests.pipelines.asked import SENTENCES
from tests.pipelines.read_back import CONFIRM, DECLINED, DONE, ENDS, READ_BACK, SOUNDS, read_back, results
from tests.support import scripted_organs as organs
from tests.support.scripted_carrier import ScriptedCarrier
from tests.support.scripted_gate import told
from tests.support.virtual_time import run


def test_the_read_back_is_spoken_as_it_stands_and_a_yes_does_the_deed(tmp_path: Path) -> None:
    async def story() -> None:
        call = read_back(tmp_path, DONE)
        call.gate.hearing_takes_s = 0.5
        call.caller_says(at=14.5, until=15.0, text="Yes please.")
        call.agent_plans(says="That is done.")
        call.caller_hangs_up(at=20.0)

        await call.play()

        question = next(spoken for spoken in call.spoken if spoken.text == READ_BACK)
        assert question.heard == READ_BACK and question.origin == "fixed"
        assert question.started_ms == approx(1000 * SOUNDS, abs=20)
        assert question.ended_ms == approx(1000 * ENDS, abs=20)
        assert call.gate.heard == [Said(text="Yes please.", by="voice", heard=READ_BACK)]
        assert len(call.model.asked) == 2  # what was read back is not for the model to rephrase
        assert results(call) == ["confirm", "done"]
        assert call.told()[-3:-1] == [("user", "Yes please."), ("assistant", "calls refund")]
        assert call.heard[-1] == "That is done."
        # the turn is over at 15.26, the deed at 15.76, then the model, three words, and the voice
        assert call.spoken[-1].started_ms == approx(15_760 + 250 + 30 + 90, abs=20)

    run(story())


def test_no_is_told_to_the_model(tmp_path: Path) -> None:
    async def story() -> None:
        call = read_back(tmp_path, DECLINED)
        call.caller_says(at=14.5, until=14.9, text="No.")
        call.agent_plans(says="All right.")
        call.caller_hangs_up(at=20.0)
        await call.play()
        assert results(call) == ["confirm", "declined"]
        assert call.heard[-1] == "All right."

    run(story())


def test_an_unclear_answer_has_it_read_again(tmp_path: Path) -> None:
    """Also "mhm": behind our question it is an answer, and no clear one."""

    async def story() -> None:
        call = read_back(tmp_path, CONFIRM, DONE)
        call.caller_says(at=14.5, until=14.9, text="mhm")
        call.caller_says(at=20.5, until=21.0, text="Yes.")
        call.agent_plans(says="That is done.")
        call.caller_hangs_up(at=26.0)
        await call.play()
        assert [said.text for said in call.gate.heard] == ["mhm", "Yes."]
        again = [spoken for spoken in call.spoken if spoken.text == READ_BACK]
        assert [spoken.heard for spoken in again] == [READ_BACK] * 2
        assert again[1].started_ms == approx(14_900 + 260 + 90, abs=20)
        assert len(call.model.asked) == 2
        assert results(call) == ["confirm", "confirm", "done"]

    run(story())


def test_a_yes_in_the_first_half_is_a_backchannel(tmp_path: Path) -> None:
    async def story() -> None:
        call = read_back(tmp_path, DONE)
        call.caller_says(at=10.5, until=10.9, text="yes")
        call.caller_says(at=14.5, until=14.9, text="Yes.")
        call.caller_hangs_up(at=20.0)
        await call.play()
        assert not call.carrier.clears
        assert [said.text for said in call.gate.heard] == ["Yes."]

    run(story())


def test_two_words_in_the_first_half_are_too_early(tmp_path: Path) -> None:
    async def story() -> None:
        call = read_back(tmp_path, CONFIRM, DONE)
        call.caller_says(at=10.5, until=11.1, text="yes please")
        call.caller_says(at=17.0, until=17.4, text="Yes.")
        call.caller_hangs_up(at=22.0)
        await call.play()
        assert len(call.carrier.clears) == 1
        early, late = call.gate.heard
        # noticed at 10.6, which speech is 0.2 s late: 1.2 s of sound at 16 characters a second
        assert early.heard == "I will refund"
        assert late.heard == READ_BACK
        assert [spoken.heard for spoken in call.spoken if spoken.text == READ_BACK][1] == READ_BACK

    run(story())


def test_a_yes_that_began_before_the_amount_agrees_to_nothing(tmp_path: Path) -> None:
    """It is over only when everything was read: it is still the answer to what had been heard by then."""

    async def story() -> None:
        call = read_back(tmp_path, CONFIRM)
        call.caller_says(at=11.0, until=14.0, text="yes")
        call.caller_hangs_up(at=20.0)
        await call.play()
        [said] = call.gate.heard
        assert said.heard == "I will refund twenty euros"  # 11.1 - 0.2 - 9.2 = 1.7 s: 27 characters
        assert call.heard[-1] == READ_BACK  # read again

    run(story())


def test_a_yes_to_another_sentence_of_ours_agrees_to_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        call = read_back(tmp_path, CONFIRM, patience=Patience(ask_after_s=3.0))
        call.caller_says(at=18.5, until=18.9, text="Yes.")
        call.caller_hangs_up(at=22.0)
        await call.play()
        assert [met.step for met in call.noted(SilenceMet)] == ["ask"]
        assert SENTENCES.silence_ask in call.heard
        assert call.gate.heard == [Said(text="Yes.", by="voice", heard="")]

    run(story())


def test_asked_whether_it_is_a_machine_it_says_so_and_reads_again(tmp_path: Path) -> None:
    async def story() -> None:
        call = read_back(tmp_path, CONFIRM, DONE)
        call.caller_says(at=14.5, until=15.5, text="Am I talking to a machine?")
        call.caller_says(at=26.0, until=26.4, text="Yes.")
        call.caller_hangs_up(at=30.0)
        await call.play()
        assert call.heard[-3:-1] == [SENTENCES.machine_answer, READ_BACK]
        assert call.gate.heard[-1] == Said(text="Yes.", by="voice", heard=READ_BACK)

    run(story())


def test_keys_answer_too_and_the_turn_is_ours_then(tmp_path: Path) -> None:
    async def story() -> None:
        call = read_back(tmp_path, DONE)
        call.gate.hearing_takes_s = 3.0
        call.caller_presses(at=14.5, keys="1")
        call.agent_plans(says="That is done, and it is with you by Thursday at the latest.")
        call.caller_says(at=21.0, until=22.0, text="No wait, stop.")
        call.agent_plans(says="Stopped.")
        call.caller_hangs_up(at=26.0)
        await call.play()
        assert call.gate.heard == [Said(text="1", by="keypad", heard=READ_BACK)]
        # an entry ends 1.5 s behind its last key; the silence is filled, and the answer can be cut off
        assert [filled.reason for filled in call.noted(WaitFilled)] == ["slow_action"]
        assert call.noted(CallerInterrupted)[-1].at_ms == approx(21_100, abs=20)
        assert call.heard[-1] == "Stopped."

    run(story())


def test_a_key_over_the_read_back_counts_from_what_was_heard_then(tmp_path: Path) -> None:
    async def story() -> None:
        call = read_back(tmp_path, CONFIRM)
        call.caller_presses(at=10.5, keys="1")
        call.caller_hangs_up(at=18.0)
        await call.play()
        assert call.gate.heard == [Said(text="1", by="keypad", heard="I will refund")]
        assert call.heard[-1] == READ_BACK

    run(story())


def test_more_than_one_key_is_no_yes(tmp_path: Path) -> None:
    async def story() -> None:
        call = read_back(tmp_path, CONFIRM)
        call.caller_presses(at=14.5, keys="12")
        call.caller_hangs_up(at=18.0)
        await call.play()
        [said] = call.gate.heard
        assert (said.by, said.text) == ("voice", "(The caller pressed 1 2 on the keypad.)")

    run(story())


def test_another_topic_lapses_and_the_model_answers_it(tmp_path: Path) -> None:
    async def story() -> None:
        call = read_back(tmp_path, told("lapsed", "I have not done that."))
        topic = "What about the other parcel that I ordered last week?"
        call.caller_says(at=14.5, until=16.5, text=topic)
        call.agent_plans(says="That one is on its way.")
        call.caller_hangs_up(at=22.0)
        await call.play()
        assert ("user", topic) in call.told()
        assert results(call) == ["confirm", "lapsed"]
        assert call.heard[-1] == "That one is on its way."

    run(story())


def test_a_question_that_was_not_heard_is_none(tmp_path: Path) -> None:
    """The caller goes on before the read-back sounds: their whole turn is for the model."""

    async def story() -> None:
        call = read_back(tmp_path)
        call.caller_says(at=8.95, until=10.0, text="No, the other one.")
        call.agent_plans(says="Which one?")
        call.caller_hangs_up(at=14.0)
        await call.play()
        assert not call.gate.heard and not call.gate.asking
        assert ("user", "I want my money back. No, the other one.") in call.told()
        assert READ_BACK not in [spoken.text for spoken in call.spoken]

    run(story())


def test_who_speaks_over_the_deed_does_not_stop_it_and_hears_of_it(tmp_path: Path) -> None:
    async def story() -> None:
        call = read_back(tmp_path, DONE)
        call.gate.hearing_takes_s = 5.0  # until 19.76
        call.caller_says(at=14.0, until=14.5, text="Yes please.")
        call.caller_says(at=15.3, until=16.5, text="How long does it take?")
        call.agent_plans(says="It is under way.")
        call.caller_says(at=21.5, until=22.5, text="Good. Anything else?")
        call.agent_plans(says="That was all.")
        call.caller_hangs_up(at=26.0)
        await call.play()
        assert len(call.gate.heard) == 1 and call.gate.done == [DONE]
        assert results(call, 1) == ["confirm", "under_way"]
        assert ("user", "Yes please. How long does it take?") in call.told(1)
        assert results(call) == ["confirm", "under_way", "done"]
        assert call.heard[-3:] == ["It is under way.", DONE.say, "That was all."]
        assert call.spoken[-2].started_ms == approx(19_760 + 90, abs=30)

    run(story())


def test_who_still_speaks_when_the_deed_is_done_hears_it_from_the_model(tmp_path: Path) -> None:
    async def story() -> None:
        call = read_back(tmp_path, DONE)
        call.gate.hearing_takes_s = 1.5  # until 16.26
        call.caller_says(at=14.0, until=14.5, text="Yes please.")
        call.caller_says(at=15.3, until=17.0, text="How long does it take?")
        call.agent_plans(says="It is done already.")
        call.caller_hangs_up(at=22.0)
        await call.play()
        assert results(call) == ["confirm", "under_way", "done"]
        assert call.heard[-1] == "It is done already." and DONE.say not in call.heard

    run(story())


def test_who_hangs_up_in_mid_deed_leaves_nothing_behind(tmp_path: Path) -> None:
    async def story() -> None:
        call = read_back(tmp_path, DONE)
        call.gate.hearing_takes_s = 5.0
        call.caller_says(at=14.0, until=14.5, text="Yes please.")
        call.caller_hangs_up(at=15.5)
        assert await call.play() is Ending.CALLER_LEFT
        assert call.gate.done == []
        await call.call.close()  # waits for the deed, so that the journal that it settles has it
        assert call.gate.done == [DONE]

    run(story())


def test_the_caller_is_kept_company_while_a_deed_takes_its_time(tmp_path: Path) -> None:
    """Beyond any patience with a model: the deed bounds itself."""

    async def story() -> None:
        call = read_back(tmp_path, DONE)
        call.gate.hearing_takes_s = 25.0
        call.caller_says(at=14.5, until=15.0, text="Yes please.")
        call.agent_plans(says="That is done.")
        call.caller_hangs_up(at=44.0)
        await call.play()
        reasons = [filled.reason for filled in call.noted(WaitFilled)]
        assert reasons[:2] == ["slow_action", "still_waiting"]
        assert call.carrier.longest_silence(15.0, 40.0) < 2.0
        assert call.heard[-1] == "That is done."
        assert len(call.model.asked) == 2

    run(story())


def test_of_two_actions_at_once_one_asks(tmp_path: Path) -> None:
    async def story() -> None:
        call = read_back(tmp_path, DONE)
        call.model.plans = [
            organs.Plan(calls=[("refund", {"order_id": "4712"}), ("find_order", {"order_id": "4712"})]),
            organs.Plan(says="That is done."),
        ]
        call.tools["find_order"] = (1.0, {"outcome": "found"})
        call.caller_says(at=15.5, until=15.9, text="Yes.")
        call.caller_hangs_up(at=20.0)
        await call.play()
        question = next(spoken for spoken in call.spoken if spoken.text == READ_BACK)
        assert question.started_ms >= 10_000  # once the other one is done
        assert results(call) == ["confirm", "found", "done"]

    run(story())


def test_a_goodbye_is_stronger_than_a_question(tmp_path: Path) -> None:
    async def story() -> None:
        call = read_back(tmp_path)
        call.model.plans = [organs.Plan(says="Goodbye.", calls=[("refund", {}), ("end_call", {})])]
        assert await call.play() is Ending.AGENT_HUNG_UP
        assert not call.gate.asking and not call.gate.heard
        assert READ_BACK not in call.heard

    run(story())


def test_on_another_socket_nobody_agrees_to_what_was_read_on_the_first(tmp_path: Path) -> None:
    async def story() -> None:
        call = read_back(tmp_path)
        call.carrier.dies_at = 14.2
        assert await call.play() is Ending.STREAM_LOST
        call.agent_plans(says="Then I will read it to you again.")
        second = ScriptedCarrier(hangs_up_at=9.0, speech=[(4.5, 4.9)])
        await call.play_on(second, organs.Said(at=4.5, until=4.9, text="Yes."))
        assert not call.gate.asking and not call.gate.heard
        assert call.told()[-1] == ("user", "Yes.")

    run(story())


def test_a_deed_that_outlives_its_socket_is_known_on_the_next(tmp_path: Path) -> None:
    async def story() -> None:
        call = read_back(tmp_path, DONE)
        call.gate.hearing_takes_s = 3.0  # until 17.76
        call.caller_says(at=14.0, until=14.5, text="Yes please.")
        call.carrier.dies_at = 15.5
        assert await call.play() is Ending.STREAM_LOST
        call.agent_plans(says="It is done.")
        second = ScriptedCarrier(hangs_up_at=9.0, speech=[(4.5, 4.9)])
        await call.play_on(second, organs.Said(at=4.5, until=5.5, text="Was it done?"))
        assert results(call) == ["confirm", "done"]

    run(story())
