"""Somebody at the desk pauses the recording of a live call."""

import pytest

from app.telephony.recording_pause import DESK, NotPausable, was_paused
from domain.events import RecordingPaused, RecordingResumed, RecordingStarted
from tests.app.telephony.carrier import Carrier


@pytest.fixture
def carrier() -> Carrier:
    return Carrier()


async def why_not(carrier: Carrier, call_id: str) -> str:
    with pytest.raises(NotPausable) as refused:
        await carrier.exchange.recording_pause.set(call_id, paused=True, reason="card number")
    return refused.value.reason


async def test_a_pause_and_its_end_are_journalled_on_the_calls_own_time(carrier: Carrier) -> None:
    await carrier.stream(await carrier.ring("anna"), "anna")
    pause, call_id = carrier.exchange.recording_pause, carrier.call("anna").id
    carrier.clock.passed_s += 12.5
    assert await pause.set(call_id, paused=True, reason="card number")
    assert carrier.talks[0].recorder.paused_by == {DESK}
    assert not await pause.set(call_id, paused=True, reason="again")
    carrier.clock.passed_s += 10
    assert await pause.set(call_id, paused=False, reason="done")
    assert carrier.talks[0].recorder.paused_by == set()
    assert carrier.diary.events == [
        (call_id, RecordingPaused(at_ms=12_500, reason="card number")),
        (call_id, RecordingResumed(at_ms=22_500)),
    ]


async def test_what_cannot_be_paused_says_why(carrier: Carrier) -> None:
    assert await why_not(carrier, "0" * 32) == "unknown_call"
    document = await carrier.ring("anna")
    call_id = carrier.call("anna").id
    assert await why_not(carrier, call_id) == "not_recorded"
    await carrier.stream(document, "anna")
    carrier.talks[0].recorder.running = False
    assert await why_not(carrier, call_id) == "not_recorded"
    await carrier.exchange.live.close()
    assert await why_not(carrier, call_id) == "elsewhere"
    await carrier.status("anna", "completed")
    assert await why_not(carrier, call_id) == "over"
    assert not [it for _, it in carrier.diary.events if isinstance(it, RecordingPaused)]


def test_whoever_carries_the_call_on_knows_how_it_stood() -> None:
    started, paused = RecordingStarted(at_ms=1), RecordingPaused(at_ms=2, reason="")
    assert not was_paused([started])
    assert was_paused([started, paused, started])
    assert not was_paused([started, paused, RecordingResumed(at_ms=3)])
