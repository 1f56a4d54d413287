"""How the carrier reaches the product: it signs for the public address and dials the local one behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

CONNECT_S = 5.0
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Unreachable(Exception):
    """A public address that the carrier has no way to: nothing ever leaves this machine."""


class SocketGone(Exception):
    """The other side closed the socket, or it died; `code` is the close code (RFC 6455)."""

    def __init__(self, code: int) -> None:
        super().__init__(f"socket closed with code {code}")
        self.code = code


class HandshakeFailed(Exception):
    """No stream: `error` is Twilio's number for the reason."""

    def __init__(self, error: int, reason: str) -> None:
        super().__init__(f"{error}: {reason}")
        self.error = error


class Socket(Protocol):
    """A media socket as the carrier holds it."""

    async def send(self, message: str | bytes) -> None:
        """Raises `SocketGone`."""
        ...

    async def receive(self) -> str | bytes:
        """Raises `SocketGone`."""
        ...

    async def close(self) -> None: ...

    def cut(self) -> None:
        """Kill the connection without a word; the other side sees 1006."""
        ...


class Opener(Protocol):
    """Opens a media socket at a local address."""

    async def __call__(self, url: str, headers: dict[str, str]) -> Socket:
        """Raises `HandshakeFailed`."""
        ...


class WebSocket:
    """A `Socket` over the loopback network."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def send(self, message: str | bytes) -> None:
        try:
            await self._connection.send(message)
        except ConnectionClosed:
            raise SocketGone(self._connection.close_code or 1006) from None

    async def receive(self) -> str | bytes:
        try:
            return await self._connection.recv()
        except ConnectionClosed:
            raise SocketGone(self._connection.close_code or 1006) from None

    async def close(self) -> None:
        await self._connection.close()

    def cut(self) -> None:
        self._connection.transport.abort()


async def open_websocket(url: str, headers: dict[str, str]) -> Socket:
    try:
        connection = await connect(
            url,
            additional_headers=headers,
            open_timeout=CONNECT_S,
            close_timeout=2,
            compression=None,
            proxy=None,
            max_size=1 << 22,
        )
    except InvalidStatus as refused:
        raise HandshakeFailed(31920, f"the server answered {refused.response.status_code}") from refused
    except InvalidHandshake as broken:
        raise HandshakeFailed(31920, "the server's handshake is not one") from broken
    except TimeoutError as slow:
        raise HandshakeFailed(31901, "the server did not answer in time") from slow
    except OSError as refused:
        raise HandshakeFailed(31902, "nobody listens there") from refused
    return WebSocket(connection)


@dataclass(frozen=True, kw_only=True)
class Reach:
    """Public origins with the local ones behind them, and the two ways to talk to these."""

    origins: Mapping[str, str] = field(default_factory=dict)
    """`https://voice.example.test` -> `http://127.0.0.1:8080`."""
    http: httpx.AsyncClient
    opener: Opener = open_websocket

    def local(self, url: str) -> str:
        """Where a public URL is to be dialled; raises `Unreachable` for one that is nobody's here."""
        parts = urlsplit(url)
        secure = {"wss": "https", "ws": "http"}
        public = f"{secure.get(parts.scheme, parts.scheme)}://{parts.netloc}"
        origin = self.origins.get(public) or (public if parts.hostname in _LOOPBACK else None)
        if origin is None:
            raise Unreachable(f"{public} has no local origin: give the carrier one for it")
        there = urlsplit(origin)
        scheme = there.scheme
        if parts.scheme in secure:
            scheme = "wss" if there.scheme == "https" else "ws"
        return urlunsplit((scheme, there.netloc, parts.path, parts.query, ""))


def proxied(url: str) -> dict[str, str]:
    """What a TLS proxy in front of the product would tell it."""
    return {"Host": urlsplit(url).netloc, "X-Forwarded-Proto": "https"}
