"""From the settings to a stand-in carrier and mail server, and back by the status door."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI

from adapters.carrier.signature import Signatures
from app.messages import Senders, open_senders, with_what_is_sent
from app.metrics import Metrics
from app.settings import Settings
from app.telephony.carrier_requests import CarrierRequests
from app.telephony.message_status import MessageStatusDoor
from domain.actions import Binding
from domain.clock import SystemClock
from domain.company import Verification
from domain.messaging import Channel, MessageTemplate
from domain.ports.messages import Outgoing, Undeliverable
from domain.ports.systems import MaybeDone, NotDone
from simulator.carrier.account import Account, PhoneNumber
from simulator.carrier.carrier import Carrier
from simulator.carrier.service import serving
from simulator.post.mail_server import MailServer, listening
from tests.support.receipts import Receipts
from tests.tools.shop import SHOP

ACCOUNT = Account(sid="AC" + "a" * 32, auth_token="b" * 32)
PUBLIC, NUMBER = "https://voice.example.test", "+15550100"
SMS = Outgoing(
    id="m1",
    company="sample",
    call_id="c1",
    template="goodbye",
    channel="sms",
    to="+14155550101",
    subject="",
    text="It is over.",
)
EMAIL = replace(SMS, id="m2", channel="email", to="anna@customer.example", subject="Over")

SENDING = replace(
    SHOP,
    messages=(
        MessageTemplate(name="text", channel="sms", text="It is over."),
        MessageTemplate(name="mail", channel="email", text="It is over."),
    ),
    verification=Verification(
        facts={"zip": "customer.zip"}, needed=1, code_template="text", code_to="customer.phone"
    ),
    actions=tuple(
        replace(SHOP.actions[0], name=name, binding=binding, offered=True)
        for name, binding in {
            "text_them": Binding(kind="message", name="text"),
            "mail_them": Binding(kind="message", name="mail"),
            "send_code": Binding(kind="builtin", name="send_code"),
            "end_call": Binding(kind="builtin", name="end_call"),
        }.items()
    ),
)


class World:
    """Senders as a process has them, and what they reach."""

    def __init__(self, carrier: Carrier, mail: MailServer, senders: Senders, receipts: Receipts) -> None:
        self.carrier, self.mail, self.senders, self.receipts = carrier, mail, senders, receipts


def settings(**given: object) -> Settings:
    named = {
        "public_url": PUBLIC,
        "twilio_account_sid": ACCOUNT.sid,
        "twilio_auth_token": ACCOUNT.auth_token,
    }
    return Settings.model_validate(named | given)


@asynccontextmanager
async def world() -> AsyncIterator[World]:
    receipts, metrics = Receipts("m1"), Metrics()
    requests = CarrierRequests(
        signatures=Signatures([ACCOUNT.auth_token], PUBLIC),
        account=ACCOUNT.sid,
        line_of=lambda _: None,
        metrics=metrics,
    )
    product = FastAPI()
    product.include_router(MessageStatusDoor(requests=requests, receipts=receipts, metrics=metrics).router)
    async with AsyncExitStack() as stack:
        carrier = Carrier(
            account=ACCOUNT,
            numbers=[PhoneNumber(number=NUMBER, voice_url=f"{PUBLIC}/twilio/voice")],
            origins={PUBLIC: "http://127.0.0.1:1"},
            http=httpx.AsyncClient(transport=httpx.ASGITransport(product)),
        )
        stack.push_async_callback(carrier.close)
        origin = await stack.enter_async_context(serving(carrier))
        mail = MailServer()
        port = await stack.enter_async_context(listening(mail))
        senders = open_senders(
            settings(
                twilio_api_url=origin,
                sms_from=NUMBER,
                smtp_host="127.0.0.1",
                smtp_port=port,
                smtp_security="none",
                email_from="Larkfield <hello@larkfield.example>",
            ),
            SystemClock(),
        )
        stack.push_async_callback(senders.close)
        yield World(carrier, mail, senders, receipts)


async def test_an_sms_goes_out_and_its_receipt_comes_back() -> None:
    async with world() as it:
        sid = await it.senders.send(SMS)
        await it.carrier.settled()
        assert it.carrier.messaging.taken[sid].body == SMS.text
        assert it.receipts.carrier_ids == {"m1": sid}
        assert await it.receipts.status("m1") == "delivered"


async def test_receipts_twice_and_out_of_order_end_the_same() -> None:
    async with world() as it:
        it.carrier.faults.messages.callbacks_twice = True
        it.carrier.faults.messages.callbacks_out_of_order = True
        it.carrier.faults.messages.undelivered_next = 1
        sid = await it.senders.send(SMS)
        await it.carrier.settled()
        assert it.receipts.told == {sid: ("undelivered", "30003")}
        assert len(it.carrier.webhooks.asked) == 6
        assert {asked.status for asked in it.carrier.webhooks.asked} == {204}


async def test_a_throttled_sms_was_not_sent() -> None:
    async with world() as it:
        it.carrier.faults.rest.throttle_next = 1
        with pytest.raises(NotDone):
            await it.senders.send(SMS)
        assert not it.carrier.messaging.taken
        await it.senders.send(SMS)
        assert len(it.carrier.messaging.taken) == 1


async def test_an_sms_without_an_answer_is_found_again_twice_over() -> None:
    async with world() as it:
        it.carrier.faults.rest.time_out_next = 1
        it.carrier.faults.rest.time_out_hold_s = 0.3
        sms = it.senders._by_channel["sms"]
        sms._whole_s = 0.1  # type: ignore[attr-defined]  # a real wait would be ten seconds
        with pytest.raises(MaybeDone):
            await it.senders.send(SMS)
        sms._whole_s = 5.0  # type: ignore[attr-defined]
        [taken] = it.carrier.messaging.taken.values()
        assert await it.senders.look_up(SMS) == taken.sid
        assert await it.senders.look_up(replace(SMS, text="Another.")) is None
        await it.carrier.settled()
        assert it.receipts.carrier_ids == {"m1": taken.sid}


async def test_a_number_that_is_none_is_undeliverable() -> None:
    async with world() as it:
        with pytest.raises(Undeliverable):
            await it.senders.send(replace(SMS, to="12"))


async def test_an_email_goes_out() -> None:
    async with world() as it:
        assert await it.senders.send(EMAIL) == "<m2@larkfield.example>"
        assert [letter.subject for letter in it.mail.letters] == ["Over"]
        assert it.senders.channels == {"sms", "email"}


async def test_a_channel_without_settings_says_which_are_missing() -> None:
    senders = open_senders(settings(), SystemClock())
    assert not senders.channels
    for message, variable in ((SMS, "CALLWRIGHT_SMS_FROM"), (EMAIL, "CALLWRIGHT_SMTP_HOST")):
        with pytest.raises(NotDone, match=variable):
            await senders.send(message)
        with pytest.raises(MaybeDone, match=variable):
            await senders.look_up(message)
    await asyncio.wait_for(senders.close(), 1)


def test_what_no_settings_carry_is_not_offered() -> None:
    def offers(*channels: Channel) -> set[str]:
        company = with_what_is_sent(SENDING, frozenset(channels))
        assert [action.name for action in company.actions] == [action.name for action in SENDING.actions]
        return {action.name for action in company.actions if action.offered}

    assert offers("sms", "email") == {"text_them", "mail_them", "send_code", "end_call"}
    assert offers("email") == {"mail_them", "end_call"}
    assert offers("sms") == {"text_them", "send_code", "end_call"}
    assert offers() == {"end_call"}
