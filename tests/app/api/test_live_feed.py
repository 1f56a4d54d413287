"""The live feed over HTTP, as a browser's EventSource reads it."""

import asyncio
import json
from typing import Any

from starlette.types import Message

from domain.events import CallerInterrupted
from tests.app.api.conftest import KEY, Desk
from tests.app.api.sample_calls import CALL_ID, LIVE_ID


class Listener:
    """An HTTP client that reads for as long as it likes."""

    def __init__(self, desk: Desk, query: str = "") -> None:
        self.status = 0
        self.words: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._gone = asyncio.Event()
        self._asked = False
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": "/api/live",
            "raw_path": b"/api/live",
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(b"authorization", f"Bearer {KEY}".encode())],
            "client": ("192.0.2.1", 1),
            "server": ("desk.test", 80),
        }
        self._run = asyncio.create_task(desk.app(scope, self._receive, self._send))

    async def leave(self) -> None:
        self._gone.set()
        async with asyncio.timeout(5):
            await self._run

    async def word(self) -> dict[str, Any]:
        async with asyncio.timeout(5):
            return await self.words.get()

    async def _receive(self) -> Message:
        if self._asked:
            await self._gone.wait()
            return {"type": "http.disconnect"}
        self._asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def _send(self, message: Message) -> None:
        self.status = message.get("status", self.status)
        for line in message.get("body", b"").decode().splitlines():
            if line.startswith("data:"):
                self.words.put_nowait(json.loads(line.removeprefix("data:")))


async def _watched(desk: Desk) -> None:
    async with asyncio.timeout(5):
        while not desk.storage.live.watched:
            await desk.clock.sleep(0)


async def test_words_and_events_as_they_come(desk: Desk) -> None:
    listener = Listener(desk)
    await _watched(desk)
    desk.storage.live.publish(LIVE_ID, "caller_partial", 'where "is"\nit')
    desk.storage.journal.write(LIVE_ID, CallerInterrupted(at_ms=7, proved="backchannel", resumed=True))
    assert await listener.word() == {
        "call_id": LIVE_ID,
        "kind": "caller_partial",
        "text": 'where "is"\nit',
    }
    assert await listener.word() == {
        "call_id": LIVE_ID,
        "kind": "caller_interrupted",
        "text": "",
        "seq": 1,
        "event": {"at_ms": 7, "proved": "backchannel", "resumed": True},
    }
    await listener.leave()
    assert listener.status == 200
    assert not desk.storage.live.watched


async def test_one_call_only(desk: Desk) -> None:
    listener = Listener(desk, f"call={CALL_ID}")
    await _watched(desk)
    desk.storage.live.publish(LIVE_ID, "agent_speaking", "to somebody else")
    desk.storage.live.publish(CALL_ID, "agent_speaking", "to this caller")
    assert (await listener.word())["text"] == "to this caller"
    await listener.leave()
