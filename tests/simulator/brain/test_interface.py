"""The chat completions interface as the official client sees it: streams, usage, faults, scripts, summary."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
import uvicorn
from fastapi import FastAPI
from openai import AsyncOpenAI

from simulator.brain.script import load_script
from simulator.brain.server import Pace, create_app
from tests.simulator.brain.conftest import ALL, AT_ONCE, client_of

ASK_FOR_ORDER: list[Any] = [{"role": "user", "content": "where is my order 4712"}]
GREET: list[Any] = [{"role": "user", "content": "are you a robot"}]
TOOLS: Any = ALL


async def fault(app: FastAPI, **given: Any) -> None:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://brain") as http:
        assert (await http.post("/_faults", json=given)).status_code == 201


@pytest.fixture
async def served(app: FastAPI) -> AsyncIterator[AsyncOpenAI]:
    """Over a real socket, as streams that hang can only be seen there."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    door = socket.create_server(("127.0.0.1", 0))
    running = asyncio.create_task(server.serve(sockets=[door]))
    port = door.getsockname()[1]
    async with AsyncOpenAI(api_key="none", base_url=f"http://127.0.0.1:{port}/v1", max_retries=0) as client:
        yield client
    server.should_exit = True
    server.force_exit = True
    await running


async def test_words_are_streamed_with_usage_at_the_end(client: AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(
        model="m", messages=GREET, stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text.startswith("I am an automated assistant, not a person.")
    assert len(chunks) > 10
    assert {chunk.model for chunk in chunks} == {"callwright-stand-in-brain"}
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    usage = chunks[-1].usage
    assert chunks[-1].choices == []
    assert usage is not None
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens > 20


async def test_without_being_asked_a_stream_has_no_usage(client: AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(model="m", messages=GREET, stream=True)
    chunks = [chunk async for chunk in stream]
    assert all(chunk.usage is None and chunk.choices for chunk in chunks)


async def test_a_tool_call_is_streamed_in_parts(client: AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(model="m", messages=ASK_FOR_ORDER, tools=TOOLS, stream=True)
    deltas = [chunk.choices[0] async for chunk in stream]
    parts = [delta.delta.tool_calls[0] for delta in deltas if delta.delta.tool_calls]
    assert len(parts) > 2
    assert parts[0].function and parts[0].function.name == "find_order"
    assert parts[0].id
    arguments = "".join(part.function.arguments or "" for part in parts if part.function)
    assert json.loads(arguments) == {"order_id": "4712"}
    assert deltas[-1].finish_reason == "tool_calls"


async def test_words_may_come_before_a_call_in_one_answer(client: AsyncOpenAI) -> None:
    messages: Any = [{"role": "user", "content": "goodbye"}]
    answer = await client.chat.completions.create(model="m", messages=messages, tools=TOOLS)
    message = answer.choices[0].message
    assert message.content == "Thank you for calling Larkfield. Goodbye."
    assert message.tool_calls
    assert answer.usage


async def test_forbidden_tools_are_not_called(client: AsyncOpenAI) -> None:
    answer = await client.chat.completions.create(
        model="m", messages=ASK_FOR_ORDER, tools=TOOLS, tool_choice="none"
    )
    assert answer.choices[0].message.tool_calls is None


async def test_models_are_listed(client: AsyncOpenAI) -> None:
    assert [model.id async for model in client.models.list()] == ["callwright-stand-in-brain"]


async def test_a_malformed_request_is_refused_with_the_place(client: AsyncOpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="messages"):
        await client.chat.completions.create(model="m", messages=[])


@pytest.mark.parametrize(
    ("status", "error"),
    [(500, openai.InternalServerError), (429, openai.RateLimitError), (401, openai.AuthenticationError)],
)
async def test_a_status_fault_takes_as_many_answers_as_asked(
    app: FastAPI, client: AsyncOpenAI, status: int, error: type[Exception]
) -> None:
    await fault(app, kind="status", status=status, times=2)
    for _ in range(2):
        with pytest.raises(error):
            await client.chat.completions.create(model="m", messages=GREET)
    assert (await client.chat.completions.create(model="m", messages=GREET)).choices


async def test_a_dead_brain_refuses_everything_until_it_is_cleared(app: FastAPI, client: AsyncOpenAI) -> None:
    await fault(app, dead=True)
    for _ in range(3):
        with pytest.raises(openai.InternalServerError):
            await client.chat.completions.create(model="m", messages=GREET)
    with pytest.raises(openai.InternalServerError):
        await client.models.list()
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://brain") as http:
        assert (await http.delete("/_faults")).status_code == 204
        assert (await http.get("/_faults")).json() == []
    assert (await client.chat.completions.create(model="m", messages=GREET)).choices


async def test_an_empty_answer(app: FastAPI, client: AsyncOpenAI) -> None:
    await fault(app, kind="empty")
    answer = await client.chat.completions.create(model="m", messages=ASK_FOR_ORDER, tools=TOOLS)
    assert answer.choices[0].message.content is None
    assert answer.choices[0].message.tool_calls is None


async def test_wrong_arguments(app: FastAPI, client: AsyncOpenAI) -> None:
    await fault(app, kind="wrong_arguments")
    answer = await client.chat.completions.create(model="m", messages=ASK_FOR_ORDER, tools=TOOLS)
    message: Any = answer.choices[0].message
    call = message.tool_calls[0]
    assert json.loads(call.function.arguments) == {"order_id_x": {"wrong": ["4712"]}}


async def test_a_garbage_chunk_breaks_the_stream(app: FastAPI, client: AsyncOpenAI) -> None:
    await fault(app, kind="garbage")
    stream = await client.chat.completions.create(model="m", messages=GREET, stream=True)
    with pytest.raises(json.JSONDecodeError):
        [chunk async for chunk in stream]


async def test_a_hang_gives_no_headers(app: FastAPI, served: AsyncOpenAI) -> None:
    await fault(app, kind="hang")
    with pytest.raises(openai.APITimeoutError):
        await served.chat.completions.create(model="m", messages=GREET, stream=True, timeout=0.2)


@pytest.mark.parametrize(("kind", "words"), [("hang_first_token", False), ("hang_mid_stream", True)])
async def test_a_stream_hangs(app: FastAPI, served: AsyncOpenAI, kind: str, words: bool) -> None:
    await fault(app, kind=kind)
    heard = ""
    stream = await served.chat.completions.create(model="m", messages=GREET, stream=True, timeout=0.2)
    with pytest.raises((openai.APITimeoutError, httpx2.ReadTimeout)):
        async for chunk in stream:
            heard += chunk.choices[0].delta.content or ""
    assert heard.startswith("I am an") is words
    assert "whenever" not in heard


async def test_a_slow_drip_is_slower_than_the_pace(app: FastAPI, client: AsyncOpenAI) -> None:
    await fault(app, kind="slow_drip", token_ms=3)
    loop = asyncio.get_running_loop()
    began = loop.time()
    stream = await client.chat.completions.create(model="m", messages=GREET, stream=True)
    chunks = [chunk async for chunk in stream]
    assert loop.time() - began >= len(chunks) * 0.003


async def test_the_first_token_waits_for_its_time() -> None:
    loop = asyncio.get_running_loop()
    async with client_of(create_app(pace=Pace(ttft_ms=30, token_ms=0))) as client:
        began = loop.time()
        await client.chat.completions.create(model="m", messages=GREET)
    assert loop.time() - began >= 0.03


async def test_what_the_model_was_shown_can_be_read(app: FastAPI, client: AsyncOpenAI) -> None:
    await client.chat.completions.create(model="m", messages=GREET)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://brain") as http:
        shown = (await http.get("/_requests")).json()
    assert [request["messages"] for request in shown] == [GREET]


async def test_scripted_replies_come_first(tmp_path: Path) -> None:
    script = tmp_path / "script.toml"
    script.write_text(
        '[[reply]]\nwhen = "REFUND"\nrole = "user"\ncall = "find_order"\narguments = { order_id = "0000" }\n'
        '[[reply]]\nwhen = "zero"\nrole = "tool"\nsay = "Scripted."\n'
    )
    async with client_of(create_app(script=load_script(script), pace=AT_ONCE)) as client:

        async def last(*messages: Any) -> Any:
            answer = await client.chat.completions.create(model="m", messages=list(messages), tools=TOOLS)
            return answer.choices[0].message

        asked = await last({"role": "user", "content": "I want a refund"})
        assert json.loads(asked.tool_calls[0].function.arguments) == {"order_id": "0000"}
        told = await last(
            asked.model_dump(exclude_none=True), {"role": "tool", "tool_call_id": "x", "content": "zero"}
        )
        assert told.content == "Scripted."
        assert "order number" in (await last({"role": "user", "content": "where is my order"})).content


async def test_a_call_is_summarised_without_losing_facts_or_promises(client: AsyncOpenAI) -> None:
    told = (
        "Facts of this call:\n- Today is Monday, 2 November 2026; it is 10:00 at Larkfield.\n"
        "What was said so far, shortened: Caller: my name is Anna Smith.\n\n"
        "user: Hello!\nassistant: Hello, how can I help you?\nuser: I want to know about order 4712.\n"
        'tool: {"outcome": "found"}\n'
        "assistant: It should arrive on Tuesday. A colleague will call you back today.\n"
    )
    instructions = "You shorten the record of a telephone call so that the agent can go on without it."
    messages: Any = [{"role": "system", "content": instructions}, {"role": "user", "content": told}]
    answer = await client.chat.completions.create(model="m", messages=messages, max_tokens=100)
    summary = answer.choices[0].message.content or ""
    for kept in ("Anna Smith", "4712", "arrive on Tuesday", "will call you back today"):
        assert kept in summary
    assert "how can I help" not in summary
    assert "outcome" not in summary
    assert "Monday" not in summary
    assert "user:" not in summary
    short = await client.chat.completions.create(model="m", messages=messages, max_tokens=12)
    assert len(short.choices[0].message.content or "") <= 48
