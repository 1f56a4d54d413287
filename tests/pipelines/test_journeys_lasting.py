"""Whole calls in virtual time: what outlives a socket, a process, a call, and a long talk."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from openai import OpenAIError
from pytest import approx

from domain.events import (
    AgentSpoke,
    CallerSaid,
    ContextShortened,
    Event,
    NoticePlayed,
    RecordingStarted,
    StreamLost,
    StreamResumed,
)
from domain.ports.media import Ending
from tests.pipelines.asked import NOTICES_S, SENTENCES, asking
from tests.support.scripted_call import LINE, ScriptedCall
from tests.support.scripted_carrier import ScriptedCarrier
from tests.support.scripted_organs import Said, ScriptedModel
from tests.support.virtual_time import run

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
        call.answered_s_ago = 40.0
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
        assert [resumed.at_ms for resumed in call.noted(StreamResumed)] == [40_000], "its time goes on"
        assert call.noted(CallerSaid)[0].started_ms == approx(45_000, abs=200)
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
        assert shortened.summary.startswith("They asked a lot.\n")
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


def long_call(folder: Path, *, turns: int) -> ScriptedCall:
    """A promise and an action stand at its beginning; the rest is small talk."""
    call = ScriptedCall(folder)
    call.tool_result = {"outcome": "found", "product": "Aurora lamp", "total": "19.90 EUR"}
    call.caller_says(at=7.0, until=8.5, text="Where is order TW-4712?")
    call.agent_plans(calls=("find_order", {"order_id": "TW-4712"}))
    call.agent_plans(says="I will ring you on Friday.")
    for turn in range(turns):
        begins = 13.0 + 6.0 * turn
        call.caller_says(at=begins, until=begins + 1.0, text="And then?")
        call.agent_plans(says="Nothing new.")
    call.caller_hangs_up(at=13.0 + 6.0 * turns)
    return call


OWED = ("agent: I will ring you on Friday.", "TW-4712", "Aurora lamp", "19.90", "found")


def test_what_a_summary_leaves_out_is_told_all_the_same(tmp_path: Path) -> None:
    async def story() -> None:
        call = long_call(tmp_path, turns=22)
        call.model.summary = "They talked."

        await call.play()

        [shortened] = call.noted(ContextShortened)
        told = call.model.asked[-1][0]["content"]
        assert all(words in told and words in shortened.summary for words in OWED)

    run(story())


def test_a_second_shortening_loses_nothing_of_the_first(tmp_path: Path) -> None:
    async def story() -> None:
        call = long_call(tmp_path, turns=40)
        call.model.summary = "They talked."

        await call.play()

        assert len(call.noted(ContextShortened)) == 2
        assert all(words in call.model.asked[-1][0]["content"] for words in OWED)

    run(story())


def test_the_second_model_writes_the_summary_that_the_first_one_does_not(tmp_path: Path) -> None:
    async def story() -> None:
        call = long_call(tmp_path, turns=22)
        call.model.summary = OpenAIError("gone")
        call.second_model = ScriptedModel(summary="They talked at length.")

        await call.play()

        assert call.noted(ContextShortened)[0].summary.startswith("They talked at length.")

    run(story())


def test_without_a_summary_every_turn_stays(tmp_path: Path) -> None:
    async def story() -> None:
        call = long_call(tmp_path, turns=22)
        call.model.summary = OpenAIError("gone")
        call.second_model = ScriptedModel(summary=TimeoutError())

        await call.play()

        assert not call.noted(ContextShortened)
        assert ("user", "Where is order TW-4712?") in call.told()

    run(story())


def test_without_recording_nothing_is_recorded(tmp_path: Path) -> None:
    async def story() -> None:
        call = ScriptedCall(tmp_path, line=replace(LINE, recording=False))
        call.caller_hangs_up(at=6.0)

        await call.play()

        assert call.heard == [LINE.disclosure, LINE.greeting]
        assert not call.recordings.caller and not call.noted(RecordingStarted)

    run(story())
