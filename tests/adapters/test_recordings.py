import io
import struct
import wave
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.recording_file import QUIET, Appender, Chunk, Kind, RecordingDamaged, read_chunks
from adapters.recordings import CHUNK, Begun, EncryptedRecordings, Finished, voicemail_of
from adapters.secrets import KeyUnusable, MasterKey
from adapters.storage.database import engine_for
from adapters.storage.recordings import PostgresRecordingList

MASTER = MasterKey(b"m" * 32)


class StandingClock:
    """A clock that says one time."""

    def now(self) -> datetime:
        return datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("recordings do not wait")


class Notebook:
    """Keeps what a store of recordings tells."""

    def __init__(self) -> None:
        self.begins: list[Begun] = []
        self.ends: list[Finished] = []
        self.gone: list[str] = []

    async def begun(self, recording: Begun) -> None:
        self.begins.append(recording)

    async def finished(self, recording: Finished) -> None:
        self.ends.append(recording)

    async def deleted(self, call_ids: tuple[str, ...]) -> None:
        self.gone += call_ids


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


@pytest.fixture
async def recordings(tmp_path: Path, notebook: Notebook) -> AsyncIterator[EncryptedRecordings]:
    store = EncryptedRecordings(tmp_path, MASTER, StandingClock(), known=notebook)
    yield store
    await store.close()


def sides(store: EncryptedRecordings, call_id: str) -> tuple[bytes, bytes]:
    pieces = list(store.read(call_id))
    return b"".join(caller for caller, _ in pieces), b"".join(agent for _, agent in pieces)


def kinds(store: EncryptedRecordings, call_id: str) -> list[Kind]:
    return [chunk.kind for chunk in store._chunks(call_id)]


async def test_both_sides_are_read_back_and_hidden_on_disk(
    recordings: EncryptedRecordings, notebook: Notebook, tmp_path: Path
) -> None:
    sink = recordings.open("call-1", keep_days=7)
    for _ in range(500):
        sink.write(b"caller!!" * 20, b"agent" * 32)
    await sink.close()
    assert sides(recordings, "call-1") == (b"caller!!" * 10_000, b"agent" * 16_000)
    assert kinds(recordings, "call-1")[-1] is Kind.END
    path = tmp_path / "2026-11-28" / "call-1.recording"
    assert b"caller!!" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert notebook.begins[0].path == "2026-11-28/call-1.recording"
    assert (notebook.ends[0].pauses_ms, notebook.ends[0].gaps) == ((), False)


async def test_a_pause_leaves_silence_of_its_length(
    recordings: EncryptedRecordings, notebook: Notebook
) -> None:
    sink = recordings.open("a")
    sink.write(b"1" * 800, b"2" * 800)
    sink.pause()
    sink.write(b"card" * 400, b"")
    sink.resume()
    sink.write(b"3" * 160, b"4")
    await sink.close()
    caller, agent = sides(recordings, "a")
    assert caller == b"1" * 800 + QUIET * 1600 + b"3" * 160
    assert agent == b"2" * 800 + QUIET * 1600 + b"4" + QUIET * 159
    assert notebook.ends[0].pauses_ms == ((100, 300),)


async def test_a_wav_has_two_channels_of_eight_kilohertz(recordings: EncryptedRecordings) -> None:
    sink = recordings.open("a")
    sink.write(b"\x00\xff\x80", b"\x7f\x00\xe7")
    await sink.close()
    with wave.open(io.BytesIO(b"".join(recordings.wav("a")))) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (2, 8000, 3)
        values = struct.unpack("<6h", file.readframes(3))
    # G.711: 0x00 is the lowest value, 0xFF and 0x7F are the two zeros, 0x80 the highest.
    assert values == (-32124, 0, 0, -32124, 32124, 260)
    raw = b"".join(recordings.wav("a", mu_law=True))
    assert raw.endswith(b"\x00\x7f\xff\x00\x80\xe7")
    assert int.from_bytes(raw[4:8], "little") == len(raw) - 8


async def test_a_call_that_resumes_goes_on_in_its_file(recordings: EncryptedRecordings) -> None:
    for part in (b"1", b"2"):
        sink = recordings.open("a")
        sink.write(part * 100, part * 100)
        await sink.close()
        await sink.close()
    assert sides(recordings, "a")[0] == b"1" * 100 + b"2" * 100
    assert kinds(recordings, "a") == [Kind.SOUND, Kind.END, Kind.SOUND, Kind.END]


async def test_one_side_that_is_complete_is_kept_whole_whatever_was_there_before(
    recordings: EncryptedRecordings, notebook: Notebook, tmp_path: Path
) -> None:
    name = voicemail_of("a")
    await recordings.keep(name, b"cut off")
    sound = bytes(range(256)) * 200
    await recordings.keep(name, sound)
    assert sides(recordings, name) == (sound, QUIET * len(sound))
    assert kinds(recordings, name)[-1] is Kind.END
    assert sound[:64] not in (tmp_path / "2026-12-21" / "a-voicemail.recording").read_bytes()
    assert notebook.begins[-1].delete_on == date(2026, 12, 21)


