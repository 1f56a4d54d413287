"""One call of an operation over all its attempts: what each answer means, and what may have been done."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from adapters.failures import Mismatch, MismatchAfterWrite, Unsendable
from adapters.openapi.answers import AnswerReader, Untrustworthy
from adapters.openapi.document import Operation
from adapters.openapi.requests import Request
from domain.clock import Clock
from domain.ports.systems import Answered, MaybeDone, NotDone

LARGEST_ANSWER = 1024 * 1024
"""Bytes; more than a telephone call can use."""
SMALL_ANSWER = 16 * 1024
"""Bytes; a larger one is read in a thread, so that no call's sound waits for it."""
CONNECT_S = 3.0


class Again(Exception):
    """An attempt came to nothing, and may be repeated."""

    def __init__(self, why: str, *, pause_s: float | None = None) -> None:
        super().__init__(why)
        self.pause_s = pause_s
        """What the system asked for."""


class Exchange:
    """It remembers whether any of its attempts may have done the deed."""

    def __init__(
        self,
        *,
        operation: Operation,
        answers: AnswerReader,
        client: httpx.AsyncClient,
        url: str,
        headers: Mapping[str, str],
        prepared: Request,
        repeatable: bool,
    ) -> None:
        self._operation = operation
        self._answers = answers
        self._client = client
        self._url = url
        self._headers = headers
        self._prepared = prepared
        self._repeatable = repeatable
        self._unsure = False

    async def attempt(self, clock: Clock, timeout_s: float) -> Answered:
        before, self._unsure = self._unsure, not self._operation.reads
        try:
            status, headers, content = await self._fetch(timeout_s)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            self._unsure = before
            raise Again("no connection") from None
        except (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.LocalProtocolError):
            self._unsure = before
            raise Unsendable(f"{self._operation.id}: the request cannot be sent; check the address") from None
        except httpx.HTTPError as error:
            raise self._stumble(type(error).__name__) from None
        if status < 300:
            return await self._answered(status, headers, content)
        if 400 <= status < 500 and status not in {408, 429}:
            if before:
                raise self.failure(f"status {status}, after an attempt of unknown end")
            return await self._answered(status, headers, content)
        asked = _retry_after(headers.get("retry-after", ""), clock)
        if status == 429:
            self._unsure = before
            raise Again(f"status {status}", pause_s=asked)
        if status < 400:
            raise self.failure(f"status {status}: redirects are not followed")
        raise self._stumble(f"status {status}", pause_s=asked if status == 503 else None)

    def _stumble(self, why: str, *, pause_s: float | None = None) -> Exception:
        """Sent, and no answer to it, or one of somebody in between who cannot know: as a proxy's 503."""
        return Again(why, pause_s=pause_s) if self._repeatable else self.failure(why)

    def failure(self, why: str) -> Exception:
        where = f"{self._operation.id}: {why}"
        return MaybeDone(where) if self._unsure else NotDone(where)

    def _distrust(self, why: str) -> Exception:
        where = f"{self._operation.id}: {why}"
        return MismatchAfterWrite(where) if self._unsure else Mismatch(where)

    async def _fetch(self, timeout_s: float) -> tuple[int, httpx.Headers, bytes]:
        async with self._client.stream(
            self._prepared.method,
            self._url,
            headers=self._headers,
            content=self._prepared.content,
            timeout=httpx.Timeout(timeout_s, connect=min(CONNECT_S, timeout_s / 2)),
            follow_redirects=False,
        ) as response:
            content = bytearray()
            async for chunk in response.aiter_bytes(16 * 1024):
                content += chunk
                if len(content) > LARGEST_ANSWER:
                    if 400 <= response.status_code < 500:
                        return response.status_code, httpx.Headers(), b""
                    raise self._distrust(f"the answer is larger than {LARGEST_ANSWER} bytes")
            return response.status_code, response.headers, bytes(content)

    async def _answered(self, status: int, headers: httpx.Headers, content: bytes) -> Answered:
        try:
            read = (status, headers.get("content-type", ""), content)
            if len(content) <= SMALL_ANSWER:
                body: Any = self._answers.read(*read)
            else:
                body = await asyncio.to_thread(self._answers.read, *read)
        except Untrustworthy as error:
            if status < 300:
                raise self._distrust(str(error)) from None
            body = None
        return Answered(status=status, body=body)


def _retry_after(said: str, clock: Clock) -> float | None:
    """Seconds, from a number or a date; None where there is neither."""
    if said.isdecimal():
        return float(said[:6])
    try:
        at = parsedate_to_datetime(said)
    except (ValueError, TypeError):
        return None
    aware: datetime = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (aware - clock.now()).total_seconds())
