"""The recording as browsers fetch it, and its outline."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.sound import Span, asked_span, coarser, cut
from tests.app.api.conftest import Desk
from tests.app.api.sample_calls import CALL_ID, LIVE_ID, STORY, sound_of

RECORDING = f"/api/calls/{CALL_ID}/recording.wav"
LONG = f"bytes={'9' * 5000}-"
"""Python reads no number of so many digits."""


@pytest.mark.usefixtures("calls")
async def test_the_caller_is_left_and_the_agent_right(desk: Desk) -> None:
    async with desk.program() as program:
        wav = (await program.get(RECORDING)).content
    caller, agent = sound_of(STORY)
    assert (wav[:4], wav[8:12], wav[36:40]) == (b"RIFF", b"WAVE", b"data")
    assert len(wav) == 44 + 4 * len(caller)
    speaks = next(index for index, code in enumerate(caller) if code != 0xFF)
    before = memoryview(wav)[44 : 44 + 4 * speaks].cast("h").tolist()
    assert set(before[0::2]) == {0}
    assert [index for index, sample in enumerate(before[1::2]) if sample] == [
        index for index, code in enumerate(agent[:speaks]) if code & 0x7F != 0x7F
    ]


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize(
    ("asked", "begin", "end"),
    [
        ("bytes=0-43", 0, 44),
        ("bytes=40-99", 40, 100),
        ("bytes=200000-", 200_000, None),
        ("bytes=-7", -7, None),
    ],
)
async def test_a_range_is_that_piece_of_the_whole(
    desk: Desk, asked: str, begin: int, end: int | None
) -> None:
    async with desk.program() as program:
        whole = (await program.get(RECORDING)).content
        piece = await program.get(RECORDING, headers={"Range": asked})
    assert piece.status_code == 206
    assert piece.content == whole[begin:end]
    first = begin % len(whole)
    assert piece.headers["Content-Range"] == f"bytes {first}-{first + len(piece.content) - 1}/{len(whole)}"
    assert piece.headers["Content-Length"] == str(len(piece.content))


@pytest.mark.usefixtures("calls")
async def test_a_range_behind_the_end_and_one_that_is_none(desk: Desk) -> None:
    async with desk.program() as program:
        behind = await program.get(RECORDING, headers={"Range": "bytes=999999999-"})
        none = await program.get(RECORDING, headers={"Range": "pages=1-2"})
    assert behind.status_code == 416
    assert behind.headers["Content-Range"] == f"bytes */{len(none.content)}"
    assert none.status_code == 200


@given(
    pieces=st.lists(st.binary(max_size=9), max_size=6), begin=st.integers(0, 40), length=st.integers(1, 40)
)
def test_cutting_is_slicing(pieces: list[bytes], begin: int, length: int) -> None:
    span = Span(begin=begin, end=begin + length)
    assert b"".join(cut(iter(pieces), span)) == b"".join(pieces)[begin : begin + length]


@pytest.mark.parametrize(
    "header", [None, "", "bytes=", "bytes=-", "bytes=5-4", "bytes=1-2,4-5", "bytes=a-", LONG]
)
def test_what_is_no_range_means_all(header: str | None) -> None:
    assert asked_span(header, 100) is None


@pytest.mark.usefixtures("calls")
async def test_no_recording_is_said_so(desk: Desk) -> None:
    async with desk.program() as program:
        for what in ("recording.wav", "waveform"):
            answer = await program.get(f"/api/calls/{LIVE_ID}/{what}")
            assert answer.status_code == 404
            assert "deleted on its day" in answer.json()["detail"]


@pytest.mark.usefixtures("calls")
async def test_a_changed_recording_is_not_played(desk: Desk) -> None:
    path = desk.storage.recordings.path(CALL_ID)
    assert path is not None
    changed = bytearray(path.read_bytes())
    changed[-200_000] ^= 1
    path.write_bytes(changed)
    async with desk.program() as program:
        for what in ("recording.wav", "waveform"):
            answer = await program.get(f"/api/calls/{CALL_ID}/{what}")
            assert answer.status_code == 500
            assert "was changed" in answer.json()["detail"]


@pytest.mark.usefixtures("calls")
async def test_the_outline_shows_who_spoke_when(desk: Desk) -> None:
    async with desk.program() as program:
        shape = (await program.get(f"/api/calls/{CALL_ID}/waveform", params={"buckets": "571"})).json()
    assert (shape["duration_ms"], shape["starts_ms"]) == (57_100, 6900)
    assert len(shape["caller"]) == len(shape["agent"]) == 571
    # A bucket is 100 ms; the caller speaks from 9.4 to 12.9 s, which is 2.5 to 6.0 s into the recording.
    assert max(shape["caller"][:25]) == 0
    assert min(shape["caller"][25:60]) > 0.02
    assert max(shape["caller"][60:100]) == 0
    assert min(shape["agent"][1:16]) > 0.02


def test_an_outline_has_no_more_buckets_than_sound() -> None:
    assert coarser(b"", 10) == []
    assert coarser(b"\x7f\x00", 10) == [1.0, 0.0]
    assert coarser(b"\x00\x7f\x00\x00", 2) == [1.0, 0.0]
