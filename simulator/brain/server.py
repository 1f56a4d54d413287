"""The HTTP face of the stand-in brain."""

import asyncio
import itertools
import json
import time
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response, StreamingResponse

from simulator.brain import MODEL
from simulator.brain.capabilities import Toolbox
from simulator.brain.dialogue import Dialogues, sample
from simulator.brain.engine import Engine
from simulator.brain.faults import Fault, FaultBook
from simulator.brain.script import Script
from simulator.brain.summary import is_asked_for, summarise
from simulator.brain.talk import Answer, Call
from simulator.brain.transcript import read
from simulator.brain.wire import ChatRequest, Json, Writer, error

REMEMBERED_REQUESTS = 50


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How fast it answers."""

    ttft_ms: float = 50.0
    """Time to the first token."""
    token_ms: float = 6.0


class Brain:
    """Answers chat requests: scripted replies first, summaries, then the dialogue engine."""

    def __init__(self, dialogues: Dialogues, script: Script) -> None:
        self._dialogues = dialogues
        self._engine = Engine(dialogues)
        self._script = script

    def answer(self, request: ChatRequest) -> Answer:
        scripted = self._script.answer(request.messages)
        if scripted:
            return scripted
        if is_asked_for(request.messages, has_tools=bool(request.tools)):
            bound = request.max_completion_tokens or request.max_tokens
            return Answer(text=summarise(request.messages, max_tokens=bound))
        return self._engine.answer(read(request.messages), Toolbox(request.offered(), self._dialogues))


def create_app(
    dialogues: Dialogues | None = None, *, script: Script | None = None, pace: Pace | None = None
) -> FastAPI:
    """The application; mount it anywhere, its paths begin with `/v1` and `/_`."""
    app = FastAPI(title="Callwright simulator: stand-in brain", docs_url=None, redoc_url=None)
    brain = Brain(dialogues or sample(), script or Script())
    faults, seen, numbers = FaultBook(), deque[Json](maxlen=REMEMBERED_REQUESTS), itertools.count(1)
    speed = pace or Pace()

    @app.exception_handler(RequestValidationError)
    async def malformed(_: Request, problem: RequestValidationError) -> JSONResponse:
        where = "; ".join(f"{'.'.join(map(str, e['loc'][1:]))}: {e['msg']}" for e in problem.errors())
        return JSONResponse(error(where, "invalid_request_error"), status_code=400)

    @app.post("/v1/chat/completions")
    async def complete(chat: ChatRequest, request: Request) -> Response:
        seen.append(chat.model_dump(exclude_none=True))
        fault = faults.next()
        if fault and (fault.dead or fault.kind == "status"):
            return _refusal(503 if fault.dead else fault.status)
        if fault and fault.kind == "hang":
            await _until_left(request, fault.seconds)
            return _refusal(504)
        writer = Writer(chat, number=next(numbers), created=int(time.time()))
        answer = _spoiled(brain.answer(chat), fault)
        if chat.stream:
            body = _stream(writer, answer, speed, fault)
            return StreamingResponse(body, media_type="text/event-stream")
        if fault and fault.kind in {"hang_first_token", "hang_mid_stream"}:
            await _until_left(request, fault.seconds)
        await asyncio.sleep(speed.ttft_ms / 1000)
        if fault and fault.kind == "garbage":
            return Response('{"id": "chatcmpl-', media_type="application/json")
        return JSONResponse(writer.whole(answer))

    @app.get("/v1/models")
    async def models() -> Response:
        if faults.dead:
            return _refusal(503)
        return JSONResponse(
            {
                "object": "list",
                "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": "callwright"}],
            }
        )

    _add_controls(app, faults, seen)
    return app


def _add_controls(app: FastAPI, faults: FaultBook, seen: deque[Json]) -> None:
    """What tests and the rehearsal steer it by, beside the interface of a model."""

    @app.post("/_faults", status_code=201)
    async def add_fault(fault: Fault) -> Fault:
        faults.add(fault.model_copy())
        return fault

    @app.get("/_faults")
    async def list_faults() -> list[Fault]:
        return faults.waiting

    @app.delete("/_faults", status_code=204)
    async def clear_faults() -> None:
        faults.clear()

    @app.get("/_requests")
    async def requests() -> list[Json]:
        """The latest requests, oldest first: what the model was shown."""
        return list(seen)


async def _stream(writer: Writer, answer: Answer, speed: Pace, fault: Fault | None) -> AsyncIterator[bytes]:
    kind = fault.kind if fault else None
    token_ms = fault.token_ms if fault and kind == "slow_drip" else speed.token_ms
    if fault and kind == "hang_first_token":
        await asyncio.sleep(fault.seconds)
        return
    await asyncio.sleep(speed.ttft_ms / 1000)
    chunks = list(writer.pieces(answer))
    for at, chunk in enumerate(chunks):
        if fault and kind == "hang_mid_stream" and at >= max(2, len(chunks) // 2):
            await asyncio.sleep(fault.seconds)
            return
        yield b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n"
        if kind == "garbage" and at == 1:
            yield b'data: {"id": "chatcmpl-\x00", "choices": [{"delta"\n\n'
        if token_ms:
            await asyncio.sleep(token_ms / 1000)
    yield b"data: [DONE]\n\n"


def _spoiled(answer: Answer, fault: Fault | None) -> Answer:
    match fault.kind if fault else None:
        case "empty":
            return Answer()
        case "wrong_arguments" if answer.call:
            spoiled = {f"{name}_x": {"wrong": [value]} for name, value in answer.call.arguments.items()}
            return replace(answer, call=Call(tool=answer.call.tool, arguments=spoiled or {"surprise": 1}))
        case _:
            return answer


def _refusal(status: int) -> JSONResponse:
    kinds = {401: "authentication_error", 429: "rate_limit_error"}
    body = error(f"The stand-in brain was asked to answer {status}.", kinds.get(status, "server_error"))
    headers = {"retry-after": "1"} if status == 429 else None
    return JSONResponse(body, status_code=status, headers=headers)


async def _until_left(request: Request, seconds: float) -> None:
    """Waits until the client has gone, or for so long."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and not await request.is_disconnected():  # noqa: ASYNC110 - only polling tells
        await asyncio.sleep(min(0.05, max(0.0, ends - time.monotonic())))
