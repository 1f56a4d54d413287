"""A company's system over HTTP: any operation of its OpenAPI document, bounded, repeated only where safe."""

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type

from adapters.failures import Unsendable
from adapters.openapi.answers import AnswerReader
from adapters.openapi.document import Document, DocumentRefused, Operation
from adapters.openapi.exchange import Again, Exchange
from adapters.openapi.requests import request
from adapters.openapi.security import NoProof, Proof, Secrets, proof
from domain.clock import Clock
from domain.ports.systems import Answered

ATTEMPTS = 3
FIRST_PAUSE_S = 0.2


@dataclass(frozen=True, kw_only=True)
class _Known:
    """One operation, made ready."""

    operation: Operation
    answers: AnswerReader
    proof: Proof | None
    why_not: str = ""
    """Why it cannot be called, where there is no proof."""


class OpenApiSystem:
    """All operations of one document. The client is shared, and its owner closes it."""

    def __init__(
        self,
        tree: object,
        *,
        client: httpx.AsyncClient,
        clock: Clock,
        secrets: Secrets,
        base_url: str = "",
        chance: Callable[[], float] = random.random,
    ) -> None:
        """`base_url` stands in for the addresses in the document. Raises `DocumentRefused`."""
        self._document = Document(tree)
        self._client = client
        self._clock = clock
        self._base_url = base_url.rstrip("/")
        self._chance = chance
        self._known = {
            name: self._ready(operation, secrets) for name, operation in self._document.operations.items()
        }

    def _ready(self, operation: Operation, secrets: Secrets) -> _Known:
        answers = AnswerReader(self._document, operation)
        try:
            shown = proof(self._document, operation, secrets)
        except (NoProof, DocumentRefused) as error:
            return _Known(operation=operation, answers=answers, proof=None, why_not=str(error))
        if not (self._base_url or operation.server):
            why = f"{operation.id}: the document gives no whole address: set one"
            return _Known(operation=operation, answers=answers, proof=None, why_not=why)
        return _Known(operation=operation, answers=answers, proof=shown)

    def why_not(self, name: str) -> str:
        """Why an operation cannot be called, to be asked at start; empty where it can."""
        known = self._known.get(name)
        return known.why_not if known else f"the document has no operation {name}"

    def reads(self, name: str) -> bool:
        known = self._known.get(name)
        return known is not None and known.operation.reads

    async def call(
        self, name: str, arguments: Mapping[str, object], *, key: str, timeout_s: float
    ) -> Answered:
        """Raises as the port `Systems` says."""
        known = self._known.get(name)
        if known is None or known.proof is None:
            raise Unsendable(self.why_not(name))
        operation = known.operation
        try:
            prepared = request(self._document, operation, arguments, known.proof.query)
        except DocumentRefused as error:
            raise Unsendable(f"{name}: {error}") from None
        headers = {**prepared.headers, **known.proof.headers}
        if operation.key_header:
            headers[operation.key_header] = key
        exchange = Exchange(
            operation=operation,
            answers=known.answers,
            client=self._client,
            url=f"{self._base_url or operation.server}{prepared.path}",
            headers=headers,
            prepared=prepared,
            repeatable=operation.reads or operation.key_header is not None,
        )
        return await self._insist(exchange, timeout_s)

    async def _insist(self, exchange: Exchange, timeout_s: float) -> Answered:
        ends_at = self._clock.monotonic() + timeout_s

        def pause(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            if isinstance(error, Again) and error.pause_s is not None:
                return error.pause_s
            return float(FIRST_PAUSE_S * 2 ** (state.attempt_number - 1) * (0.5 + self._chance()))

        def enough(state: RetryCallState) -> bool:
            return (
                state.attempt_number >= ATTEMPTS or self._clock.monotonic() + state.upcoming_sleep >= ends_at
            )

        attempts = AsyncRetrying(
            sleep=self._clock.sleep,
            wait=pause,
            stop=enough,
            retry=retry_if_exception_type(Again),
            reraise=True,
        )
        try:
            async with asyncio.timeout(timeout_s):
                return await attempts(exchange.attempt, self._clock, timeout_s)
        except Again as error:
            raise exchange.failure(str(error)) from None
        except TimeoutError:
            raise exchange.failure("no answer in time") from None
