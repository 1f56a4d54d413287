"""What writes have done, one line each, and the promise that a key does a thing once."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime

from fastapi import Request
from pydantic import JsonValue
from starlette.responses import Response

from simulator.company.access import bearer, conflict, require_key
from simulator.company.faults import Json
from simulator.company.records.kept import Record

SAFE = frozenset({"GET", "HEAD"})
KEY_HEADER = "Idempotency-Key"


class Effect(Record):
    """A write that was carried out."""

    number: int
    """Counts from 1."""
    at: datetime
    operation: str
    idempotency_key: str | None
    path: str
    arguments: dict[str, JsonValue]
    """From path, query and body."""
    status: int
    answer: dict[str, JsonValue]
    """As it was given, or would have been had it not been lost."""


class Receipts:
    """Every effect, oldest first. An answer is given again to the same request with the same key."""

    def __init__(self) -> None:
        self.effects: list[Effect] = []
        self._answers: dict[str, tuple[Effect, Response]] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    def of(self, key: str) -> Effect | None:
        kept = self._answers.get(key)
        return kept and kept[0]

    async def once(
        self,
        request: Request,
        operation: str,
        *,
        arguments: dict[str, Json],
        now: Callable[[], datetime],
        carry_out: Callable[[], Awaitable[Response]],
    ) -> Response:
        """A refused request leaves its key free, as it has changed nothing."""
        if request.method in SAFE:
            return await carry_out()
        key = request.headers.get(KEY_HEADER)
        if key is None:
            return self._kept(await carry_out(), request, operation, arguments=arguments, at=now())
        require_key(request, await bearer(request))
        async with self._asking.setdefault(key, asyncio.Lock()):
            if (given := self._answers.get(key)) is not None:
                return self._again(*given, request, arguments)
            answer = await carry_out()
            return self._kept(answer, request, operation, arguments=arguments, at=now())

    def _again(
        self, effect: Effect, answer: Response, request: Request, arguments: dict[str, Json]
    ) -> Response:
        if (effect.path, effect.arguments) != (request.url.path, arguments):
            raise conflict("idempotency_key_reused", "This key was used for another request.")
        return Response(
            answer.body,
            answer.status_code,
            {"Idempotent-Replayed": "true"},
            media_type="application/json",
        )

    def _kept(
        self,
        answer: Response,
        request: Request,
        operation: str,
        *,
        arguments: dict[str, Json],
        at: datetime,
    ) -> Response:
        effect = Effect(
            number=len(self.effects) + 1,
            at=at,
            operation=operation,
            idempotency_key=request.headers.get(KEY_HEADER),
            path=request.url.path,
            arguments=arguments,
            status=answer.status_code,
            answer=json.loads(bytes(answer.body)),
        )
        self.effects.append(effect)
        if effect.idempotency_key is not None:
            self._answers[effect.idempotency_key] = effect, answer
        return answer
