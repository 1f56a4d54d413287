"""The airline's systems as a server of tools by the Model Context Protocol, over HTTP or standard input."""

import json
import secrets
from collections.abc import Callable
from typing import Any, Literal, cast

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from simulator.airline.changes import Changes
from simulator.airline.enquiries import Enquiries
from simulator.airline.receipts import Receipts
from simulator.airline.records import Records, Refusal

KEY_META = "idempotencyKey"
Fault = Literal["refuses", "breaks_before", "breaks_after"]
"""It says no; or that it failed, without having done it or having done it."""
_READS = ToolAnnotations(read_only_hint=True)
_CHANGES = ToolAnnotations(read_only_hint=False)


class Airline(MCPServer[None]):
    """One airline with its own records. Refusals are errors in JSON with `status`, `code` and `detail`."""

    def __init__(self, records: Records) -> None:
        super().__init__(
            "windhover",
            title="Windhover reservations (a stand-in)",
            instructions="The systems of record of Windhover, an airline that does not exist: a stand-in.",
            log_level="ERROR",
        )
        self.records = records
        self.receipts = Receipts()
        self.faults: dict[str, list[Fault]] = {}
        """Tool to what goes wrong with its next calls."""
        self._changing: set[str] = set()
        for look in _tools_of(Enquiries(records, self.receipts)):
            self.add_tool(look, annotations=_READS, structured_output=False)
        for change in _tools_of(Changes(records)):
            self.add_tool(change, annotations=_CHANGES, structured_output=False)
            self._changing.add(change.__name__)

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[None, Any] | None = None
    ) -> CallToolResult:
        """Once by key; a refusal is the tool's own answer, and a fault hides what was done."""

        async def carry_out() -> dict[str, Any]:
            done = await super(Airline, self).call_tool(name, arguments, context)
            return cast("dict[str, Any]", json.loads(cast("CallToolResult", done).content[0].text))  # type: ignore[union-attr]  # tools answer with text

        meta = cast("dict[str, Any]", (context.request_context.meta if context else None) or {})
        faults = self.faults.get(name, [])
        fault = faults.pop(0) if faults else None
        try:
            if fault == "refuses":
                raise Refusal(409, "busy", "Not now.")
            if fault == "breaks_before":
                raise Refusal(500, "broken", "Something broke.")
            if name in self._changing:
                answer = await self.receipts.once(name, arguments, meta.get(KEY_META), carry_out)
            else:
                answer = await carry_out()
            if fault == "breaks_after":
                raise Refusal(500, "broken", "Something broke.")
        except Refusal as refusal:
            return _refused(refusal)
        except ToolError as error:
            if isinstance(error.__cause__, Refusal):
                return _refused(error.__cause__)
            raise
        return CallToolResult(content=[TextContent(type="text", text=json.dumps(answer))])

    def app(self, key: str = "") -> ASGIApp:
        """Over HTTP, at `/mcp`; with a key, only for whoever presents it."""
        inner = self.streamable_http_app()

        async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
            if key and scope["type"] == "http" and not _presents(scope, key):
                refused = JSONResponse({"status": 401, "code": "unauthorised"}, 401)
                await refused(scope, receive, send)
                return
            await inner(scope, receive, send)

        return guarded


def _tools_of(desk: object) -> list[Callable[..., Any]]:
    """Its public methods, in the order of the file."""
    return [getattr(desk, name) for name in vars(type(desk)) if not name.startswith("_")]


def _refused(refusal: Refusal) -> CallToolResult:
    body = {"status": refusal.status, "code": refusal.code, "detail": refusal.detail}
    return CallToolResult(content=[TextContent(type="text", text=json.dumps(body))], is_error=True)


def _presents(scope: Scope, key: str) -> bool:
    given = dict(scope["headers"]).get(b"authorization", b"")
    return secrets.compare_digest(given, f"Bearer {key}".encode())
