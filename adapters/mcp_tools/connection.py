"""The line to one server, held by a task of its own: connects, lists its tools, connects again."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, cast

import mcp
from loguru import logger
from mcp_types import CallToolResult, RequestParamsMeta, ToolListChangedNotification

from adapters.mcp_tools.listing import ToolDescription, described
from adapters.mcp_tools.transport import transport
from domain.company import McpServer

HANDSHAKE_S = 10.0
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 30.0
LIST_AGAIN_S = 60.0
"""Not every server says when its list changes."""
MOST_PAGES = 20
GOODBYE_S = 8.0
Listing = Mapping[str, ToolDescription]


class Connection:
    """Entered and left by its own task alone, so that no cancel scope of the client crosses tasks."""

    def __init__(self, server: McpServer, *, token: str, listed: Callable[[Listing], None]) -> None:
        self.server = server
        self._token = token
        self._listed = listed
        self._client: mcp.Client | None = None
        self._connected = asyncio.Event()
        self._wake = asyncio.Event()
        self._closing = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._hold(), name=f"mcp {self.server.name}")

    async def connected(self) -> mcp.Client:
        """Waits for as long as the caller lets it."""
        while (client := self._client) is None:
            await self._connected.wait()
        return client

    def list_again(self) -> None:
        """Something suggests that the list has changed."""
        self._wake.set()

    async def close(self) -> None:
        if self._task is None:
            return
        self._closing = True
        self._wake.set()
        _, running = await asyncio.wait({self._task}, timeout=GOODBYE_S)
        for task in running:
            task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _hold(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._closing:
            try:
                await self._live()
                pause_s = FIRST_PAUSE_S
            except Exception as error:  # the client raises whatever its transport does, in groups
                log = logger.bind(server=self.server.name, error=type(error).__name__)
                log.warning("the line to a server of tools broke or could not be opened")
            finally:
                self._lost()
            if not self._closing:
                self._wake.clear()
                await self._sleep(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    async def _live(self) -> None:
        """One line, from its opening to its end."""
        client = mcp.Client(
            transport(self.server, self._token, self._lost),
            read_timeout_seconds=HANDSHAKE_S,
            message_handler=self._hear,
        )
        self._wake.clear()
        async with client:
            self._listed(await self._list(client))
            self._client = client
            self._connected.set()
            while self._connected.is_set() and not self._closing:
                await self._sleep(LIST_AGAIN_S)
                if self._connected.is_set() and not self._closing:
                    self._listed(await self._list(client))

    async def _list(self, client: mcp.Client) -> Listing:
        found: dict[str, ToolDescription] = {}
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            page = await client.list_tools(cursor=cursor, cache_mode="refresh")
            for tool in page.tools:
                found[tool.name] = described(self.server.name, tool)
            cursor = page.next_cursor
            if cursor is None:
                return found
        raise RuntimeError("the list of tools does not end")

    async def _hear(self, message: object) -> None:
        if isinstance(message, ToolListChangedNotification):
            self._wake.set()

    def _lost(self) -> None:
        self._client = None
        self._connected.clear()
        self._wake.set()

    async def _sleep(self, seconds: float) -> None:
        """Until something wakes us, or so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        self._wake.clear()

    async def call(
        self, tool: str, arguments: Mapping[str, object], *, meta: Mapping[str, Any], longest_s: float
    ) -> CallToolResult:
        """Raises whatever the client does."""
        client = await self.connected()
        stamped = cast("RequestParamsMeta", dict(meta))
        return await client.call_tool(tool, dict(arguments), longest_s, meta=stamped)
