"""The carrier asks the product: signed webhooks with their patience, retry and errors."""

import asyncio
import uuid
from dataclasses import dataclass

import httpx

from simulator.carrier.account import Account
from simulator.carrier.reach import CONNECT_S, Reach, Unreachable, proxied
from simulator.carrier.signature import Form, sign

READ_S = 15.0
RETRIES = 1
"""Repeats after a failure to connect; a slow or wrong answer is not asked for again."""
_XML = ("text/xml", "application/xml", "text/html")


class WebhookFailed(Exception):
    """No usable answer; `error` is Twilio's number for the reason."""

    def __init__(self, error: int, url: str, reason: str) -> None:
        super().__init__(f"{error}: {reason}")
        self.error = error
        self.url = url


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request that was made of the product, for a scene to look at."""

    method: str
    url: str
    form: Form
    status: int | None
    """None where nothing came back."""


class Webhooks:
    """All requests of one account to the product, in the order in which they were answered."""

    def __init__(self, account: Account, reach: Reach) -> None:
        self._account = account
        self._reach = reach
        self.asked: list[Asked] = []

    def headers(self, url: str, form: Form) -> dict[str, str]:
        signature = sign(self._account.auth_token, url, form)
        return {**proxied(url), "X-Twilio-Signature": signature, "User-Agent": "TwilioProxy/1.1"}

    async def twiml(self, url: str, form: Form, *, method: str = "POST", twice: bool = False) -> str:
        """The document at `url`; raises `WebhookFailed`."""
        answer = await self.ask(url, form, method=method, twice=twice)
        if answer.status_code >= 400 or 300 <= answer.status_code < 400:
            raise WebhookFailed(11200, url, f"answered {answer.status_code}")
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip()
        if answer.content and kind not in _XML:
            raise WebhookFailed(12300, url, f"content type {kind!r} is not XML")
        return answer.text

    async def ask(self, url: str, form: Form, *, method: str = "POST", twice: bool = False) -> httpx.Response:
        """One signed request, repeated where nobody answered; raises `WebhookFailed`."""
        token = str(uuid.uuid4())
        if twice:
            await self._attempt(url, form, method, token)
        for attempts_left in range(RETRIES, -1, -1):
            try:
                return await self._attempt(url, form, method, token)
            except httpx.ConnectError as refused:
                if not attempts_left:
                    raise WebhookFailed(11200, url, "nobody listens there") from refused
        raise AssertionError("every attempt returns or raises")

    async def _attempt(self, url: str, form: Form, method: str, token: str) -> httpx.Response:
        url = url.partition("#")[0]
        if method == "GET":
            url, form = str(httpx.URL(url).copy_merge_params(httpx.QueryParams(list(form)))), []
        headers = self.headers(url, form) | {"I-Twilio-Idempotency-Token": token}
        fields: dict[str, list[str]] = {}
        for name, value in form:
            fields.setdefault(name, []).append(value)
        status = None
        try:
            async with asyncio.timeout(READ_S):
                answer = await self._reach.http.request(
                    method,
                    self._reach.local(url),
                    data=fields or None,
                    headers=headers,
                    timeout=httpx.Timeout(READ_S, connect=CONNECT_S),
                )
            status = answer.status_code
            return answer
        except Unreachable as nowhere:
            raise WebhookFailed(11200, url, str(nowhere)) from nowhere
        except httpx.ConnectError:
            raise
        except (TimeoutError, httpx.TimeoutException) as slow:
            raise WebhookFailed(11200, url, f"no answer within {READ_S:.0f} s") from slow
        except (httpx.HTTPError, httpx.InvalidURL) as broken:
            raise WebhookFailed(11200, url, type(broken).__name__) from broken
        finally:
            self.asked.append(Asked(method=method, url=url, form=form, status=status))
