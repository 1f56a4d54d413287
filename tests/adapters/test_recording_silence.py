"""A stretch of a recording that must not be kept: gone from the file, and nothing else is touched."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import rewriting
from adapters.recording_file import QUIET, RATE, Appender, Chunk, Kind, read_chunks
from adapters.recordings import CHUNK, EncryptedRecordings
from adapters.secrets import MasterKey

MASTER = MasterKey(b"m" * 32)
WRAPPING = MASTER.wrapping("recordings")


class StandingClock:
    """A clock that says one time."""

    def now(self) -> datetime:
        return datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("recordings do not wait")


@pytest.fixture
async def recordings(tmp_path: Path) -> AsyncIterator[EncryptedRecordings]:
    store = EncryptedRecordings(tmp_path, MASTER, StandingClock())
    yield store
    await store.close()


def sides(store: EncryptedRecordings, call_id: str = "a") -> tuple[bytes, bytes]:
    pieces = list(store.read(call_id))
    return b"".join(caller for caller, _ in pieces), b"".join(agent for _, agent in pieces)


def speech(seconds: float) -> bytes:
    """Never silent, and different everywhere within 200 ms."""
    return bytes(at % 200 for at in range(round(seconds * RATE)))


def quiet_between(sound: bytes, first: int, past: int) -> bytes:
    return sound[:first] + QUIET * (past - first) + sound[past:]


# -- through the port -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("from_ms", "to_ms"), [(500, 900), (1500, 6500), (5200, 5900), (-50, 400), (5800, 60_000)]
)
async def test_a_span_is_silent_on_the_caller_s_side_alone(
    recordings: EncryptedRecordings, from_ms: int, to_ms: int
) -> None:
    """It may lie in the file, in what is gathered, or across both; what is not yet written stays."""
    sink, said = recordings.open("a"), speech(6)
    for begin in range(0, len(said), 800):
        sink.write(said[begin : begin + 800], said[begin : begin + 800][::-1])
    sink.silence(from_ms, to_ms)
    sink.write(said[:1600], said[:1600])
    await sink.close()

    caller, agent = sides(recordings)
    expected = quiet_between(said, max(0, from_ms * 8), min(len(said), to_ms * 8))
    assert caller == expected + said[:1600]
    assert agent == b"".join(said[at : at + 800][::-1] for at in range(0, len(said), 800)) + said[:1600]


async def test_a_pause_before_the_span_keeps_its_time(recordings: EncryptedRecordings) -> None:
    sink = recordings.open("a")
    sink.write(speech(1), speech(1))
    sink.pause()
    sink.write(speech(2), speech(2))
    sink.resume()
    sink.write(speech(1), speech(1))
    sink.silence(500, 3250)
    await sink.close()
    caller, _ = sides(recordings)
    assert caller == speech(0.5) + QUIET * (2750 * 8) + speech(1)[2000:]


async def test_in_a_recording_that_goes_on_time_counts_from_its_opening(
    recordings: EncryptedRecordings,
) -> None:
    for silence in (False, True):
        sink = recordings.open("a")
        sink.write(speech(3), speech(3))
        if silence:
            sink.silence(1000, 2000)
        await sink.close()
    assert sides(recordings)[0] == speech(3) + quiet_between(speech(3), 8000, 16_000)


async def test_after_the_end_nothing_can_be_silenced(recordings: EncryptedRecordings) -> None:
    sink = recordings.open("a")
    sink.write(speech(3), speech(3))
    await sink.close()
    sink.silence(0, 3000)
    assert sides(recordings)[0] == speech(3)


# -- in the file ----------------------------------------------------------------------------------


def written(path: Path, chunks: int = 4, samples: int = 50) -> Appender:
    appender = Appender(path, WRAPPING, "a")
    appender.open()
    for number in range(1, chunks + 1):
        sound = bytes([number]) * samples
        appender.append(Chunk(kind=Kind.SOUND, caller=sound, agent=sound))
    return appender


def killed(appender: Appender) -> None:
    """Nothing more is written; the system closes the file."""
    assert appender._file is not None
    appender._file.close()


def caller_in(path: Path) -> bytes:
    return b"".join(chunk.caller for chunk in read_chunks(path, WRAPPING, "a"))


@settings(deadline=None, derandomize=True, max_examples=50)
@given(spans=st.lists(st.tuples(st.integers(-10, 260), st.integers(-10, 260)), max_size=4))
def test_any_spans_and_nothing_else(
    spans: list[tuple[int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("spans") / "a.recording"
    appender, expected = written(path), bytearray(b"".join(bytes([n]) * 50 for n in range(1, 5)))
    for first, past in spans:
        appender.silence(first, past)
        for at in range(max(0, first), min(past, 200)):
            expected[at] = QUIET[0]
    appender.append(Chunk(kind=Kind.SOUND, caller=b"more", agent=b"more"))
    appender.close()
    assert caller_in(path) == bytes(expected) + b"more"
    assert [path.name for path in path.parent.iterdir()] == ["a.recording"]


def test_the_bytes_of_other_chunks_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.recording"
    appender = written(path)
    before = path.read_bytes()
    appender.silence(60, 90)
    after = path.read_bytes()
    changed = [at for at, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    frame = (len(before) - HEADER) // 4
    assert changed and {(at - HEADER) // frame for at in changed} == {1}
    assert before[HEADER + frame + 4 : HEADER + 2 * frame] not in after, "the sealed sound itself is gone"
    appender.close()


HEADER = len(b"callwright recording 1\n") + 12 + 32 + 16


@pytest.mark.parametrize("torn", [False, True])
def test_a_crash_in_the_middle_leaves_the_span_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, torn: bool
) -> None:
    """The promise stands, the file is half rewritten: who reads and who goes on both see silence."""
    path = tmp_path / "a.recording"
    appender = written(path)

    def dies(_path: Path, file: object, anew: dict[int, bytes]) -> None:
        if torn:
            offset, content = next(iter(anew.items()))
            with path.open("r+b") as half:
                half.seek(offset)
                half.write(content[: len(content) // 2])
        raise KeyboardInterrupt

    with monkeypatch.context() as crash:
        crash.setattr(rewriting, "_fulfil", dies)
        with pytest.raises(KeyboardInterrupt):
            appender.silence(25, 125)
    killed(appender)

    expected = quiet_between(b"".join(bytes([n]) * 50 for n in range(1, 5)), 25, 125)
    assert caller_in(path) == expected
    again = Appender(path, WRAPPING, "a")
    again.open()
    again.close()
    assert caller_in(path) == expected
    assert not path.with_suffix(".rewriting").exists()


def test_a_crash_before_the_promise_leaves_the_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.recording"
    appender = written(path)

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as crash:
        crash.setattr(rewriting, "_promise", dies)
        with pytest.raises(KeyboardInterrupt):
            appender.silence(25, 125)
    killed(appender)
    assert caller_in(path) == b"".join(bytes([n]) * 50 for n in range(1, 5))


def test_a_full_disk_is_no_reason_to_keep_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.recording"
    appender = written(path)

    def full(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(rewriting, "_promise", full)
    appender.silence(0, 50)
    appender.close()
    assert caller_in(path)[:51] == QUIET * 50 + b"\x02"


def test_a_promise_of_an_earlier_file_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "a.recording"
    rewriting._promise(path, {HEADER: b"x" * 100})
    written(path).close()
    assert caller_in(path)[:50] == b"\x01" * 50


def test_sound_is_sealed_often_enough_to_be_silenced_cheaply() -> None:
    assert CHUNK <= 2 * RATE, "one rewriting of a spoken number touches some ten frames"
