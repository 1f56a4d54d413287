"""The carrier on real sockets: a handshake that is signed, refused or answered, a connection that is cut."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

import pytest
from twilio.request_validator import RequestValidator
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from simulator.carrier.reach import HandshakeFailed, SocketGone, open_websocket
from simulator.carrier.service import serving
from simulator.carrier.signature import sign
from simulator.carrier.sound import FRAME_BYTES, hummed, is_audible
from tests.simulator.carrier.product import (
    ACCOUNT,
    NUMBER,
    STREAM,
    MediaEnd,
    Product,
    carrier_for,
    response,
    speech,
)

PUBLIC_URL = "wss://voice.example.test/media"


class Server:
    """A product's media door: lets in what is signed, notes how each connection ended."""

    def __init__(self) -> None:
        self.codes: asyncio.Queue[int] = asyncio.Queue()
        self.heard: list[str | bytes] = []

    async def __call__(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        signature = connection.request.headers.get("X-Twilio-Signature", "")
        if not RequestValidator(ACCOUNT.auth_token).validate(PUBLIC_URL, {}, signature):
            await connection.close(1008)
        with contextlib.suppress(ConnectionClosed):
            while True:
                self.heard.append(await connection.recv())
        self.codes.put_nowait(connection.close_code or 0)

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        async with serve(self, "127.0.0.1", 0) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            yield f"ws://127.0.0.1:{port}/media"


async def test_a_signed_handshake_opens_and_a_cut_is_seen_as_1006() -> None:
    server = Server()
    headers = {"Host": "voice.example.test", "X-Twilio-Signature": sign(ACCOUNT.auth_token, PUBLIC_URL)}
    async with server.listening() as url:
        socket = await open_websocket(url, headers)
        await socket.send('{"event":"connected"}')
        socket.cut()
        assert await asyncio.wait_for(server.codes.get(), 2) == 1006
        with pytest.raises(SocketGone):
            await socket.receive()


async def test_an_unsigned_one_is_closed_by_the_server() -> None:
    server = Server()
    async with server.listening() as url:
        socket = await open_websocket(url, {})
        with pytest.raises(SocketGone) as gone:
            await socket.receive()
    assert gone.value.code == 1008


async def test_nobody_listening_is_a_refusal() -> None:
    async with Server().listening() as url:
        pass
    with pytest.raises(HandshakeFailed) as refused:
        await open_websocket(url, {})
    assert refused.value.error == 31902


async def test_the_softphone_calls_hears_types_presses_and_hangs_up() -> None:
    async def talks(end: MediaEnd) -> None:
        end.media(speech(0.5))
        await end.next("dtmf")
        end.clear()
        end.mark("pressed")
        await end.until_closed()

    product = Product(documents={"/voice": response(STREAM)}, serve=talks)
    async with carrier_for(product) as carrier, serving(carrier, speak_text=hummed) as origin:
        async with connect(origin.replace("http", "ws") + "/softphone/ws", proxy=None) as browser:
            ready = json.loads(await browser.recv())
            assert (ready["numbers"], ready["can_type"]) == ([NUMBER], True)
            await browser.send(json.dumps({"do": "call", "to": "+15550000"}))
            assert json.loads(await browser.recv())["tell"] == "refused"
            await browser.send(json.dumps({"do": "call", "to": NUMBER}))
            told: list[str] = []
            heard = False
            while not heard:
                message = await browser.recv()
                if isinstance(message, str):
                    told.append(json.loads(message)["status"])
                else:
                    assert len(message) == FRAME_BYTES
                    heard = is_audible(message)
            assert told == ["queued", "ringing", "in-progress"]
            await browser.send(json.dumps({"do": "type", "text": "Hello"}))
            await browser.send(json.dumps({"do": "press", "digit": "5"}))
            while not product.sockets[0].of("mark"):
                message = await browser.recv()
            await browser.send(json.dumps({"do": "hang_up"}))
            while not isinstance(message, str) or json.loads(message).get("status") != "completed":
                message = await browser.recv()
        [call] = carrier.calls.values()
    assert call.line.ended_by == "caller"
    assert call.recording.caller_spans()
    assert product.sockets[0].of("dtmf")[0]["dtmf"]["digit"] == "5"


async def test_a_browser_that_goes_away_hangs_up() -> None:
    async def waits(end: MediaEnd) -> None:
        await end.until_closed()

    product = Product(documents={"/voice": response(STREAM)}, serve=waits)
    async with carrier_for(product) as carrier, serving(carrier) as origin:
        async with connect(origin.replace("http", "ws") + "/softphone/ws", proxy=None) as browser:
            await browser.send(json.dumps({"do": "call", "to": NUMBER}))
            while not isinstance(await browser.recv(), bytes):
                continue
        [call] = carrier.calls.values()
        await asyncio.wait_for(call.ended(), 2)
    assert call.line.ended_by == "caller"
