"""A server by the official library, over HTTP: reached with its token, left and found again."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from mcp.server.mcpserver import Context, MCPServer
from mcp_types import ToolAnnotations
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.failures import MismatchAfterWrite
from adapters.mcp_tools import McpTools
from domain.clock import SystemClock
from domain.company import McpServer
from domain.ports.systems import Answered, NotDone


class Bank:
    """Its tools, and what it was shown."""

    def __init__(self) -> None:
        self.tokens: set[str] = set()
        self.keys: list[object] = []

    def app(self) -> ASGIApp:
        server: MCPServer = MCPServer("bank")

        @server.tool(annotations=ToolAnnotations(read_only_hint=True))
        def balance(account: str) -> dict[str, int]:
            return {"minor": 100 * len(account)}

        @server.tool()
        def block_card(card: str, ctx: Context) -> dict[str, str]:
            self.keys.append((ctx.request_context.meta or {}).get("idempotencyKey"))
            return {"card": card, "state": "blocked"}

        @server.tool()
        def export() -> str:
            return "x" * 5_000_000

        inner = server.streamable_http_app()

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                self.tokens |= {
                    value.decode() for name, value in scope["headers"] if name == b"authorization"
                }
            await inner(scope, receive, send)

        return app


@asynccontextmanager
async def served(app: ASGIApp, port: int = 0) -> AsyncIterator[int]:
    listener = socket.create_server(("127.0.0.1", port))
    config = uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await running


async def test_over_http() -> None:
    bank = Bank()
    async with served(bank.app()) as port:
        server = McpServer(name="bank", url=f"http://127.0.0.1:{port}/mcp", token_variable="BANK_TOKEN")
        tools = McpTools([server], clock=SystemClock(), secrets={"BANK_TOKEN": "t0ken"}.get)
        try:
            assert await tools.open() == ()
            assert tools.reads("bank.balance")
            assert await tools.call("bank.balance", {"account": "12"}, key="", timeout_s=20) == Answered(
                status=200, body={"minor": 200}
            )
            blocked = await tools.call("bank.block_card", {"card": "1"}, key="deed-1", timeout_s=20)
            assert blocked.body == {"card": "1", "state": "blocked"}
            wrong = await tools.call("bank.balance", {}, key="", timeout_s=20)
            assert wrong.status == 422
            assert bank.keys == ["deed-1"]
            assert bank.tokens == {"Bearer t0ken"}
            with pytest.raises(MismatchAfterWrite, match="too large"):
                await tools.call("bank.export", {}, key="deed-2", timeout_s=20)
        finally:
            await tools.close()


async def test_a_write_that_never_left_is_not_done_and_the_server_is_found_again() -> None:
    bank = Bank()
    async with served(bank.app()) as port:
        server = McpServer(name="bank", url=f"http://127.0.0.1:{port}/mcp")
        tools = McpTools([server], clock=SystemClock(), secrets=lambda _: None)
        assert await tools.open() == ()
    try:
        with pytest.raises(NotDone):
            await tools.call("bank.block_card", {"card": "1"}, key="deed-1", timeout_s=1)
        async with served(bank.app(), port):
            blocked = await tools.call("bank.block_card", {"card": "1"}, key="deed-1", timeout_s=20)
            assert blocked.status == 200
    finally:
        await tools.close()
