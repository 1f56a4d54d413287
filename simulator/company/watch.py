"""Every request passes here: it is written down, and misfortunes on request befall it."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response

from simulator.company.faults import Faults, Json
from simulator.company.receipts import KEY_HEADER, SAFE, Receipts


@dataclass(kw_only=True)
class Received:
    """One request and how it was answered."""

    at: datetime
    operation: str
    arguments: dict[str, Json]
    """From path, query and body."""
    status: int | None = None
    """None while it is being answered, and where the connection was cut."""
    fault: bool = False
    """It was made to fail, or to wait."""


@dataclass(kw_only=True)
class Watch:
    """What was asked so far and what shall go wrong."""

    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    """Seconds."""
    received: list[Received] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    receipts: Receipts = field(default_factory=Receipts)
    under_way: Counter[str | None] = field(default_factory=Counter)
    """Idempotency key to how many requests with it are not answered yet."""

    async def answer(
        self, request: Request, operation: str, true_answer: Callable[[], Awaitable[Response]]
    ) -> Response:
        arguments = await _arguments(request)
        key = request.headers.get(KEY_HEADER)
        self.under_way[key] += 1
        try:
            return await self._answer(request, operation, arguments, true_answer)
        finally:
            self.under_way[key] -= 1

    async def _answer(
        self,
        request: Request,
        operation: str,
        arguments: dict[str, Json],
        true_answer: Callable[[], Awaitable[Response]],
    ) -> Response:
        entry = Received(at=self.now(), operation=operation, arguments=arguments)
        self.received.append(entry)

        async def carry_out() -> Response:
            return await self.receipts.once(
                request, operation, arguments=arguments, now=self.now, carry_out=true_answer
            )

        fault = self.faults.take(operation, arguments, writes=request.method not in SAFE)
        if fault is None:
            return await _noted(entry, carry_out)
        entry.fault = True
        if not fault.after_effect:
            await self.sleep(fault.delay_s)
        answer = await _noted(entry, carry_out) if fault.needs_answer else None
        if fault.after_effect:
            await self.sleep(fault.delay_s)
        spoilt = fault.spoil(answer)
        entry.status = None if fault.dropped else spoilt.status_code
        return spoilt


async def _noted(entry: Received, true_answer: Callable[[], Awaitable[Response]]) -> Response:
    try:
        answer = await true_answer()
    except HTTPException as refusal:
        entry.status = refusal.status_code
        raise
    except RequestValidationError:
        entry.status = 422
        raise
    entry.status = answer.status_code
    return answer


async def _arguments(request: Request) -> dict[str, Json]:
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError:
        body = {}
    return {**request.query_params, **request.path_params, **(body if isinstance(body, dict) else {})}


class WatchedRoute(APIRoute):
    """A route whose requests pass the watch before anything else, the key's check included."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle, operation = super().get_route_handler(), self.operation_id
        assert operation is not None

        async def watched(request: Request) -> Response:
            watch = request.app.state.watch
            assert isinstance(watch, Watch)
            return await watch.answer(request, operation, lambda: handle(request))

        return watched