async def test_a_voicemail_goes_with_its_calls_recording_and_on_its_day(
    recordings: EncryptedRecordings, notebook: Notebook
) -> None:
    for call_id in ("a", "b"):
        await recordings.keep(voicemail_of(call_id), b"1")
    await recordings.delete(("a",))
    assert (recordings.path("a-voicemail"), notebook.gone) == (None, ["a", "a-voicemail"])
    assert await recordings.delete_due(date(2026, 12, 21)) == 1
    assert notebook.gone[2:] == ["b-voicemail"]


async def test_a_disk_that_refuses_is_said(recordings: EncryptedRecordings, tmp_path: Path) -> None:
    (tmp_path / "2026-12-21").write_text("in the way")
    with pytest.raises(OSError, match="exists"):
        await recordings.keep("a-voicemail", b"1")


async def test_it_is_deleted_on_its_day(recordings: EncryptedRecordings, notebook: Notebook) -> None:
    for call_id, days in (("a", 1), ("b", 2), ("c", 30)):
        await recordings.open(call_id, keep_days=days).close()
    assert await recordings.delete_due(date(2026, 11, 23)) == 2
    assert (sorted(notebook.gone), recordings.path("a"), recordings.path("b")) == (["a", "b"], None, None)
    await recordings.delete(("c",))
    assert recordings.path("c") is None
    with pytest.raises(FileNotFoundError):
        list(recordings.read("a"))


@pytest.mark.parametrize("call_id", ["../x", "", "a/b", "a" * 90])
async def test_a_name_that_would_leave_the_folder_is_refused(
    recordings: EncryptedRecordings, call_id: str
) -> None:
    with pytest.raises(ValueError, match="letters"):
        recordings.open(call_id)


def written(path: Path, chunks: int) -> list[Chunk]:
    appender = Appender(path, MASTER.wrapping("recordings"), "a")
    appender.open()
    made = [Chunk(kind=Kind.SOUND, caller=bytes([n]) * 50, agent=bytes([n]) * 50) for n in range(chunks)]
    for chunk in made:
        appender.append(chunk)
    appender.close()
    return [*made, Chunk.span(Kind.END, 0)]


def chunks_in(path: Path) -> list[Chunk]:
    return list(read_chunks(path, MASTER.wrapping("recordings"), "a"))


@given(cut=st.integers(1, 400))
def test_a_crash_keeps_the_complete_chunks_and_shows(
    cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("cut") / "a.recording"
    whole = written(path, 3)
    path.write_bytes(path.read_bytes()[:-cut])
    kept = chunks_in(path)
    assert kept == whole[: len(kept)]
    assert kept[-1:] != whole[-1:]
    appender = Appender(path, MASTER.wrapping("recordings"), "a")
    appender.open()
    appender.append(more := Chunk(kind=Kind.SOUND, caller=b"more", agent=b"MORE"))
    appender.close()
    assert chunks_in(path) == [*kept, more, whole[-1]]


def test_a_change_in_a_file_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.recording"
    written(path, 3)
    content = bytearray(path.read_bytes())
    content[200] ^= 1
    path.write_bytes(content)
    with pytest.raises(RecordingDamaged, match="chunk 0"):
        chunks_in(path)
    with pytest.raises(KeyUnusable):
        list(read_chunks(path, MasterKey(b"x" * 32).wrapping("recordings"), "a"))


async def test_a_disk_that_does_not_keep_up_leaves_a_gap_of_its_length(
    recordings: EncryptedRecordings, notebook: Notebook
) -> None:
    recordings._disk._capacity = 0
    sink = recordings.open("a")
    sink.write(b"1" * CHUNK, b"1" * CHUNK)
    recordings._disk._capacity = 10
    sink.write(b"2" * 160, b"2" * 160)
    await sink.close()
    assert sides(recordings, "a")[0] == QUIET * CHUNK + b"2" * 160
    assert notebook.ends[0].gaps


async def test_the_list_in_the_database_follows_the_files(tmp_path: Path, database: str) -> None:
    engine = engine_for(database)
    known = PostgresRecordingList(engine)
    store = EncryptedRecordings(tmp_path, MASTER, StandingClock(), known=known, keep_days=3)
    for _ in range(2):
        sink = store.open("a")
        sink.write(b"1" * 8, b"2" * 8)
        sink.pause()
        sink.write(b"3" * 80, b"4" * 80)
        await sink.close()
    row = await known.of_call("a")
    assert row is not None
    assert (row.path, row.state, row.pauses_ms) == ("2026-11-24/a.recording", "whole", ((1, 11), (12, 22)))
    assert row.delete_on == date(2026, 11, 24)
    assert await store.delete_due(date(2026, 11, 24)) == 1
    assert await known.of_call("a") is None
    await store.close()
    await engine.dispose()
