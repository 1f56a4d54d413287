"""The process: health, metrics, and a stop that waits for calls."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request
from starlette.routing import WebSocketRoute
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.metrics import Metrics
from app.server import DrainingServer, ServerKit, create_app, server_config
from app.telephony.media_socket import AsgiMediaSocket
from domain.clock import SystemClock
from domain.ports.media import SocketClosed


class Process:
    """A server with an echo for a call."""

    def __init__(self) -> None:
        self.live = 0
        self.draining = False
        self.closed = False
        self.database = True
        self.watched = False
        self.metrics = Metrics()
        self.kit = ServerKit(
            metrics=self.metrics,
            clock=SystemClock(),
            routes=[WebSocketRoute("/echo", self.echo)],
            watches=[self._watch],
            ready=self._ready,
            live_calls=lambda: self.live,
            drain=self._drain,
            draining=lambda: self.draining,
            close=self._close,
        )
        self.app = create_app(self.kit)

    class Echo:
        """Raw ASGI, like the media door."""

        def __init__(self, process: "Process") -> None:
            self.process = process

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            await receive()
            await send({"type": "websocket.accept"})
            self.process.live += 1
            socket = AsgiMediaSocket(receive, send, self.process.metrics)
            with contextlib.suppress(SocketClosed):
                while True:
                    await socket.send(await socket.receive())
            self.process.live -= 1

    @property
    def echo(self) -> "Process.Echo":
        return Process.Echo(self)

    async def _watch(self) -> None:
        self.watched = True
        await asyncio.get_running_loop().create_future()

    async def _ready(self) -> bool:
        return self.database

    async def _close(self) -> None:
        self.closed = True

    def _drain(self) -> None:
        self.draining = True


@pytest.fixture
def process() -> Iterator[Process]:
    yield Process()


@contextlib.asynccontextmanager
async def serving(process: Process, *, drain_s: float = 30.0) -> AsyncIterator[tuple[DrainingServer, int]]:
    """The real server on a free port, without its own signal handlers."""
    server = DrainingServer(
        server_config(process.app, host="127.0.0.1", port=0), process.kit, drain_s=drain_s
    )
    task = asyncio.create_task(server._serve())
    await until(lambda: server.started)
    try:
        yield server, server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await task


async def test_health_readiness_and_metrics(process: Process) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(process.app), base_url="http://x") as http:
        assert (await http.get("/healthz")).json() == {"status": "alive"}
        assert (await http.get("/readyz")).status_code == 200
        process.database = False
        assert (await http.get("/readyz")).text == "database"
        process.draining = True
        assert ((await http.get("/readyz")).status_code, (await http.get("/readyz")).text) == (
            503,
            "draining",
        )
        assert "callwright_draining 1.0" in (await http.get("/metrics")).text


@pytest.mark.parametrize(
    ("shown", "status"),
    [({}, 401), ({"Authorization": "Bearer other"}, 401), ({"Authorization": "Bearer t"}, 200)],
)
async def test_metrics_are_closed_by_a_token(process: Process, shown: dict[str, str], status: int) -> None:
    app = create_app(replace(process.kit, metrics_token="t"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as http:
        answer = await http.get("/metrics", headers=shown)
        assert answer.status_code == status
        assert ("callwright_draining" in answer.text) == (status == 200)
        assert (await http.get("/healthz")).status_code == 200


async def test_a_signal_lets_the_call_end_and_keeps_the_doors_open_meanwhile(process: Process) -> None:
    async with serving(process) as (server, port):
        async with connect(f"ws://127.0.0.1:{port}/echo", compression=None) as socket:
            await echoed(socket)
            server.handle_exit(signal.SIGTERM, None)
            await echoed(socket)
            async with httpx.AsyncClient() as http:
                assert (await http.get(f"http://127.0.0.1:{port}/readyz")).status_code == 503
            assert not server.should_exit
        await until(lambda: server.should_exit)
    assert process.closed
    assert process.watched


async def test_a_second_signal_stops_at_once(process: Process) -> None:
    async with serving(process) as (server, port), connect(f"ws://127.0.0.1:{port}/echo") as socket:
        await echoed(socket)
        server.handle_exit(signal.SIGTERM, None)
        server.handle_exit(signal.SIGTERM, None)
        assert server.should_exit
        with pytest.raises(ConnectionClosed):
            await socket.recv()


@pytest.mark.parametrize("size", [64 * 1024 - 1, 64 * 1024 + 1])
async def test_messages_are_bounded(process: Process, size: int) -> None:
    async with serving(process) as (_, port), connect(f"ws://127.0.0.1:{port}/echo") as socket:
        await socket.send("x" * size)
        if size <= 64 * 1024:
            assert len(await socket.recv()) == size
        else:
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1009


async def test_compression_is_not_offered(process: Process) -> None:
    async with (
        serving(process) as (_, port),
        connect(f"ws://127.0.0.1:{port}/echo", compression="deflate") as socket,
    ):
        assert socket.protocol.extensions == []


async def until(reached: Callable[[], bool]) -> None:
    """uvicorn tells nobody when it has started."""
    while not reached():
        await SystemClock().sleep(0.01)


async def echoed(socket: ClientConnection) -> None:
    await socket.send("still there?")
    assert await socket.recv() == "still there?"


def test_one_process_with_the_cheap_protocol(process: Process) -> None:
    config: uvicorn.Config = server_config(process.app, host="127.0.0.1", port=0)
    assert (config.workers, config.ws, config.ws_per_message_deflate) == (1, "websockets-sansio", False)


@pytest.mark.parametrize(
    ("peer", "seen"), [("10.1.2.3", "https 198.51.100.7"), ("192.0.2.1", "http 192.0.2.1")]
)
async def test_only_a_trusted_proxy_says_who_asks_and_how(peer: str, seen: str) -> None:
    app = FastAPI()

    @app.get("/")
    async def who(request: Request) -> str:
        return f"{request.url.scheme} {request.client.host if request.client else ''}"

    config = server_config(app, host="127.0.0.1", port=0, trusted_proxies="10.0.0.0/8")
    config.load()
    transport = httpx.ASGITransport(config.loaded_app, client=(peer, 1))
    headers = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https"}
    async with httpx.AsyncClient(transport=transport, base_url="http://callwright") as client:
        assert (await client.get("/", headers=headers)).json() == seen
