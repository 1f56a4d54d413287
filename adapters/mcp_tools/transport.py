"""The two ways to a server, watched: when the line ends is noticed, and whether a request ever left."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import httpx2
from mcp import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from adapters.mcp_tools.answers import LARGEST_ANSWER
from domain.company import McpServer

CONNECT_S = 5.0
READ_S = 300.0
"""A server may hold a stream of events open; how long a call may take is bounded by the call."""


@dataclass
class Fate:
    """Of one call's request."""

    never_left: bool = False


fate_of_request: ContextVar[Fate] = ContextVar("fate_of_request")
"""The client sends a request in the context of the one who asked."""


@asynccontextmanager
async def transport(server: McpServer, token: str, ended: Callable[[], None]) -> AsyncIterator[Any]:
    """Yields the pair of streams that `mcp.Client` wants; `ended` is called when the server has gone."""
    async with AsyncExitStack() as stack:
        if server.command:
            program, *arguments = server.command
            secrets = {server.token_variable: token} if server.token_variable else None
            silence = stack.enter_context(_silence())
            parameters = StdioServerParameters(command=program, args=arguments, env=secrets)
            streams = await stack.enter_async_context(stdio_client(parameters, errlog=silence))
        else:
            client = await stack.enter_async_context(_http_client(token))
            streams = await stack.enter_async_context(streamable_http_client(server.url, http_client=client))
        read, write = streams
        yield _Watched(read, ended), write


@contextmanager
def _silence() -> Iterator[TextIO]:
    """What a server prints beside the protocol may hold anything: its own log is its own affair."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        yield nowhere


def _http_client(token: str) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        headers={"Authorization": f"Bearer {token}"} if token else None,
        timeout=httpx2.Timeout(READ_S, connect=CONNECT_S),
        transport=_Noting(httpx2.AsyncHTTPTransport()),
    )


class _Noting(httpx2.AsyncBaseTransport):
    """Notes requests that never left, and bounds answers."""

    def __init__(self, inner: httpx2.AsyncHTTPTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        try:
            response = await self._inner.handle_async_request(request)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout):
            if (fate := fate_of_request.get(None)) is not None:
                fate.never_left = True
            raise
        if "event-stream" not in response.headers.get("content-type", ""):
            assert isinstance(response.stream, httpx2.AsyncByteStream)
            response.stream = _Bounded(response.stream)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Bounded(httpx2.AsyncByteStream):
    """A body that ends in an error where it grows too large; events have a bound of the client's own."""

    def __init__(self, inner: httpx2.AsyncByteStream) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._inner:
            size += len(chunk)
            if size > 2 * LARGEST_ANSWER:  # the same content may stand there as text and as structure
                raise httpx2.StreamError("the answer is too large")
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Watched:
    """The reading end of a line; says when it has ended."""

    def __init__(self, inner: Any, ended: Callable[[], None]) -> None:
        self._inner = inner
        self._ended = ended

    @property
    def last_context(self) -> Any:
        return getattr(self._inner, "last_context", None)

    async def receive(self) -> Any:
        return await self._inner.receive()

    def __aiter__(self) -> "_Watched":
        return self

    async def __anext__(self) -> Any:
        try:
            return await self._inner.__anext__()
        except BaseException:
            self._ended()
            raise

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def __aenter__(self) -> "_Watched":
        await self._inner.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        return bool(await self._inner.__aexit__(kind, error, trace))
