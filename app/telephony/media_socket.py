"""A carrier's media socket straight on ASGI: at 50 messages a second and call, every layer costs."""

import asyncio

from starlette.types import Message, Receive, Send

from app.metrics import Metrics
from domain.ports.media import SocketClosed

SEND_S = 5.0
LOST = 1006


class AsgiMediaSocket:
    """`domain.ports.media.MediaSocket`, accepted already. Binary messages are counted and dropped."""

    def __init__(self, receive: Receive, send: Send, metrics: Metrics) -> None:
        self.received = 0
        """Text messages so far: whoever watches for a silent peer compares it with the last look."""
        self._receive = receive
        self._send = send
        self._binary = metrics.ignored.labels("media", "binary")
        self._code: int | None = None

    async def receive(self) -> str:
        while self._code is None:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                self._code = message.get("code", LOST)
                break
            text: str | None = message.get("text")
            if text is not None:
                self.received += 1
                return text
            self._binary.inc()
        raise SocketClosed(self._code)

    async def send(self, message: str) -> None:
        await self._put({"type": "websocket.send", "text": message})

    async def close(self, code: int, reason: str = "") -> None:
        """Idempotent; a reader that waits is woken with `SocketClosed`."""
        if self._code is None:
            try:
                await self._put({"type": "websocket.close", "code": code, "reason": reason})
            except SocketClosed:
                return
            self._code = code

    async def _put(self, message: Message) -> None:
        if self._code is not None:
            raise SocketClosed(self._code)
        try:
            async with asyncio.timeout(SEND_S):
                await self._send(message)
        except (OSError, RuntimeError) as gone:  # TimeoutError is an OSError, and so is uvicorn's disconnect
            self._code = LOST
            raise SocketClosed(LOST) from gone
