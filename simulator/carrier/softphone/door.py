"""The softphone's page and its socket: JSON for what is done and shown, binary for 20 ms of sound."""

import asyncio
import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import FileResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from simulator.carrier.call import SimulatedCall
from simulator.carrier.carrier import Carrier, NoSuchNumber
from simulator.carrier.exchange import Voice
from simulator.carrier.softphone.browser import BrowserSoftphone

_HERE = Path(__file__).parent
_PARTS = {
    "": ("page.html", "text/html"),
    "/softphone.css": ("softphone.css", "text/css"),
    "/softphone.js": ("softphone.js", "text/javascript"),
    "/line-worklet.js": ("line-worklet.js", "text/javascript"),
}
CALLER = "+15550199"
"""Whose number the browser calls from, unless it says another."""
LONGEST_TEXT = 500


def install(app: FastAPI, carrier: Carrier, *, speak_text: Voice | None) -> None:
    """`/softphone` and what belongs to it."""
    for path, (name, kind) in _PARTS.items():
        app.add_api_route(f"/softphone{path}", _served(name, kind), methods=["GET"], include_in_schema=False)

    @app.websocket("/softphone/ws")
    async def line(socket: WebSocket) -> None:
        await socket.accept()
        await _Handset(socket, carrier, speak_text).run()


def _served(name: str, kind: str) -> Any:
    async def part() -> FileResponse:
        return FileResponse(_HERE / name, media_type=kind, headers={"Cache-Control": "no-cache"})

    return part


class _Handset:
    """One browser tab and the call it is on."""

    def __init__(self, socket: WebSocket, carrier: Carrier, speak_text: Voice | None) -> None:
        self._socket = socket
        self._carrier = carrier
        self._speak_text = speak_text
        self._phone = BrowserSoftphone()
        self._call: SimulatedCall | None = None
        self._downlink: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Until the tab is closed, which hangs up."""
        numbers = sorted(self._carrier.numbers)
        await self._tell(tell="ready", numbers=numbers, can_type=self._speak_text is not None)
        try:
            while True:
                message = await self._socket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                if (frame := message.get("bytes")) is not None:
                    self._phone.hear_microphone(frame)
                elif (text := message.get("text")) is not None:
                    await self._do(text)
        except WebSocketDisconnect:
            return
        finally:
            self._phone.hang_up()
            if self._downlink is not None:
                self._downlink.cancel()

    async def _do(self, text: str) -> None:
        try:
            order = json.loads(text)
        except ValueError:
            order = None
        match order:
            case {"do": "call", "to": str(to)}:
                await self._dial(to, str(order.get("from") or CALLER))
            case {"do": "press", "digit": str(digit)} if digit in "0123456789*#" and len(digit) == 1:
                self._phone.press(digit)
            case {"do": "hang_up"}:
                self._phone.hang_up()
            case {"do": "type", "text": str(sentence)} if sentence.strip():
                await self._type(sentence.strip()[:LONGEST_TEXT])
            case _:
                await self._tell(tell="refused", why="That is not something a telephone can do.")

    async def _dial(self, to: str, from_: str) -> None:
        if self._call is not None and not self._call.is_over:
            await self._tell(tell="refused", why="You are on a call already.")
            return
        self._phone = BrowserSoftphone()
        try:
            self._call = await self._carrier.place_call(from_, to, self._phone)
        except NoSuchNumber:
            await self._tell(tell="refused", why="Nobody has that number on the simulated network.")
            return
        if self._downlink is not None:
            self._downlink.cancel()
        self._downlink = asyncio.create_task(self._send_down(self._phone, self._call))

    async def _type(self, sentence: str) -> None:
        if self._speak_text is None or self._call is None or self._call.is_over:
            await self._tell(tell="refused", why="Typing needs a call and a voice to say it with.")
            return
        sound = await self._speak_text(sentence)
        self._phone.hear_typed(sound)
        await self._tell(tell="said", text=sentence, seconds=len(sound) / 8000)

    async def _send_down(self, phone: BrowserSoftphone, call: SimulatedCall) -> None:
        try:
            while True:
                item = await phone.outgoing.get()
                if isinstance(item, bytes):
                    await self._socket.send_bytes(item)
                else:
                    await self._tell(tell="status", status=item, sid=call.sid, by=call.line.ended_by)
        except (WebSocketDisconnect, RuntimeError):
            return

    async def _tell(self, **message: Any) -> None:
        await self._socket.send_text(json.dumps(message))
