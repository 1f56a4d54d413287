"""Call control over Twilio's REST API, with the official client and bounded waits."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import httpx
from loguru import logger
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from domain.clock import Clock
from domain.ports.phone import CallGone, PhoneFailed

LONGEST_INLINE_TWIML = 4000
NOT_IN_PROGRESS = {21220, 20404}
"""Twilio's codes for a call that has ended and for one that it does not know (any more)."""
THROTTLED = 429


@dataclass(frozen=True, kw_only=True)
class Waits:
    """Bounds of one request, in seconds."""

    request_s: float = 5.0
    whole_s: float = 12.0
    """All attempts and pauses together."""
    pauses_s: tuple[float, ...] = (0.25, 0.5, 1.0, 2.0)
    """Before each repetition of a throttled request, which Twilio never processed."""


class HttpxForTwilio(AsyncHttpClient):  # type: ignore[misc]  # twilio has no types
    """Twilio's client over httpx: it bounds time, and may be pointed at another address.

    The official clients leave the time-out to the system and know no base URL.
    """

    def __init__(self, *, timeout_s: float, base_url: str | None = None) -> None:
        super().__init__(None, True, timeout_s)
        self._base = urlsplit(base_url) if base_url else None
        self._client = httpx.AsyncClient(
            timeout=timeout_s, follow_redirects=False, trust_env=base_url is None
        )

    async def request(
        self,
        method: str,
        url: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002 -- part of the client's interface; ours is fixed
        allow_redirects: bool = False,  # noqa: ARG002 -- likewise
    ) -> Response:
        if self._base is not None:
            asked = urlsplit(url)
            path = self._base.path.rstrip("/") + asked.path
            url = urlunsplit((self._base.scheme, self._base.netloc, path, asked.query, ""))
        answer = await self._client.request(
            method,
            url,
            params=params,  # type: ignore[arg-type]  # twilio hands on str, int and bool only
            data=data,
            headers=headers,
            auth=auth,
        )
        return Response(answer.status_code, answer.text, answer.headers)

    async def close(self) -> None:
        await self._client.aclose()


class TwilioPhone:
    """`domain.ports.phone.Phone` on Twilio. Setting a state that is already set is safe to repeat."""

    def __init__(
        self,
        *,
        account_sid: str,
        username: str,
        password: str,
        clock: Clock,
        base_url: str | None = None,
        waits: Waits | None = None,
    ) -> None:
        """`username` and `password`: an API key and its secret, or the account and its auth token."""
        self._waits = waits or Waits()
        self._clock = clock
        self._http = HttpxForTwilio(timeout_s=self._waits.request_s, base_url=base_url)
        self._client = Client(username, password, account_sid, http_client=self._http)

    async def hang_up(self, carrier_call_id: str) -> None:
        await self._update(carrier_call_id, {"status": "completed"})

    async def redirect(self, carrier_call_id: str, twiml: str) -> None:
        if len(twiml) > LONGEST_INLINE_TWIML:
            message = f"inline TwiML has {len(twiml)} characters, Twilio takes {LONGEST_INLINE_TWIML}"
            raise PhoneFailed(message, retryable=False)
        await self._update(carrier_call_id, {"twiml": twiml})

    async def close(self) -> None:
        await self._http.close()

    async def _update(self, carrier_call_id: str, changes: Mapping[str, str]) -> None:
        try:
            async with asyncio.timeout(self._waits.whole_s):
                for pause_s in self._waits.pauses_s:
                    if await self._asked(carrier_call_id, changes):
                        return
                    await self._clock.sleep(pause_s)
                if not await self._asked(carrier_call_id, changes):
                    raise PhoneFailed("Twilio throttles every repetition (429)", retryable=True)
        except TimeoutError as late:
            raise PhoneFailed("Twilio did not answer in time", retryable=True) from late

    async def _asked(self, carrier_call_id: str, changes: Mapping[str, str]) -> bool:
        """False when Twilio throttled the request."""
        try:
            await self._client.calls(carrier_call_id).update_async(**changes)
        except (TwilioRestException, TwilioServiceException) as refused:
            if refused.code in NOT_IN_PROGRESS:
                raise CallGone from refused
            if refused.status == THROTTLED:
                logger.bind(call=carrier_call_id).warning("Twilio throttles call control")
                return False
            message = f"Twilio refused call control with code {refused.code} (HTTP {refused.status})"
            raise PhoneFailed(message, retryable=refused.status >= 500) from refused
        except (TwilioException, httpx.HTTPError) as broken:
            message = f"no usable answer from Twilio: {type(broken).__name__}"
            raise PhoneFailed(message, retryable=True) from broken
        return True
