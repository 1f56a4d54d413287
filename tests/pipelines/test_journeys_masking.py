"""What nobody may keep is heard by nobody, in virtual time: words, keys, sound, logs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from loguru import logger

from domain.events import CallerSaid, InputMasked, KeypadPressed
from tests.pipelines.asked import NOTICES_S
from tests.support.scripted_call import ListLive, ScriptedCall
from tests.support.scripted_carrier import QUIET
from tests.support.virtual_time import run

CARD = "[card number]"
ASKS = "Please read me the number on the front of your card."
GROUPS = ("four one one one", "one one one one", "one one one one", "one one one two")


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """Everything that is logged but by pipecat, which production silences (`app.logs`)."""
    lines: list[str] = []
    sink = logger.add(lines.append, level="TRACE", format="{message} {extra}")
    logger.disable("pipecat")
    yield lines
    logger.enable("pipecat")
    logger.remove(sink)


def is_silent(call: ScriptedCall, begins: float, ends: float) -> bool:
    """The caller's side of the recording, which begins with the notices' end."""
    first, past = (round(8000 * (at - NOTICES_S)) for at in (begins, ends))
    sound = call.recordings.caller[first:past]
    assert len(sound) == past - first
    return set(sound) == {QUIET[0]}


def known(call: ScriptedCall) -> str:
    """All that anybody was told of the call."""
    assert isinstance(call.live, ListLive)
    told = [message for asked in call.model.asked for message in asked]
    return f"{call.journal.events} {told} {call.live.shown} {call.truth.said} {call.call._sheet.context}"


def paying(folder: Path) -> ScriptedCall:
    """The caller wants to pay; we ask for their card's number, until 12.5 or so."""
    call = ScriptedCall(folder)
    call.live = ListLive()
    call.caller_says(at=7.0, until=8.0, text="I would like to pay.")
    call.agent_plans(says=ASKS)
    return call


def test_a_card_number_in_one_breath(tmp_path: Path, logged: list[str]) -> None:
    async def story() -> None:
        call = paying(tmp_path)
        call.caller_says(at=13.0, until=18.0, text=f"It is {' '.join(GROUPS)}", guess_at=17.5)
        call.agent_plans(says="Thank you.")
        call.agent_plans(says="Thank you.")
        call.caller_hangs_up(at=22.0)
        await call.play()
        await call.call.close()

        assert call.noted(CallerSaid)[-1].text == f"It is {CARD}"
        assert call.told()[-1] == ("user", f"It is {CARD}")
        for where in (known(call), "\n".join(logged)):
            assert "one one one" not in where and "1111" not in where
        assert [masked.what for masked in call.noted(InputMasked)] == ["card"]
        assert len(call.recordings.silenced) == 1  # what was written already; the rest never is
        assert is_silent(call, 13.0, 18.0) and not is_silent(call, 7.0, 8.0)
        assert call.heard[-1] == "Thank you."

    run(story())


def test_a_card_number_in_four_groups(tmp_path: Path, logged: list[str]) -> None:
    async def story() -> None:
        call = paying(tmp_path)
        for number, group in enumerate(GROUPS):
            at = 13.0 + 4 * number
            call.caller_says(at=at, until=at + 1.5, text=group)
            call.agent_plans(says="Go on.")
        call.caller_hangs_up(at=30.0)
        await call.play()
        await call.call.close()

        said = [said.text for said in call.noted(CallerSaid)]
        assert len(said) == 5 and all(CARD in text for text in said[1:])
        for where in (known(call), "\n".join(logged)):
            assert "one one one" not in where and "1111" not in where
        for number in range(4):
            assert is_silent(call, 13.0 + 4 * number, 14.5 + 4 * number)
        assert not is_silent(call, 7.0, 8.0)

    run(story())


def test_a_card_number_on_the_keypad(tmp_path: Path, logged: list[str]) -> None:
    async def story() -> None:
        call = paying(tmp_path)
        call.caller_presses(at=13.0, keys="4111111111111111#")
        call.carrier.speech.append((13.0, 17.5))  # tones that the carrier left in the sound
        call.agent_plans(says="Thank you.")
        call.caller_hangs_up(at=24.0)
        await call.play()
        await call.call.close()

        assert [pressed.digits for pressed in call.noted(KeypadPressed)] == [CARD]
        assert CARD in call.told()[-1][1]
        for where in (known(call), "\n".join(logged)):
            assert "1111" not in where and "1 1 1" not in where
        assert is_silent(call, 12.5, 18.0)
        assert call.heard[-1] == "Thank you."

    run(story())


def test_a_card_number_on_the_keypad_group_by_group(tmp_path: Path) -> None:
    """Nobody said that it was one; what was told of the first groups is told no longer."""

    async def story() -> None:
        call = ScriptedCall(tmp_path)
        for number, group in enumerate(("4539", "1488", "0343", "6467")):
            call.caller_presses(at=8.0 + 5 * number, keys=group)
            call.agent_plans(says="Go on.")
        call.caller_hangs_up(at=30.0)
        await call.play()
        await call.call.close()

        told = [words for who, words in call.told() if who == "user"]
        assert told == [f"(The caller pressed {CARD} on the keypad.)"] * 4
        assert is_silent(call, 8.0, 24.0)

    run(story())


def test_an_ordinary_number_stays(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path)
        call.live = ListLive()
        call.caller_says(at=7.0, until=9.0, text="My order number is four seven one two.")
        call.agent_plans(says="Thank you.")
        call.caller_hangs_up(at=14.0)
        await call.play()
        assert call.told()[-1] == ("user", "My order number is four seven one two.")
        assert ("caller_partial", "My order number is four") in call.live.shown
        assert not call.recordings.silenced and not call.noted(InputMasked)

    run(story())
