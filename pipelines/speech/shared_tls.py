"""One TLS context for all provider sockets of a process.

Making one reads every root certificate: some 20 ms in which no other call is served, twice at each
call's start.
"""

import ssl
from functools import cache
from typing import Any

from pipecat.services.websocket_service import WebsocketService


@cache
def tls_context() -> ssl.SSLContext:
    return ssl.create_default_context()


class SharedTls(WebsocketService):
    """Mixed into a pipecat service, before it."""

    async def _websocket_connect(self, uri: str, **kwargs: Any) -> Any:
        if uri.startswith("wss:"):
            kwargs.setdefault("ssl", tls_context())
        return await super()._websocket_connect(uri, **kwargs)
