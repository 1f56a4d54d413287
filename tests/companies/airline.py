"""One call at the airline's gate, before the stand-in of its systems, over a real line on this machine."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvicorn

from adapters.company_folder import load_company
from adapters.mcp_tools import McpTools
from adapters.systems import BoundSystems
from domain.clock import SystemClock
from domain.company import Company, McpServer
from domain.confirmation import Said
from simulator.airline.seed import found
from simulator.airline.server import Airline
from tests.tools.world import NOW, World
from tools.gate import Gate, Outcome

FOLDER = Path(__file__).parents[2] / "companies" / "airline"
AIRLINE: Company = load_company(FOLDER)
KEY = "t0ken"
TODAY = NOW.date()


def day(ahead: int) -> str:
    return (TODAY + timedelta(days=ahead)).isoformat()


@dataclass
class Counter(World):
    """The small world of the gate's own stories, but its systems are the airline's tools."""

    tools: Any = None
    airline: Airline = field(default_factory=lambda: Airline(found(TODAY)))
    drifts: asyncio.Queue[tuple[str, str]] = field(default_factory=asyncio.Queue)

    def airlines_gate(self) -> Gate:
        self.call = self.systems.call  # type: ignore[method-assign]  # the ports stay, the systems are real
        self.reads = self.systems.reads  # type: ignore[method-assign]
        self.available = self.systems.available  # type: ignore[method-assign]
        return self.gate(AIRLINE)

    @property
    def systems(self) -> BoundSystems:
        return BoundSystems(clock=SystemClock(), mcp=self.tools)


class Story:
    """A caller of the airline."""

    def __init__(self, world: Counter, *, caller: str = "+447700900111") -> None:
        self.world = world
        self.airline = world.airline
        self.gate = world.airlines_gate()
        self.case = world.case(AIRLINE, caller=caller, language="en-GB")
        self.read_back = ""

    async def act(self, action: str, **arguments: Any) -> Outcome:
        outcome = await self.gate.act(self.case, action, arguments, self.world)
        self.read_back = outcome.say
        return outcome

    async def says(self, text: str) -> Outcome:
        outcome = await self.gate.hear(
            self.case, Said(text=text, by="voice", heard=self.read_back), self.world
        )
        assert outcome is not None, "no question was open"
        self.read_back = outcome.say
        return outcome

    async def agreed(self, action: str, **arguments: Any) -> Outcome:
        asked = await self.act(action, **arguments)
        assert asked.name == "confirm", asked
        return await self.says("yes please")

    async def proves(
        self, locator: str = "K7QM2P", surname: str = "Hartley", born: str = "1988-04-12"
    ) -> str:
        return (await self.act("verify_identity", locator=locator, surname=surname, born=born)).name

    def booking(self, locator: str) -> Any:
        return self.airline.records.bookings[locator]

    def done(self) -> list[str]:
        """What the airline's systems have carried out, oldest first."""
        return [effect.tool for effect in self.airline.receipts.effects]


@asynccontextmanager
async def served(airline: Airline, key: str = "") -> AsyncIterator[int]:
    listener = socket.socket(
        socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP
    )  # asyncio sends at once on TCP
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(airline.app(key), log_level="critical", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await running


@asynccontextmanager
async def counter(key: str = KEY) -> AsyncIterator[Counter]:
    """The stand-in behind its own door, and the tools as the product reaches them."""
    world = Counter()
    async with served(world.airline, KEY) as port:
        declared = AIRLINE.mcp_servers[0]
        server: McpServer = replace(declared, url=f"http://127.0.0.1:{port}/mcp")
        world.tools = McpTools(
            [server],
            clock=SystemClock(),
            secrets={declared.token_variable: key}.get,
            on_drift=lambda tool, why: world.drifts.put_nowait((tool, why)),
        )
        missing = await world.tools.open(within_s=20 if key == KEY else 0.5)
        assert (missing == ()) is (key == KEY)
        try:
            yield world
        finally:
            await world.tools.close()
