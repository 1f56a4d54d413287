"""Both sides on one clock. Our speech is sent ahead of its moment; the caller's arrives in it."""

import tracemalloc

import pytest

from pipelines.recorder import FLUSH_BYTES, MULAW_SILENCE, Recorder

SECOND = 8000


class Kept:
    """A sink that keeps what it is given, in its order."""

    def __init__(self) -> None:
        self.caller, self.agent = bytearray(), bytearray()
        self.notes: list[str] = []

    def open(self, call_id: str) -> "Kept":
        self.notes.append(f"open {call_id}")
        return self

    def write(self, caller: bytes, agent: bytes) -> None:
        assert len(caller) == len(agent)
        self.caller += caller
        self.agent += agent

    def pause(self) -> None:
        self.notes.append(f"pause {len(self.caller)}")

    def resume(self) -> None:
        self.notes.append(f"resume {len(self.caller)}")

    def silence(self, from_ms: int, to_ms: int) -> None:
        self.notes.append(f"silence {from_ms} {to_ms}")

    async def close(self) -> None:
        self.notes.append("close")


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def recorder(kept: Kept) -> Recorder:
    return Recorder(kept, "call-1")


def caller_quiet(recorder: Recorder, begins: float, ends: float) -> None:
    for frame in range(round(begins * 50), round(ends * 50)):
        recorder.caller(b"c" * 160, (frame + 1) / 50)


async def test_our_sound_stands_where_it_plays(recorder: Recorder, kept: Kept) -> None:
    recorder.start(0.0)
    recorder.agent(b"a" * 800, 0.5)
    recorder.agent(b"b" * 800, 0.6)
    caller_quiet(recorder, 0.0, 1.0)
    await recorder.close(1.0)

    assert kept.agent == MULAW_SILENCE * 4000 + b"a" * 800 + b"b" * 800 + MULAW_SILENCE * 2400
    assert kept.caller == b"c" * SECOND
    assert kept.notes == ["open call-1", "close"]


async def test_what_was_cleared_is_not_in_it(recorder: Recorder, kept: Kept) -> None:
    recorder.start(0.0)
    recorder.agent(b"a" * SECOND, 0.0)
    recorder.cleared(0.25)
    recorder.agent(b"b" * 800, 0.5)
    caller_quiet(recorder, 0.0, 1.0)
    await recorder.close(1.0)

    assert kept.agent.rstrip(MULAW_SILENCE) == b"a" * 2000 + MULAW_SILENCE * 2000 + b"b" * 800


async def test_what_was_on_its_way_when_the_recording_began_is_in_it(recorder: Recorder, kept: Kept) -> None:
    """The notice's mark came back; the greeting behind it was sent a second before."""
    recorder.agent(b"n" * 800, 9.9)
    recorder.agent(b"g" * 1600, 9.95)  # its first twentieth of a second was heard before
    recorder.agent(b"h" * 1600, 10.2)
    assert not recorder.running
    recorder.start(10.0)
    caller_quiet(recorder, 10.0, 10.5)
    await recorder.close(10.5)

    assert kept.agent.rstrip(MULAW_SILENCE) == b"g" * 1200 + MULAW_SILENCE * 400 + b"h" * 1600


async def test_what_was_cleared_before_the_recording_began_is_not_in_it(
    recorder: Recorder, kept: Kept
) -> None:
    recorder.agent(b"g" * SECOND, 9.5)
    recorder.agent(b"h" * SECOND, 10.5)
    recorder.cleared(9.75)
    recorder.start(9.75)
    caller_quiet(recorder, 9.75, 10.75)
    await recorder.close(10.75)

    assert set(kept.agent) == set(MULAW_SILENCE)


async def test_sound_is_handed_on_a_second_at_a_time(recorder: Recorder, kept: Kept) -> None:
    recorder.start(0.0)
    caller_quiet(recorder, 0.0, 0.98)
    assert not kept.caller
    caller_quiet(recorder, 0.98, 1.0)
    assert len(kept.caller) == FLUSH_BYTES
    await recorder.close(1.0)
    assert len(kept.caller) == len(kept.agent) == SECOND


async def test_a_stream_that_was_away_leaves_its_time(recorder: Recorder, kept: Kept) -> None:
    recorder.start(0.0)
    caller_quiet(recorder, 0.0, 1.0)
    recorder.start(3.0)
    recorder.agent(b"a" * 800, 3.0)
    caller_quiet(recorder, 3.0, 3.5)
    await recorder.close(3.5)

    assert kept.caller == b"c" * SECOND + MULAW_SILENCE * 2 * SECOND + b"c" * 4000
    assert kept.agent.index(b"a") == 3 * SECOND


async def test_a_pause_is_told_at_its_place(recorder: Recorder, kept: Kept) -> None:
    recorder.start(0.0)
    caller_quiet(recorder, 0.0, 0.5)
    recorder.pause()
    caller_quiet(recorder, 0.5, 0.8)
    recorder.resume()
    caller_quiet(recorder, 0.8, 0.9)
    await recorder.close(0.9)

    assert kept.notes == ["open call-1", "pause 4000", "resume 6400", "close"]
    assert len(kept.caller) == 7200


async def test_it_resumes_when_everybody_who_paused_has_resumed(recorder: Recorder, kept: Kept) -> None:
    recorder.start(0.0)
    assert recorder.pause("desk") and recorder.pause()
    assert not recorder.pause("desk")
    caller_quiet(recorder, 0.0, 0.1)
    assert recorder.resume()
    assert not recorder.resume()
    caller_quiet(recorder, 0.1, 0.2)
    assert recorder.resume("desk")
    await recorder.close(0.2)

    assert kept.notes == ["open call-1", "pause 0", "resume 1600", "close"]


async def test_a_pause_before_the_beginning_holds(recorder: Recorder, kept: Kept) -> None:
    recorder.pause("desk")
    recorder.start(0.0)
    caller_quiet(recorder, 0.0, 0.1)
    recorder.resume("desk")
    await recorder.close(0.1)

    assert kept.notes == ["open call-1", "pause 0", "resume 800", "close"]


async def test_our_sound_on_its_way_into_a_pause_is_not_kept_behind_it(
    recorder: Recorder, kept: Kept
) -> None:
    recorder.start(0.0)
    caller_quiet(recorder, 0.0, 0.5)
    recorder.agent(b"a" * 4000, 0.25)
    recorder.pause("desk")
    caller_quiet(recorder, 0.5, 1.0)
    recorder.resume("desk")
    await recorder.close(1.0)

    assert kept.notes == ["open call-1", "pause 4000", "resume 8000", "close"]
    assert kept.agent[2000:6000] == b"a" * 4000, "the sink silences what it is given while paused"


async def test_without_a_start_nothing_is_kept(recorder: Recorder, kept: Kept) -> None:
    caller_quiet(recorder, 0.0, 0.2)
    recorder.agent(b"a" * 160, 0.0)
    recorder.pause()
    recorder.resume()
    recorder.cleared(0.1)
    await recorder.close(1.0)
    assert kept.notes == [] and not kept.agent


async def test_a_long_call_takes_no_more_memory_than_a_short_one() -> None:
    class Forgets(Kept):
        def write(self, caller: bytes, agent: bytes) -> None:
            assert len(caller) == len(agent) == FLUSH_BYTES

    recorder = Recorder(Forgets(), "call-1")
    recorder.start(0.0)
    tracemalloc.start()
    try:
        for second in range(120):
            recorder.agent(b"a" * 800, second + 0.5)
            caller_quiet(recorder, second, second + 1)
        kept_bytes, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept_bytes < 8 * FLUSH_BYTES
