"""A product of a page, in memory: documents by path, and one coroutine that serves media sockets."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from simulator.carrier.account import Account, PhoneNumber
from simulator.carrier.carrier import Carrier
from simulator.carrier.exchange import FarEnd
from simulator.carrier.reach import HandshakeFailed, Opener, Socket, SocketGone
from simulator.carrier.sound import tone
from tests.simulator.carrier.virtual_time import passes

PUBLIC = "https://voice.example.test"
LOCAL = "http://127.0.0.1:1"
ACCOUNT = Account(sid="AC" + "a" * 32, auth_token="b" * 32)
CALLER, NUMBER = "+15550111", "+15550100"
STREAM = '<Connect action="/after"><Stream url="wss://voice.example.test/media"><Parameter name="token" value="t1"/></Stream></Connect>'  # noqa: E501


def speech(seconds: float) -> bytes:
    """Something audible from its first millisecond to its last."""
    return tone(300, seconds=seconds)


def response(*verbs: str) -> str:
    return f"<Response>{''.join(verbs)}</Response>"


Wire = asyncio.Queue[tuple[float, str | bytes | int]]
"""Messages with the moment they were sent; a number closes the socket."""


def put(wire: Wire, item: str | bytes | int) -> None:
    wire.put_nowait((asyncio.get_running_loop().time(), item))


class MediaEnd:
    """The product's end of a media socket, and the carrier's beside it."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self.url, self.headers = url, headers
        self.heard: list[tuple[float, dict[str, Any]]] = []
        self.raw: list[str | bytes] = []
        self.closed: int | None = None
        self._to_server: Wire = asyncio.Queue()
        self._to_carrier: Wire = asyncio.Queue()

    async def next(self, event: str) -> dict[str, Any]:
        """The next message of a kind; those before it are noted. Raises `SocketGone`."""
        while True:
            at_s, raw = await self._to_server.get()
            if isinstance(raw, int):
                self.closed = raw
                raise SocketGone(raw)
            self.raw.append(raw)
            try:
                message = json.loads(raw)
                kind = message["event"]
            except (ValueError, KeyError, TypeError):
                continue
            self.heard.append((at_s, message))
            if kind == event:
                return dict(message)

    async def until_closed(self) -> int:
        try:
            await self.next("nothing")
        except SocketGone as gone:
            return gone.code
        raise AssertionError("no such event")

    def of(self, event: str) -> list[dict[str, Any]]:
        return [message for _, message in self.heard if message["event"] == event]

    @property
    def sid(self) -> str:
        return str(self.of("start")[0]["streamSid"])

    def media(self, sound: bytes) -> None:
        self.say({"event": "media", "media": {"payload": base64.b64encode(sound).decode()}})

    def mark(self, name: str) -> None:
        self.say({"event": "mark", "mark": {"name": name}})

    def clear(self) -> None:
        self.say({"event": "clear"})

    def say(self, message: dict[str, Any]) -> None:
        self.send_raw(json.dumps({"streamSid": self.sid, **message}))

    def send_raw(self, message: str | bytes) -> None:
        put(self._to_carrier, message)

    def close(self, code: int = 1000) -> None:
        put(self._to_carrier, code)
        put(self._to_server, code)

    def carriers_end(self) -> Socket:
        return _CarriersEnd(self._to_carrier, self._to_server)


class _CarriersEnd:
    def __init__(self, inbox: Wire, outbox: Wire) -> None:
        self._inbox, self._outbox = inbox, outbox

    async def send(self, message: str | bytes) -> None:
        put(self._outbox, message)

    async def receive(self) -> str | bytes:
        _, message = await self._inbox.get()
        if isinstance(message, int):
            raise SocketGone(message)
        return message

    async def close(self) -> None:
        put(self._outbox, 1000)

    def cut(self) -> None:
        put(self._outbox, 1006)
        put(self._inbox, 1006)


Serve = Callable[[MediaEnd], Awaitable[None]]


@dataclass
class Product:
    documents: dict[str, str | int | float] = field(default_factory=dict)
    """By path: TwiML, a status to fail with, or seconds to be slow for."""
    serve: Serve | None = None
    """None refuses every socket."""
    requests: list[httpx.Request] = field(default_factory=list)
    sockets: list[MediaEnd] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        document = self.documents.get(request.url.path, response())
        if isinstance(document, int):
            return httpx.Response(document)
        if isinstance(document, float):
            await passes(document)
            document = response()
        return httpx.Response(200, content=document, headers={"Content-Type": "text/xml; charset=utf-8"})

    async def open(self, url: str, headers: dict[str, str]) -> Socket:
        if self.serve is None:
            raise HandshakeFailed(31920, "the server answered 403")
        end = MediaEnd(url, headers)
        self.sockets.append(end)
        self.tasks.append(asyncio.create_task(self._serve(end)))
        return end.carriers_end()

    async def _serve(self, end: MediaEnd) -> None:
        assert self.serve is not None
        try:
            await end.next("start")
            await self.serve(end)
        except SocketGone:
            return

    def forms(self, path: str) -> list[dict[str, str]]:
        return [
            dict(parse_qsl(request.content.decode(), keep_blank_values=True))
            for request in self.requests
            if request.url.path == path
        ]

    def paths(self) -> list[str]:
        return [urlsplit(str(request.url)).path for request in self.requests]


@asynccontextmanager
async def carrier_for(
    product: Product,
    *,
    number: PhoneNumber | None = None,
    far_ends: dict[str, FarEnd] | None = None,
    opener: Opener | None = None,
) -> AsyncIterator[Carrier]:
    carrier = Carrier(
        account=ACCOUNT,
        numbers=[number or PhoneNumber(number=NUMBER, voice_url=f"{PUBLIC}/voice")],
        origins={PUBLIC: LOCAL},
        far_ends=far_ends,
        http=httpx.AsyncClient(transport=httpx.MockTransport(product.answer)),
        opener=opener or product.open,
    )
    try:
        yield carrier
    finally:
        await carrier.close()
        for task in product.tasks:
            task.cancel()
        for outcome in await asyncio.gather(*product.tasks, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome
