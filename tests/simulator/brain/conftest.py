"""A client of the stand-in brain, and a conversation that answers its tool calls."""

import json
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from openai import AsyncOpenAI

from simulator.brain.server import Pace, create_app

Json = dict[str, Any]
AT_ONCE = Pace(ttft_ms=0, token_ms=0)


def tool(name: str, description: str, *, required: Iterable[str] = (), **parameters: str) -> Json:
    """`parameters` are name to description, all strings."""
    properties = {key: {"type": "string", "description": text} for key, text in parameters.items()}
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": schema}}


ORDER = tool(
    "find_order",
    "Look up one order by its number: state, items and the day of delivery.",
    order_id="The order's four digits",
    required=["order_id"],
)
ORDERS = tool("orders_of_caller", "List the orders of the caller, newest first, when no number is known.")
SEARCH = tool(
    "search_knowledge",
    "Search the company's documents for rules on delivery, returns, refunds, warranty and so on.",
    question="What the caller wants to know",
    required=["question"],
)
HOURS = tool("opening_hours", "When we are open: opening hours of the people on the telephone.")
MESSAGE = tool(
    "take_message",
    "Take a message, so that a colleague calls the caller back.",
    number="Telephone number to ring",
    about="What it is about",
    required=["number", "about"],
)
END = tool("end_call", "End the call when the caller has said goodbye.")
ALL = [ORDER, ORDERS, SEARCH, HOURS, MESSAGE, END]

UNKNOWN = "You are the agent of Larkfield.\nFacts of this call:\n- The caller rings from a hidden number."
KNOWN = "You are the agent of Larkfield.\nFacts of this call:\n- The caller rings from +14155550111."


@dataclass
class Talk:
    """One call, as the product would hold it."""

    client: AsyncOpenAI
    tools: list[Json] = field(default_factory=lambda: list(ALL))
    instructions: str = UNKNOWN
    messages: list[Json] = field(default_factory=list)
    called: list[tuple[str, Json]] = field(default_factory=list)

    async def says(self, text: str) -> str:
        """The brain's words in answer; a call it makes is in `called`."""
        self.messages.append({"role": "user", "content": text})
        return await self._answered()

    async def returns(self, result: object) -> str:
        call_id = self.messages[-1]["tool_calls"][0]["id"]
        content = result if isinstance(result, str) else json.dumps(result)
        self.messages.append({"role": "tool", "tool_call_id": call_id, "content": content})
        return await self._answered()

    @property
    def last_call(self) -> tuple[str, Json]:
        assert "tool_calls" in self.messages[-1], self.messages[-1]
        return self.called[-1]

    async def _answered(self) -> str:
        offered: Any = {"tools": self.tools} if self.tools else {}
        messages: Any = [{"role": "system", "content": self.instructions}, *self.messages]
        answer = await self.client.chat.completions.create(model="any", messages=messages, **offered)
        message = answer.choices[0].message
        self.messages.append(message.model_dump(exclude_none=True))
        for call in message.tool_calls or ():
            assert call.type == "function"
            self.called.append((call.function.name, json.loads(call.function.arguments)))
        return message.content or ""


def client_of(app: FastAPI) -> AsyncOpenAI:
    transport = httpx2.ASGITransport(app=app)
    http = httpx2.AsyncClient(transport=transport, base_url="http://brain")
    return AsyncOpenAI(api_key="none", base_url="http://brain/v1", http_client=http, max_retries=0)


@pytest.fixture
def app() -> FastAPI:
    return create_app(pace=AT_ONCE)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[AsyncOpenAI]:
    async with client_of(app) as client:
        yield client


@pytest.fixture
def ring(client: AsyncOpenAI) -> Callable[..., Talk]:
    def ring(**given: Any) -> Talk:
        return Talk(client, **given)

    return ring
