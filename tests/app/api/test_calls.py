"""The HTTP API over a real database: rows, events, proof, and who is let in."""

from pathlib import Path

import pytest
from loguru import logger
from sqlalchemy import text

from tests.app.api.conftest import KEY, Desk, settings
from tests.app.api.sample_calls import CALL_ID, CALLER, LIVE_ID, STORY, row

GUARDED = [
    "/api/calls",
    f"/api/calls/{CALL_ID}",
    f"/api/calls/{CALL_ID}/recording.wav",
    f"/api/calls/{CALL_ID}/waveform",
    "/api/live",
    "/api/verify",
]


@pytest.mark.parametrize("path", GUARDED)
async def test_nobody_without_a_key(desk: Desk, path: str) -> None:
    async with desk.browser() as browser:
        none = await browser.get(path)
        wrong = await browser.get(path, headers={"Authorization": "Bearer wrong"})
        cookie = await browser.get(path, headers={"Cookie": "callwright=AAAA"})
        in_address = await browser.get(path, params={"key": KEY})
    for answer in (none, wrong, cookie, in_address):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    refused = desk.metrics.registry.get_sample_value
    assert refused("callwright_refused_total", {"door": "api", "reason": "wrong_key"}) == 1.0


async def test_guesses_are_stopped(desk: Desk) -> None:
    async with desk.browser() as browser:
        for _ in range(10):
            await browser.get("/api/calls", headers={"Authorization": "Bearer wrong"})
        stopped = await browser.get("/api/calls", headers={"Authorization": f"Bearer {KEY}"})
    assert stopped.status_code == 429
    assert 0 < int(stopped.headers["Retry-After"]) <= 60


@pytest.mark.usefixtures("calls")
async def test_the_list_masks_callers(desk: Desk) -> None:
    async with desk.program() as program:
        answer = await program.get("/api/calls")
    shown = answer.json()
    assert {call["id"]: call["caller"] for call in shown["calls"]} == {
        CALL_ID: "•••• 42",
        LIVE_ID: "hidden number",
    }
    assert CALLER not in answer.text
    assert shown["next_after"] is None
    assert answer.headers["Cache-Control"] == "no-store"


async def test_pages_follow_each_other_without_gap_or_repetition(desk: Desk) -> None:
    ids = [f"{number:032x}" for number in range(5)]
    for call_id in ids:
        await desk.storage.calls.create(row(call_id))
    seen: list[str] = []
    async with desk.program() as program:
        page = (await program.get("/api/calls", params={"limit": 2})).json()
        while True:
            seen += [call["id"] for call in page["calls"]]
            if page["next_after"] is None:
                break
            query = {"limit": "2", "after": page["next_after"]}
            page = (await program.get("/api/calls", params=query)).json()
        wrong = await program.get("/api/calls", params={"after": "yesterday"})
    assert seen == ids[::-1]
    assert wrong.status_code == 422


@pytest.mark.usefixtures("calls")
async def test_one_call_with_its_events(desk: Desk) -> None:
    async with desk.program() as program:
        call = (await program.get(f"/api/calls/{CALL_ID}")).json()
    events = call["events"]
    assert [event["seq"] for event in events] == list(range(1, len(STORY) + 1))
    assert events[0]["kind"] == "call_started"
    assert events[-1] == {
        "seq": len(STORY),
        "at": "2026-11-20T14:03:02Z",
        "kind": "call_ended",
        "outcome": "completed",
        "reason": "goodbye",
        "duration_ms": 64_000,
    }
    interrupted = next(event for event in events if event["kind"] == "caller_interrupted")
    assert interrupted["proved"] == "interruption"
    assert call["caller"] == CALLER
    assert call["recording"]["starts_ms"] == 6900
    assert call["recording"]["state"] == "whole"


async def test_a_call_that_is_not_there(desk: Desk) -> None:
    async with desk.program() as program:
        assert (await program.get(f"/api/calls/{'0' * 32}")).status_code == 404
        assert (await program.get("/api/calls/..%2f..%2fetc")).status_code in {404, 422}


@pytest.mark.usefixtures("calls")
async def test_the_proof_says_where_a_chain_is_broken(desk: Desk) -> None:
    async with desk.program() as program:
        before = (await program.get("/api/verify")).json()
        async with desk.storage.engine.begin() as connection:
            cut = text("DELETE FROM journal WHERE call_id = :call AND seq = 20")
            await connection.execute(cut, {"call": CALL_ID})
        after = (await program.get("/api/verify")).json()
        one = (await program.get("/api/verify", params={"call": CALL_ID})).json()
        other = (await program.get("/api/verify", params={"call": LIVE_ID})).json()
    assert before == {"whole": True, "calls": 2, "events": len(STORY) + 7, "broken": []}
    assert not after["whole"]
    assert after["broken"][0]["flaws"] == [f"call {CALL_ID}, event 20: removed from the middle"]
    assert (one["whole"], other["whole"]) == (False, True)


@pytest.mark.usefixtures("calls")
async def test_every_look_leaves_one_line_without_personal_data(desk: Desk) -> None:
    lines: list[str] = []
    sink = logger.add(lambda line: lines.append(str(line)), format="{message} {extra}", level="INFO")
    try:
        async with desk.program() as program:
            for _ in range(3):
                await program.get(f"/api/calls/{CALL_ID}")
            await program.get(f"/api/calls/{CALL_ID}/recording.wav", headers={"Range": "bytes=100-199"})
            await program.get(f"/api/calls/{CALL_ID}/recording.wav", headers={"Range": "bytes=200-299"})
    finally:
        logger.remove(sink)
    audit = [line for line in lines if "'audit': True" in line]
    assert [("events" in line, "recording" in line) for line in audit] == [(True, False), (False, True)]
    assert all(CALL_ID in line and "api-key" in line for line in audit)
    assert CALLER not in "".join(lines)


@pytest.mark.usefixtures("calls")
async def test_the_description_names_every_way_and_needs_no_key(desk: Desk) -> None:
    async with desk.browser() as browser:
        described = (await browser.get("/api/openapi.json")).json()
    assert set(described["paths"]) == {
        "/api/calls",
        "/api/calls/{call_id}",
        "/api/calls/{call_id}/recording",
        "/api/calls/{call_id}/recording.wav",
        "/api/calls/{call_id}/voicemail.wav",
        "/api/calls/{call_id}/waveform",
        "/api/live",
        "/api/verify",
        "/api/sign-in-links",
    }
    operations = [way for path in described["paths"].values() for way in path.values()]
    assert all(way["tags"] and way["summary"] and way["security"] for way in operations)


async def test_without_a_key_in_the_settings_the_desk_says_so(desk: Desk, tmp_path: Path) -> None:
    closed = Desk(desk.storage, desk.clock, settings(tmp_path, "postgresql://unused", key=None))
    async with closed.browser() as browser:
        answer = await browser.get("/api/calls", headers={"Authorization": "Bearer "})
        page = await browser.get("/sign-in")
    assert answer.status_code == 503
    assert "CALLWRIGHT_API_KEY" in answer.json()["detail"]
    assert "no API key" in page.text
