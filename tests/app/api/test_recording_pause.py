"""The door at which the recording of a live call is paused, and how the page shows it."""

import asyncio
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from loguru import logger

from app.api.assembly import open_api
from app.metrics import Metrics
from app.storage import Storage
from app.telephony.live_calls import LiveCalls
from app.telephony.recording_pause import RecordingPause
from domain.call import Call
from domain.events import CallEnded, RecordingPaused, RecordingResumed
from domain.ports.media import Ending, MediaSocket
from pipelines.recorder import Recorder
from tests.app.api.conftest import Desk, settings
from tests.app.api.sample_calls import CALL_ID, LIVE_ID, STORY, At, SetClock, keep, row

DOOR = f"/api/calls/{LIVE_ID}/recording"


class RecordedTalk:
    """A conversation of which only the recorder matters, and that is the product's own."""

    def __init__(self, call: Call, storage: Storage) -> None:
        self.recorder = Recorder(storage.recordings, call.id)

    async def run(self, socket: MediaSocket, stream_sid: str) -> Ending:
        raise AssertionError("nobody talks here")

    async def close(self) -> None:
        pass


@pytest.fixture
async def talk(desk: Desk, calls: None) -> RecordedTalk:
    """The live call is carried by this process."""
    talks: list[RecordedTalk] = []

    def begin(call: Call) -> RecordedTalk:
        talks.append(RecordedTalk(call, desk.storage))
        return talks[0]

    live = LiveCalls(begin, Metrics())
    stored = await desk.storage.calls.load(LIVE_ID)
    assert stored is not None
    live.join(stored)
    pause = RecordingPause(
        live=live, store=desk.storage.calls, journal=desk.storage.journal, clock=desk.clock
    )
    desk.app = FastAPI()
    desk.app.include_router(
        open_api(settings(Path("unused"), ""), desk.storage, desk.clock, desk.metrics, recording_pause=pause)
    )
    talks[0].recorder.start(0.0)
    return talks[0]


async def test_the_recording_is_silent_while_it_is_paused(desk: Desk, talk: RecordedTalk) -> None:
    recorder = talk.recorder
    async with desk.program() as program:
        recorder.caller(b"a" * 4000, 0.5)
        assert (await program.post(DOOR, json={"paused": True, "reason": "card"})).json() == {"paused": True}
        recorder.caller(b"c" * 4000, 1.0)
        page = (await program.get(f"/calls/{LIVE_ID}")).text
        assert 'data-paused="1">Record again' in page
        assert "recording paused" in page
        assert (await program.post(DOOR, json={"paused": False})).json() == {"paused": False}
        recorder.caller(b"b" * 4000, 1.5)
        assert 'data-paused="0">Pause recording' in (await program.get(f"/calls/{LIVE_ID}")).text
    await recorder.close(1.5)
    kept = b"".join(caller for caller, _ in desk.storage.recordings.read(LIVE_ID))
    assert kept == b"a" * 4000 + b"\xff" * 4000 + b"b" * 4000
    events = [it.event for it in await desk.storage.views.events(LIVE_ID)]
    assert [type(it) for it in events[-2:]] == [RecordingPaused, RecordingResumed]


@pytest.mark.usefixtures("talk")
async def test_who_paused_is_audited_once(desk: Desk) -> None:
    lines: list[tuple[str, str, str]] = []
    sink = logger.add(
        lambda message: lines.append(
            (message.record["extra"]["who"], message.record["extra"]["what"], message.record["message"])
        ),
        filter=lambda record: "audit" in record["extra"],
    )
    try:
        async with desk.program() as program:
            for _ in range(2):
                await program.post(DOOR, json={"paused": True})
    finally:
        logger.remove(sink)
    assert lines == [("api-key", "recording paused", "somebody acted on a call")]


@pytest.mark.usefixtures("talk")
@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        (f"/api/calls/{CALL_ID}/recording", '{"paused": true}', 409, "over"),
        (f"/api/calls/{'0' * 32}/recording", '{"paused": true}', 404, "no call"),
        (DOOR, '{"paused": "perhaps"}', 422, "paused"),
        (DOOR, '{"paused": true, "reason": "a\\u0000"}', 422, "reason"),
        (DOOR, "no JSON", 422, "JSON"),
        (DOOR, "x" * 5000, 413, "4096"),
    ],
)
async def test_what_cannot_be_done_is_said(desk: Desk, path: str, body: str, status: int, words: str) -> None:
    async with desk.program() as program:
        answer = await program.post(path, content=body)
    assert answer.status_code == status
    assert words in answer.text


@pytest.mark.usefixtures("talk")
async def test_a_body_that_drips_is_cut_off(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.bodies.BODY_S", 0.01)

    class Dripping(httpx.AsyncByteStream):
        async def __aiter__(self):  # type: ignore[no-untyped-def]  # httpx's own shape
            yield b"{"
            await asyncio.get_running_loop().create_future()

    async with desk.program() as program:
        answer = await program.post(DOOR, content=Dripping())
    assert (answer.status_code, answer.headers["connection"]) == (408, "close")


@pytest.mark.usefixtures("calls")
async def test_a_call_of_another_process_is_said_so(desk: Desk) -> None:
    async with desk.program() as program:
        answer = await program.post(DOOR, json={"paused": True})
    assert (answer.status_code, answer.json()["detail"][:39]) == (
        409,
        "Another process carries this call. Ask ",
    )


@pytest.mark.usefixtures("talk")
async def test_strangers_and_other_sites_pause_nothing(desk: Desk) -> None:
    async with desk.browser() as stranger, desk.program() as program:
        assert (await stranger.post(DOOR, json={"paused": True})).status_code == 401
        elsewhere = {"Sec-Fetch-Site": "cross-site"}
        assert (await program.post(DOOR, json={"paused": True}, headers=elsewhere)).status_code == 403


async def test_the_outline_shows_when_nothing_was_recorded(desk: Desk) -> None:
    story = [
        *STORY[:6],
        At(9.0, RecordingPaused(at_ms=8900, reason="card")),
        At(12.0, RecordingResumed(at_ms=11_900)),
        At(14.0, RecordingPaused(at_ms=13_900, reason="card")),
        At(16.9, CallEnded(outcome="completed", reason="goodbye", duration_ms=16_900)),
    ]
    clock = SetClock()
    await keep(desk.storage, clock, row(), story, sound=True)
    async with desk.program() as program:
        shape = (await program.get(f"/api/calls/{CALL_ID}/waveform")).json()
    assert (shape["starts_ms"], shape["duration_ms"]) == (6900, 10_000)
    assert shape["pauses_ms"] == [[2000, 5000], [7000, 10_000]]


async def test_a_voicemail_is_played_on_the_page_of_its_call(desk: Desk) -> None:
    await keep(desk.storage, desk.clock, row(), STORY, sound=False)
    address = f"/api/calls/{CALL_ID}/voicemail.wav"
    async with desk.program() as program:
        assert address not in (await program.get(f"/calls/{CALL_ID}")).text
        assert (await program.get(address)).status_code == 404
        await desk.storage.recordings.keep(f"{CALL_ID}-voicemail", b"\x00" * 800)
        assert f'src="{address}"' in (await program.get(f"/calls/{CALL_ID}")).text
        assert (await program.get(f"/api/calls/{CALL_ID}")).json()["voicemail"]["url"] == address
        wav = await program.get(address)
        assert (wav.status_code, len(wav.content)) == (200, 44 + 4 * 800)
        piece = await program.get(address, headers={"Range": "bytes=0-43"})
        assert (piece.status_code, piece.content) == (206, wav.content[:44])
