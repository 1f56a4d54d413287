"""Tools of a server are called within bounds, and a server that does its worst is never taken at its word."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.failures import Mismatch, Unsendable
from adapters.mcp_tools import McpTools
from domain.clock import SystemClock
from domain.company import McpServer
from domain.ports.systems import Answered, MaybeDone, NotDone, Withdrawn

FRAIL = Path(__file__).with_name("frail_server.py")
LONG = 20.0
"""Seconds; more than a busy machine needs to start a small program."""


@asynccontextmanager
async def frail(
    tmp_path: Path, drifts: asyncio.Queue[tuple[str, str]] | None = None
) -> AsyncIterator[McpTools]:
    seen = drifts or asyncio.Queue()
    server = McpServer(name="shop", command=(sys.executable, "-S", "-E", str(FRAIL), str(tmp_path / "notes")))
    tools = McpTools(
        [server],
        clock=SystemClock(),
        secrets=lambda _: None,
        on_drift=lambda tool, why: seen.put_nowait((tool, why)),
    )
    try:
        assert await tools.open(within_s=LONG) == ()
        yield tools
    finally:
        await tools.close()


async def ask(tools: McpTools, tool: str, timeout_s: float = LONG) -> Answered:
    return await tools.call(f"shop.{tool}", {"id": "1"}, key="deed-1", timeout_s=timeout_s)


async def test_what_a_server_offers_and_what_its_tools_answer(tmp_path: Path) -> None:
    async with frail(tmp_path) as tools:
        offered = tools.describe()
        assert offered["shop.look"].reads
        assert not offered["shop.write"].reads
        assert offered["shop.repeat_dying"].idempotent
        assert offered["shop.write"].takes == {"id": {"type": "string"}}
        assert tools.reads("shop.look")
        assert not tools.reads("shop.unheard_of")
        assert not tools.why_not("shop.look")
        assert "offers no such tool" in tools.why_not("shop.unheard_of")
        assert "no server post" in tools.why_not("post.look")

        looked = await ask(tools, "look")
        assert looked == Answered(status=200, body={"state": "open", "id": "1", "times": 1, "key": None})
        assert (await ask(tools, "words")).body == {"text": "It is open."}
        assert (await ask(tools, "write")).body["key"] == "deed-1"
        assert (await ask(tools, "keyed")).body["argument"] == "deed-1"
        assert await ask(tools, "refuse") == Answered(status=422, body={"why": "sent"})
        for tool in ("break_down", "crash"):
            with pytest.raises(MaybeDone, match="status 500") as unknown:
                await ask(tools, tool)
            assert "Smith" not in str(unknown.value)
        assert (await ask(tools, "grumble")).status == 422
        with pytest.raises(Mismatch, match="not as the tool describes it") as caught:
            await ask(tools, "look_wrong")
        assert "Smith" not in str(caught.value)
        assert caught.value.__suppress_context__
        with pytest.raises(Mismatch, match="too large"):
            await ask(tools, "huge")
        with pytest.raises(NotDone, match="no such tool"):
            await ask(tools, "unheard_of")
        with pytest.raises(Unsendable, match="no server post"):
            await tools.call("post.look", {}, key="", timeout_s=1)


async def test_a_call_that_hangs_is_left_and_the_line_stays(tmp_path: Path) -> None:
    async with frail(tmp_path) as tools:
        with pytest.raises(NotDone, match="no answer in time"):
            await ask(tools, "hang", 0.05)
        with pytest.raises(MaybeDone, match="no answer in time"):
            await ask(tools, "write_hang", 0.05)
        assert (await ask(tools, "look")).status == 200


async def test_a_server_that_dies_comes_back(tmp_path: Path) -> None:
    async with frail(tmp_path) as tools:
        assert (await ask(tools, "look_dying")).body["times"] == 2
        assert (await ask(tools, "repeat_dying")).body["times"] == 2
        with pytest.raises(MaybeDone):
            await ask(tools, "write_dying")
        assert (await ask(tools, "write")).status == 200, "the next call waits for the new line"
    notes = (tmp_path / "notes").read_text().split()
    assert notes.count("write_dying") == 1


async def test_calls_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    async with frail(tmp_path) as tools:
        hanging = asyncio.create_task(ask(tools, "hang", 0.2))
        answers = await asyncio.gather(*(ask(tools, "look") for _ in range(20)))
        assert {answer.status for answer in answers} == {200}
        with pytest.raises(NotDone):
            await hanging


async def test_a_tool_that_changes_is_withdrawn(tmp_path: Path) -> None:
    drifts: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
    async with frail(tmp_path, drifts) as tools, asyncio.timeout(LONG):
        await ask(tools, "change")
        assert sorted([await drifts.get(), await drifts.get()]) == [
            ("shop.words", "the server no longer offers it"),
            ("shop.write", "it now needs why"),
        ]
        assert not tools.available("shop.write")
        assert tools.available("shop.look")
        with pytest.raises(Withdrawn, match="now needs why"):
            await ask(tools, "write")
        assert (await ask(tools, "look")).status == 200


async def test_a_server_that_cannot_be_reached_is_named(tmp_path: Path) -> None:
    servers = [
        McpServer(name="nowhere", url="http://127.0.0.1:9/mcp"),
        McpServer(name="nothing", command=(str(tmp_path / "no-such-program"),)),
    ]
    tools = McpTools(servers, clock=SystemClock(), secrets=lambda _: None)
    try:
        assert set(await tools.open(within_s=0.3)) == {"nowhere", "nothing"}
        assert "not reached" in tools.why_not("nowhere.look")
        with pytest.raises(NotDone, match="not reached"):
            await tools.call("nowhere.look", {}, key="", timeout_s=0.1)
    finally:
        await tools.close()
