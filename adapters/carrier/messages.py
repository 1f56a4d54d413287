"""SMS over Twilio's REST API, with the official client: one attempt, bounded, and how it ended.

Twilio knows no idempotency key for messages. What an attempt without an answer came to is told by the status
callback, whose address names the message and is signed with it, and by the account's own list.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.rest import Client

from adapters.carrier.phone import THROTTLED, HttpxForTwilio
from domain.clock import Clock
from domain.ports.messages import Outgoing, Undeliverable
from domain.ports.systems import MaybeDone, NotDone

LONGEST_BODY = 1600
"""Characters (Twilio's 21617)."""
PERHAPS_LATER = {401, 403, 404, 408, 409, 425, THROTTLED}
"""Our credentials, our account or our pace: another day the same message may well be taken."""
NEWEST = 20
"""Messages to one number among which one of ours is looked for."""
LOOKS_BACK = timedelta(days=1)
"""An older message with the same text is another message."""
CLOCKS_APART = timedelta(minutes=1)
"""Between Twilio's clock, which tells seconds, and ours."""
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class SmsOrigin:
    """Whom a message comes from: a number (or a registered name), or a messaging service that picks one."""

    number: str | None = None
    service_sid: str | None = None
    """MG and 32 hexadecimal digits."""

    def __post_init__(self) -> None:
        if bool(self.number) == bool(self.service_sid):
            raise ValueError("a message comes from a number or from a messaging service, and only from one")

    @property
    def fields(self) -> dict[str, str]:
        return {"from_": self.number} if self.number else {"messaging_service_sid": self.service_sid or ""}


class TwilioMessages:
    """Implements `domain.ports.messages.Sender` for SMS (twilio.com/docs/messaging/api/message-resource)."""

    def __init__(
        self,
        *,
        account_sid: str,
        username: str,
        password: str,
        origin: SmsOrigin,
        status_url: str,
        clock: Clock,
        base_url: str | None = None,
        request_s: float = 8.0,
        whole_s: float = 10.0,
    ) -> None:
        """`status_url`: the public address that is told what became of a message."""
        self._origin = origin
        self._status_url = status_url
        self._clock = clock
        self._whole_s = whole_s
        self._http = HttpxForTwilio(timeout_s=request_s, base_url=base_url)
        self._client = Client(username, password, account_sid, http_client=self._http)

    async def send(self, message: Outgoing) -> str:
        body = message.text.strip()
        if not body or len(body) > LONGEST_BODY:
            raise Undeliverable(f"an SMS has 1 to {LONGEST_BODY} characters, this one {len(body)}")
        created = await self._asked(
            self._client.messages.create_async(
                to=message.to,
                body=body,
                status_callback=f"{self._status_url}?message={quote(message.id, safe='')}",
                **self._origin.fields,
            )
        )
        if not created.sid:
            raise MaybeDone("Twilio's answer names no message")
        return str(created.sid)

    async def look_up(self, message: Outgoing) -> str | None:
        """Looks among the newest to that number; a trial account writes words of its own before the text."""
        since = self._clock.now() - LOOKS_BACK
        if message.queued_at is not None:
            since = max(since, message.queued_at - CLOCKS_APART)
        try:
            newest: list[Any] = await self._asked(
                self._client.messages.list_async(to=message.to, limit=NEWEST, page_size=NEWEST)
            )
        except NotDone as silent:
            raise MaybeDone("Twilio does not say what it took") from silent
        found = (
            one
            for one in newest
            if str(one.direction).startswith("outbound")
            and str(one.body or "").strip().endswith(message.text.strip())
            and (one.date_created is None or one.date_created >= since)
        )
        return next((str(one.sid) for one in found), None)

    async def close(self) -> None:
        await self._http.close()

    async def _asked(self, request: Awaitable[_T]) -> _T:
        """Raises as `send` does, without Twilio's own words: they quote numbers."""
        try:
            async with asyncio.timeout(self._whole_s):
                return await request
        except (TwilioRestException, TwilioServiceException) as refused:
            what = f"Twilio answered with code {refused.code} (HTTP {refused.status})"
            if refused.status >= httpx.codes.INTERNAL_SERVER_ERROR:
                raise MaybeDone(what) from None
            if refused.status in PERHAPS_LATER:
                raise NotDone(what) from None
            raise Undeliverable(what) from None
        except _NEVER_SENT as away:
            raise NotDone(f"Twilio cannot be reached: {type(away).__name__}") from None
        except (TwilioException, httpx.HTTPError, TimeoutError, ValueError, TypeError, KeyError) as broken:
            raise MaybeDone(f"no usable answer from Twilio: {type(broken).__name__}") from None
