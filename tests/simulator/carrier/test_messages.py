"""SMS over the loopback network with the official client, told by signed callbacks in Twilio's order."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from requests.exceptions import ReadTimeout
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator

from simulator.carrier.carrier import Carrier
from simulator.carrier.service import serving
from tests.simulator.carrier.product import ACCOUNT, NUMBER, PUBLIC, Product, carrier_for
from tests.simulator.carrier.test_rest import asks, client, refusal

TO, STATUS = "+14155550111", f"{PUBLIC}/twilio/message-status?message=m1"


@asynccontextmanager
async def served() -> AsyncIterator[tuple[Carrier, str]]:
    async with carrier_for(Product()) as carrier, serving(carrier) as origin:
        yield carrier, origin


def sending(origin: str, **changes: Any) -> Callable[[], Any]:
    fields = {"to": TO, "from_": NUMBER, "body": "Hello.", "status_callback": STATUS} | changes
    return lambda: client(origin).messages.create(**fields)


def told(carrier: Carrier) -> list[str]:
    return [dict(asked.form)["MessageStatus"] for asked in carrier.webhooks.asked]


async def test_a_message_is_queued_sent_and_delivered_and_each_is_told() -> None:
    async with served() as (carrier, origin):
        created = await asks(sending(origin))
        assert (created.status, created.direction, created.num_segments) == ("queued", "outbound-api", "1")
        await carrier.settled()
        assert told(carrier) == ["queued", "sent", "delivered"]
        seen = await asks(lambda: client(origin).messages(created.sid).fetch())
        assert (seen.status, seen.body, seen.to) == ("delivered", "Hello.", TO)
        assert seen.date_created <= seen.date_sent <= seen.date_updated
        assert [it.sid for it in await asks(lambda: client(origin).messages.list(to=TO))] == [created.sid]
        assert await asks(lambda: client(origin).messages.list(to=NUMBER)) == []


async def test_callbacks_are_signed_for_the_address_that_was_given() -> None:
    async with served() as (carrier, origin):
        created = await asks(sending(origin))
        await carrier.settled()
        asked = carrier.webhooks.asked[-1]
        form = dict(asked.form)
        assert (asked.url, form["MessageSid"], form["To"]) == (STATUS, created.sid, TO)
        signature = carrier.webhooks.headers(asked.url, asked.form)["X-Twilio-Signature"]
        assert RequestValidator(ACCOUNT.auth_token).validate(STATUS, form, signature)


async def test_a_messaging_service_sends_from_a_number_of_the_account() -> None:
    async with served() as (carrier, origin):
        created = await asks(
            sending(origin, from_=None, messaging_service_sid="MG" + "0" * 32, status_callback=None)
        )
        assert (created.from_, created.messaging_service_sid) == (NUMBER, "MG" + "0" * 32)
        await carrier.settled()
        assert told(carrier) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"to": "12"}, 21211),
        ({"from_": "+14155550999"}, 21606),
        ({"from_": None}, 21603),
        ({"body": ""}, 21602),
        ({"body": "x" * 1601}, 21617),
        ({"messaging_service_sid": "MG1"}, 21701),
    ],
)
async def test_refusals_have_twilios_numbers(changes: dict[str, Any], code: int) -> None:
    async with served() as (carrier, origin):
        with pytest.raises(TwilioRestException) as refused:
            await asks(sending(origin, **changes))
        assert (refused.value.status, refused.value.code) == (400, code)
        assert not carrier.messaging.taken


async def test_a_message_that_nobody_sent_is_not_found() -> None:
    async with served() as (_, origin):
        assert await refusal(lambda: client(origin).messages("SM" + "0" * 32).fetch()) == (404, 20404)


async def test_misfortunes_are_ordered_and_used_up() -> None:
    async with served() as (carrier, origin):
        carrier.faults.rest.throttle_next = 1
        assert await refusal(sending(origin)) == (429, 20429)
        assert not carrier.messaging.taken
        carrier.faults.messages.undelivered_next = 1
        carrier.faults.messages.callbacks_out_of_order = True
        lost = await asks(sending(origin))
        await carrier.settled()
        assert told(carrier) == ["undelivered", "sent", "queued"]
        seen = await asks(lambda: client(origin).messages(lost.sid).fetch())
        assert (seen.status, seen.error_code) == ("undelivered", 30003)


async def test_a_message_may_be_taken_without_an_answer() -> None:
    async with served() as (carrier, origin):
        carrier.faults.rest.time_out_next = 1
        carrier.faults.rest.time_out_hold_s = 0.5
        impatient = client(origin, timeout=0.1)
        with pytest.raises(ReadTimeout):
            await asks(lambda: impatient.messages.create(to=TO, from_=NUMBER, body="Hello."))
        assert len(carrier.messaging.taken) == 1
        await asyncio.wait_for(carrier.settled(), 5)
