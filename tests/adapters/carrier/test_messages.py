"""SMS by REST: the official client, Twilio's rules, and how each failure is named."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest
from twilio.http.response import Response

from adapters.carrier.messages import SmsOrigin, TwilioMessages
from adapters.carrier.phone import HttpxForTwilio
from domain.ports.messages import Outgoing, Undeliverable
from domain.ports.systems import MaybeDone, NotDone
from tests.adapters.carrier.conformance import load, needs_rules, spec_folder

ACCOUNT, SMS = "AC" + "a" * 32, "SM" + "1" * 32
STATUS = "https://voice.example.test/twilio/message-status"
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
OUTGOING = Outgoing(
    id="deed 1/2",
    company="sample",
    call_id="c1",
    template="goodbye",
    channel="sms",
    to="+14155550101",
    subject="",
    text="Your refund of 25.00 € is on its way.",
)
Answer = Callable[[httpx.Request], httpx.Response]


class Noon:
    """A clock that stands still."""

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("one attempt waits for nothing")


def error(status: int, code: int) -> httpx.Response:
    body = {"code": code, "message": "secret +14155550101", "more_info": "", "status": status}
    return httpx.Response(status, json=body)


def sender_of(answer: Answer, *, origin: SmsOrigin | None = None, whole_s: float = 10.0) -> TwilioMessages:
    sender = TwilioMessages(
        account_sid=ACCOUNT,
        username=ACCOUNT,
        password="t",
        origin=origin or SmsOrigin(number="+14155550100"),
        status_url=STATUS,
        clock=Noon(),
        whole_s=whole_s,
    )
    sender._http._client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return sender


async def test_a_message_goes_out_with_an_address_that_names_it() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(201, json={"sid": SMS})

    assert await sender_of(answer).send(OUTGOING) == SMS
    [request] = asked
    assert request.url.path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    form = dict(parse_qsl(request.content.decode()))
    callback = urlsplit(form.pop("StatusCallback"))
    assert f"{callback.scheme}://{callback.netloc}{callback.path}" == STATUS
    assert parse_qs(callback.query) == {"message": [OUTGOING.id]}
    assert form == {"To": OUTGOING.to, "From": "+14155550100", "Body": OUTGOING.text}


async def test_a_messaging_service_takes_the_place_of_a_number() -> None:
    forms: list[dict[str, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        forms.append(dict(parse_qsl(request.content.decode())))
        return httpx.Response(201, json={"sid": SMS})

    await sender_of(answer, origin=SmsOrigin(service_sid="MG" + "0" * 32)).send(OUTGOING)
    assert forms[0]["MessagingServiceSid"] == "MG" + "0" * 32
    assert "From" not in forms[0]


@pytest.mark.parametrize(("number", "service"), [(None, None), ("+14155550100", "MG" + "0" * 32)])
def test_a_message_has_one_origin(number: str | None, service: str | None) -> None:
    with pytest.raises(ValueError, match="only from one"):
        SmsOrigin(number=number, service_sid=service)


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        (error(429, 20429), NotDone),
        (error(401, 20003), NotDone),
        (httpx.ConnectError("refused"), NotDone),
        (httpx.ConnectTimeout("slow"), NotDone),
        (error(400, 21211), Undeliverable),
        (error(400, 21610), Undeliverable),
        (error(500, 20500), MaybeDone),
        (httpx.Response(502, text="<html>"), MaybeDone),
        (httpx.ReadTimeout("slow"), MaybeDone),
        (httpx.RemoteProtocolError("cut"), MaybeDone),
        (httpx.Response(201, text="nonsense"), MaybeDone),
        (httpx.Response(201, json={"sid": None}), MaybeDone),
    ],
)
async def test_failures_say_whether_it_can_have_been_taken(
    answer: httpx.Response | Exception, named: type[Exception]
) -> None:
    def given(_: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises((NotDone, MaybeDone)) as failed:
        await sender_of(given).send(OUTGOING)
    assert type(failed.value) is named
    assert "+1415" not in str(failed.value)
    assert failed.value.__cause__ is None


async def test_silence_is_bounded_and_may_have_been_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: object, **__: object) -> Response:
        await asyncio.get_running_loop().create_future()
        raise AssertionError

    monkeypatch.setattr(HttpxForTwilio, "request", never)
    sender = sender_of(lambda _: httpx.Response(201), whole_s=0.01)
    with pytest.raises(MaybeDone, match="Timeout"):
        await sender.send(OUTGOING)


@pytest.mark.parametrize("text", ["", " \n", "x" * 1601])
async def test_what_twilio_would_not_take_is_not_handed_over(text: str) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise AssertionError

    message = Outgoing(**{**vars(OUTGOING), "text": text})
    with pytest.raises(Undeliverable):
        await sender_of(answer).send(message)


def listed(**changes: object) -> dict[str, object]:
    """A message in the account's list, taken ten minutes ago."""
    return {
        "sid": SMS,
        "body": OUTGOING.text,
        "direction": "outbound-api",
        "date_created": format_datetime(NOW - timedelta(minutes=10)),
        **changes,
    }


@pytest.mark.parametrize(
    ("message", "found"),
    [
        (listed(), SMS),
        (listed(body=f"Sent from your Twilio trial account - {OUTGOING.text}"), SMS),
        (listed(direction="inbound"), None),
        (listed(body="Your refund of 26.00 € is on its way."), None),
        (listed(date_created=format_datetime(NOW - timedelta(days=1, seconds=1))), None),
    ],
)
async def test_a_message_whose_sending_had_no_answer_is_looked_up(
    message: dict[str, object], found: str | None
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.method == "GET"
        assert request.url.params["To"] == OUTGOING.to
        return httpx.Response(200, json={"messages": [message], "next_page_uri": None})

    assert await sender_of(answer).look_up(OUTGOING) == found


@pytest.mark.parametrize(("minutes", "found"), [(9, SMS), (8.9, None)])
async def test_a_message_from_before_ours_was_queued_is_another(minutes: float, found: str | None) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"messages": [listed()], "next_page_uri": None})

    ours = replace(OUTGOING, queued_at=NOW - timedelta(minutes=minutes))
    assert await sender_of(answer).look_up(ours) == found


@pytest.mark.parametrize("answer", [error(500, 20500), error(429, 20429)])
async def test_a_list_that_does_not_come_says_nothing(answer: httpx.Response) -> None:
    with pytest.raises(MaybeDone):
        await sender_of(lambda _: answer).look_up(OUTGOING)


@needs_rules
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # the rules' own reader
async def test_twilio_takes_every_request() -> None:
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

    assert (await sender_of(check).send(OUTGOING)).startswith("SM")
    await sender_of(check, origin=SmsOrigin(service_sid="MG" + "0" * 32)).send(OUTGOING)
    await sender_of(check).look_up(OUTGOING)
    assert [call["op"] for call in rules.calls][:3] == ["CreateMessage", "CreateMessage", "ListMessage"]
    with pytest.raises(Undeliverable):
        await sender_of(check, origin=SmsOrigin(service_sid="MG1")).send(OUTGOING)
