"""The process: its HTTP application, its health, and a stop that waits for the calls it carries."""

import asyncio
import hmac
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Annotated

import uvicorn
from fastapi import APIRouter, FastAPI, Header, Response
from loguru import logger
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.routing import BaseRoute

from app.metrics import Metrics
from domain.clock import Clock

LONGEST_MESSAGE = 64 * 1024
POLL_S = 0.2


@dataclass(frozen=True, kw_only=True)
class ServerKit:
    """What the server puts together; `app/bootstrap.py` makes it, with more or less in it by role."""

    metrics: Metrics
    clock: Clock
    routers: Sequence[APIRouter] = ()
    """HTTP: the telephone's doors, the API, the pages."""
    routes: Sequence[BaseRoute] = ()
    """Raw ASGI routes: the media door."""
    watches: Sequence[Callable[[], Coroutine[None, None, None]]] = ()
    """Tasks that run as long as the process: loop lag, caretaker."""
    ready: Callable[[], Awaitable[bool]]
    """Whether what we need (the database) answers."""
    live_calls: Callable[[], int] = field(default=lambda: 0)
    drain: Callable[[], None] = field(default=lambda: None)
    """From now on new calls are refused."""
    draining: Callable[[], bool] = field(default=lambda: False)
    hang_up_on_watchers: Callable[[], None] = field(default=lambda: None)
    """End the streams of those who look on: they would hold up a stop for as long as it waits."""
    metrics_token: str | None = None
    """What Prometheus has to show at `/metrics`; None leaves it open."""
    close: Callable[[], Awaitable[None]]
    """After the last request: let go of clients and of the database."""


def create_app(kit: ServerKit) -> FastAPI:
    """All doors of this process."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        watches = [asyncio.create_task(watch()) for watch in kit.watches]
        try:
            yield
        finally:
            for watch in watches:
                watch.cancel()
            await asyncio.gather(*watches, return_exceptions=True)
            await kit.close()

    app = FastAPI(title="Callwright", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(_health(kit))
    for router in kit.routers:
        app.include_router(router)
    app.router.routes.extend(kit.routes)
    return app


def _health(kit: ServerKit) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def alive() -> dict[str, str]:
        """The loop turns; whoever restarts processes asks here."""
        return {"status": "alive"}

    @router.get("/readyz")
    async def ready() -> Response:
        """New calls are welcome; whoever spreads calls over processes asks here."""
        if kit.draining():
            return Response("draining", status_code=503)
        return Response("ready") if await kit.ready() else Response("database", status_code=503)

    @router.get("/metrics")
    async def metrics(authorization: Annotated[str, Header()] = "") -> Response:
        if kit.metrics_token is not None and not _is_bearer(authorization, kit.metrics_token):
            kit.metrics.refused.labels("metrics", "wrong_token").inc()
            return Response("no token", 401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
        kit.metrics.draining.set(kit.draining())
        return Response(generate_latest(kit.metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return router


def _is_bearer(authorization: str, token: str) -> bool:
    return hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode())


class DrainingServer(uvicorn.Server):
    """uvicorn closes every socket at the first signal; this one lets the calls end first.

    The listener stays open meanwhile: a call's status callbacks and its `<Connect>` action still come in.
    A second signal stops at once, and the carrier takes the callers to their fallback.
    """

    def __init__(self, config: uvicorn.Config, kit: ServerKit, *, drain_s: float) -> None:
        super().__init__(config)
        self._kit = kit
        self._drain_s = drain_s
        self._drained: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._kit.hang_up_on_watchers()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Uvicorn raises a caught signal again at the end, which would kill us before we let go of things."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._kit.draining() or self._loop is None:
            super().handle_exit(sig, frame)
            return
        self._kit.drain()
        self._loop.call_soon_threadsafe(self._begin_drain, sig, frame)

    def _begin_drain(self, sig: int, frame: FrameType | None) -> None:
        self._drained = asyncio.ensure_future(self._drain(sig, frame))

    async def _drain(self, sig: int, frame: FrameType | None) -> None:
        logger.bind(live=self._kit.live_calls(), signal=signal.Signals(sig).name).info("draining")
        clock = self._kit.clock
        gives_up = clock.monotonic() + self._drain_s
        while self._kit.live_calls() and clock.monotonic() < gives_up:
            await clock.sleep(POLL_S)
        super().handle_exit(sig, frame)


def serve(kit: ServerKit, *, host: str, port: int, drain_s: float) -> None:
    """Run until a signal and the end of the last call."""
    DrainingServer(server_config(create_app(kit), host=host, port=port), kit, drain_s=drain_s).run()


def server_config(app: FastAPI, *, host: str, port: int, trusted_proxies: str = "") -> uvicorn.Config:
    """One process; media sockets without compression, with bounded messages and a heartbeat.

    A trusted proxy tells who asks and whether by TLS: without it every guesser of the API key shares the
    proxy's address with those who know it, and no cookie is kept to TLS.
    """
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=LONGEST_MESSAGE,
        ws_per_message_deflate=False,
        ws_ping_interval=20.0,
        ws_ping_timeout=20.0,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=trusted_proxies,
        server_header=False,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=10,
    )
