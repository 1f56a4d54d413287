"""Any tool of any server: bounded, repeated only where safe, and refused once it is not what was agreed."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence

import anyio
from mcp import MCPError
from mcp_types import CONNECTION_CLOSED, INVALID_PARAMS, METHOD_NOT_FOUND, PARSE_ERROR, CallToolResult
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt

from adapters.failures import Mismatch, MismatchAfterWrite, Unsendable
from adapters.mcp_tools.answers import TooLarge, answered
from adapters.mcp_tools.connection import Connection, Listing
from adapters.mcp_tools.listing import ToolDescription, drift
from adapters.mcp_tools.transport import Fate, fate_of_request
from domain.clock import Clock
from domain.company import McpServer
from domain.ports.systems import Answered, MaybeDone, NotDone, Withdrawn

KEY_ARGUMENT = "idempotency_key"
KEY_META = "idempotencyKey"
ATTEMPTS = 2
_NEVER_BEGUN = frozenset({METHOD_NOT_FOUND, INVALID_PARAMS})


class _Again(Exception):
    """The line broke, and the call may be made again."""


class McpTools:
    """Tools by `server.tool`. Open it in the loop that uses it, and close it there."""

    def __init__(
        self,
        servers: Sequence[McpServer],
        *,
        clock: Clock,
        secrets: Callable[[str], str | None],
        on_drift: Callable[[str, str], None] = lambda _tool, _why: None,
    ) -> None:
        """`secrets`: environment variable to its value. `on_drift`: (tool, why), once each time."""
        self._clock = clock
        self._on_drift = on_drift
        self._agreed: dict[str, ToolDescription] = {}
        self._drifted: dict[str, str] = {}
        self._listed: dict[str, asyncio.Event] = {}
        self._lines = {
            server.name: Connection(
                server,
                token=(secrets(server.token_variable) or "") if server.token_variable else "",
                listed=lambda listing, name=server.name: self._compare(name, listing),  # type: ignore[misc]  # a default binds the loop's value
            )
            for server in servers
        }

    async def open(self, *, within_s: float = 15.0) -> tuple[str, ...]:
        """The names of servers that have not shown their tools by then; they are tried for ever after."""
        # The client logs what it cannot parse, and that may be anything that a caller said.
        logging.getLogger("mcp").setLevel(logging.CRITICAL + 1)
        self._listed = {name: asyncio.Event() for name in self._lines}
        for line in self._lines.values():
            line.start()
        waits = {
            name: asyncio.create_task(event.wait(), name=f"tools of {name}")
            for name, event in self._listed.items()
        }
        if waits:
            await asyncio.wait(waits.values(), timeout=within_s)
        for wait in waits.values():
            wait.cancel()
        return tuple(name for name, event in self._listed.items() if not event.is_set())

    async def close(self) -> None:
        await asyncio.gather(*(line.close() for line in self._lines.values()))

    def describe(self) -> Mapping[str, ToolDescription]:
        """What was agreed: as each server first listed it."""
        return dict(self._agreed)

    def why_not(self, name: str) -> str:
        """Why a tool cannot be called, to be asked at start; empty where it can."""
        server = name.partition(".")[0]
        if server not in self._lines:
            return f"{name}: there is no server {server}"
        if name in self._agreed:
            return f"{name}: {self._drifted[name]}" if name in self._drifted else ""
        shown = server in self._listed and self._listed[server].is_set()
        return f"{name}: {'the server offers no such tool' if shown else 'its server is not reached'}"

    def reads(self, name: str) -> bool:
        return name in self._agreed and self._agreed[name].reads

    def available(self, name: str) -> bool:
        return name not in self._drifted

    async def call(
        self, name: str, arguments: Mapping[str, object], *, key: str, timeout_s: float
    ) -> Answered:
        """Raises as the port `Systems` says."""
        if name in self._drifted:
            raise Withdrawn(f"{name}: {self._drifted[name]}")
        tool = self._agreed.get(name)
        if tool is None:
            failure = Unsendable if name.partition(".")[0] not in self._lines else NotDone
            raise failure(self.why_not(name))
        call = _Call(self._lines[name.partition(".")[0]], tool, arguments, key, timeout_s)
        attempts = AsyncRetrying(
            sleep=self._clock.sleep,
            stop=stop_after_attempt(ATTEMPTS),
            retry=retry_if_exception_type(_Again),
            reraise=True,
        )
        try:
            async with asyncio.timeout(timeout_s):
                return await attempts(call.attempt)
        except TimeoutError:
            raise call.failure("no answer in time") from None
        except _Again:
            raise call.failure("the line broke") from None

    def _compare(self, server: str, listing: Listing) -> None:
        """The first list is what is agreed; of a later one, only what fits counts."""
        if not self._listed[server].is_set():
            self._agreed |= {tool.name: tool for tool in listing.values()}
            self._listed[server].set()
            return
        for name, agreed in self._agreed.items():
            if name.partition(".")[0] != server:
                continue
            why = drift(agreed, listing.get(name.partition(".")[2]))
            if not why:
                self._drifted.pop(name, None)
            elif self._drifted.get(name) != why:
                self._drifted[name] = why
                self._on_drift(name, why)


class _Call:
    """One call over its attempts; it remembers whether any of them may have done the deed."""

    def __init__(
        self,
        line: Connection,
        tool: ToolDescription,
        arguments: Mapping[str, object],
        key: str,
        longest_s: float,
    ) -> None:
        self._line = line
        self._tool = tool
        self._takes_key = KEY_ARGUMENT in tool.takes
        self._arguments: dict[str, object] = {**arguments, **({KEY_ARGUMENT: key} if self._takes_key else {})}
        self._key = key
        self._longest_s = longest_s
        self._unsure = False

    async def attempt(self) -> Answered:
        await self._line.connected()
        before, self._unsure = self._unsure, not self._tool.reads
        fate = Fate()
        fate_of_request.set(fate)
        try:
            result = answered(await self._ask(), reads=self._tool.reads)
        except MCPError as error:
            if fate.never_left or error.code in _NEVER_BEGUN:
                self._unsure = before
            if error.code in _NEVER_BEGUN:
                self._line.list_again()
                raise self.failure("the server does not know this tool or its arguments") from None
            if error.code == CONNECTION_CLOSED and (fate.never_left or self._repeatable):
                raise _Again from None
            if error.code == PARSE_ERROR:
                raise self._distrust("the answer cannot be read, or is too large") from None
            raise self.failure(f"error {error.code}") from None
        except TooLarge:
            raise self._distrust("the answer is too large") from None
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            if self._repeatable:
                raise _Again from None
            raise self.failure("the line broke") from None
        except (RuntimeError, ValueError):
            # The client checks results against the tool's own schema, and quotes them when they do not fit.
            raise self._distrust("the answer is not as the tool describes it") from None
        if result.status >= 500 or (before and result.status >= 400):
            raise self.failure(f"status {result.status}")
        return result

    async def _ask(self) -> CallToolResult:
        meta = {} if self._tool.reads else {KEY_META: self._key}
        return await self._line.call(
            self._tool.name.partition(".")[2], self._arguments, meta=meta, longest_s=self._longest_s + 1
        )

    @property
    def _repeatable(self) -> bool:
        return self._tool.reads or self._tool.idempotent or self._takes_key

    def failure(self, why: str) -> Exception:
        where = f"{self._tool.name}: {why}"
        return MaybeDone(where) if self._unsure else NotDone(where)

    def _distrust(self, why: str) -> Exception:
        where = f"{self._tool.name}: {why}"
        return MismatchAfterWrite(where) if self._unsure else Mismatch(where)
