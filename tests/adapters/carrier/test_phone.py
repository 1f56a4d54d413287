"""Call control over REST: the official client, Twilio's rules, its failures, and bounded patience."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from urllib.parse import parse_qsl

import httpx
import pytest
from twilio.http.response import Response

from adapters.carrier.phone import HttpxForTwilio, TwilioPhone, Waits
from adapters.carrier.twiml import ask_again
from domain.ports.phone import CallGone, PhoneFailed
from tests.adapters.carrier.conformance import load, needs_rules, spec_folder

ACCOUNT, CALL = "AC" + "a" * 32, "CA" + "1" * 32
Answer = Callable[[httpx.Request], httpx.Response]


class Clock:
    """Counts what was slept."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 11, 21, tzinfo=UTC)

    def monotonic(self) -> float:
        return sum(self.slept)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def error(status: int, code: int) -> httpx.Response:
    body = {"code": code, "message": "secret +14155550101", "more_info": "", "status": status}
    return httpx.Response(status, json=body)


class Twilio:
    """Answers with what a test wants, in turn, and remembers the requests."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.answers: list[httpx.Response | Exception] = []
        self.clock = Clock()

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        given = self.answers.pop(0) if self.answers else httpx.Response(200, json={"sid": CALL})
        if isinstance(given, Exception):
            raise given
        return given


@pytest.fixture
async def twilio(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Twilio]:
    yield Twilio()


def phone_of(twilio: Twilio, *, base_url: str | None = None, waits: Waits | None = None) -> TwilioPhone:
    phone = TwilioPhone(
        account_sid=ACCOUNT,
        username=ACCOUNT,
        password="t",
        clock=twilio.clock,
        base_url=base_url,
        waits=waits,
    )
    phone._http._client = httpx.AsyncClient(transport=httpx.MockTransport(twilio.answer))
    return phone


async def test_hanging_up_says_completed_to_twilio(twilio: Twilio) -> None:
    phone = phone_of(twilio)
    await phone.hang_up(CALL)
    await phone.close()
    [request] = twilio.requests
    assert str(request.url) == f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Calls/{CALL}.json"
    assert parse_qsl(request.content.decode()) == [("Status", "completed")]
    assert request.headers["authorization"].startswith("Basic ")


async def test_another_base_url_receives_everything(twilio: Twilio) -> None:
    phone = phone_of(twilio, base_url="http://127.0.0.1:9100/prefix")
    await phone.redirect(CALL, ask_again("https://voice.example.test/x"))
    [request] = twilio.requests
    assert (request.url.host, request.url.port) == ("127.0.0.1", 9100)
    assert request.url.path.startswith("/prefix/2010-04-01/")


@pytest.mark.parametrize(("status", "code"), [(400, 21220), (404, 20404)])
async def test_a_call_that_is_over_is_gone(twilio: Twilio, status: int, code: int) -> None:
    twilio.answers = [error(status, code)]
    with pytest.raises(CallGone):
        await phone_of(twilio).hang_up(CALL)


async def test_throttling_is_waited_out(twilio: Twilio) -> None:
    twilio.answers = [error(429, 20429), error(429, 20429)]
    await phone_of(twilio).hang_up(CALL)
    assert (len(twilio.requests), twilio.clock.slept) == (3, [0.25, 0.5])


async def test_throttling_without_end_fails_and_may_be_tried_again(twilio: Twilio) -> None:
    twilio.answers = [error(429, 20429)] * 9
    with pytest.raises(PhoneFailed, match="throttles") as failed:
        await phone_of(twilio).hang_up(CALL)
    assert failed.value.retryable
    assert len(twilio.requests) == 5


@pytest.mark.parametrize(
    ("answer", "retryable"),
    [
        (error(500, 20500), True),
        (httpx.Response(502, text="<html>"), True),
        (error(401, 20003), False),
        (error(400, 12100), False),
        (httpx.ConnectError("refused"), True),
        (httpx.ReadTimeout("slow"), True),
    ],
)
async def test_failures_say_whether_asking_again_may_help(
    twilio: Twilio, answer: httpx.Response | Exception, retryable: bool
) -> None:
    twilio.answers = [answer]
    with pytest.raises(PhoneFailed) as failed:
        await phone_of(twilio).hang_up(CALL)
    assert failed.value.retryable is retryable
    assert "+1415" not in str(failed.value)
    assert len(twilio.requests) == 1


async def test_a_carrier_that_never_answers_is_given_up(
    twilio: Twilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object, **__: object) -> Response:
        await asyncio.get_running_loop().create_future()
        raise AssertionError

    monkeypatch.setattr(HttpxForTwilio, "request", never)
    with pytest.raises(PhoneFailed, match="in time"):
        await phone_of(twilio, waits=Waits(whole_s=0.01)).hang_up(CALL)


async def test_a_document_that_twilio_would_not_take_is_not_sent(twilio: Twilio) -> None:
    with pytest.raises(PhoneFailed, match="4001") as failed:
        await phone_of(twilio).redirect(CALL, "x" * 4001)
    assert not failed.value.retryable
    assert not twilio.requests


@needs_rules
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # the rules' own reader
async def test_twilio_takes_every_request(twilio: Twilio) -> None:
    specmock = load("specmock")
    rules = specmock.SpecMock(str(spec_folder()), products=("twilio_api_v2010",))

    def check(request: httpx.Request) -> httpx.Response:
        form = parse_qsl(request.content.decode(), keep_blank_values=True)
        try:
            status, body = rules.handle(
                request.method, str(request.url), form, request.headers["authorization"]
            )
        except specmock.Reject as wrong:
            status, body = specmock.err(wrong)
        return httpx.Response(status, content=json.dumps(body))

    phone = phone_of(twilio)
    phone._http._client = httpx.AsyncClient(transport=httpx.MockTransport(check))
    await phone.hang_up(CALL)
    await phone.redirect(CALL, ask_again("https://voice.example.test/twilio/fallback/1"))
    assert [call["op"] for call in rules.calls] == ["UpdateCall", "UpdateCall"]
    with pytest.raises(PhoneFailed):
        await phone.redirect(CALL, "<broken")
