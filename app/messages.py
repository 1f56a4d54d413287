"""Who carries which channel: put together from the settings, one `Sender` for all."""

import asyncio
from collections.abc import Mapping, Set
from dataclasses import replace
from typing import Protocol

from loguru import logger

from adapters.carrier.messages import SmsOrigin, TwilioMessages
from adapters.smtp import SmtpSender
from app.settings import Settings
from app.telephony.carrier_addresses import CarrierAddresses
from domain.actions import Action
from domain.clock import Clock
from domain.company import Company
from domain.messaging import Channel
from domain.ports.messages import Outgoing, Sender
from domain.ports.systems import MaybeDone, NotDone

SETTINGS_OF: Mapping[Channel, str] = {
    "sms": "CALLWRIGHT_SMS_FROM or CALLWRIGHT_SMS_MESSAGING_SERVICE",
    "email": "CALLWRIGHT_SMTP_HOST and CALLWRIGHT_EMAIL_FROM",
}


class ClosingSender(Sender, Protocol):
    """A sender that holds connections."""

    async def close(self) -> None: ...


class Senders:
    """Implements `domain.ports.messages.Sender` for every channel that has settings."""

    def __init__(self, by_channel: Mapping[Channel, ClosingSender]) -> None:
        self._by_channel = by_channel

    @property
    def channels(self) -> frozenset[Channel]:
        """Those that can be sent on: a company's template of another one goes nowhere."""
        return frozenset(self._by_channel)

    async def send(self, message: Outgoing) -> str:
        return await self._of(message).send(message)

    async def look_up(self, message: Outgoing) -> str | None:
        try:
            sender = self._of(message)
        except NotDone as gone:
            raise MaybeDone(str(gone)) from gone
        return await sender.look_up(message)

    async def close(self) -> None:
        await asyncio.gather(*(sender.close() for sender in self._by_channel.values()))

    def _of(self, message: Outgoing) -> ClosingSender:
        sender = self._by_channel.get(message.channel)
        if sender is None:
            raise NotDone(f"nothing sends {message.channel}: set {SETTINGS_OF[message.channel]}")
        return sender


def open_senders(settings: Settings, clock: Clock) -> Senders:
    """Nothing is asked of anyone yet."""
    senders: dict[Channel, ClosingSender] = {}
    if settings.sends_sms:
        username, password = settings.twilio_credentials
        senders["sms"] = TwilioMessages(
            account_sid=settings.twilio_account_sid,
            username=username,
            password=password,
            origin=SmsOrigin(number=settings.sms_from, service_sid=settings.sms_messaging_service),
            status_url=CarrierAddresses(settings.public_url).message_status,
            clock=clock,
            base_url=settings.twilio_api_url,
        )
    if (server := settings.mail_server) is not None and settings.email_from is not None:
        senders["email"] = SmtpSender(server=server, sender=settings.email_from, clock=clock)
    return Senders(senders)


def with_what_is_sent(company: Company, channels: Set[Channel]) -> Company:
    """Without offers to write by a channel that nothing sends: nobody is promised what cannot come.

    The templates that go nowhere are told in the log; a step of another deed that needs one will fail.
    """
    unsent = {template.name: template.channel for template in company.messages}
    unsent = {name: channel for name, channel in unsent.items() if channel not in channels}
    for name, channel in unsent.items():
        logger.bind(company=company.id, template=name, channel=channel, set=SETTINGS_OF[channel]).warning(
            "a message cannot be sent: its channel has no settings"
        )

    def reachable(action: Action) -> Action:
        return replace(action, offered=False) if _template(action, company) in unsent else action

    return replace(company, actions=tuple(map(reachable, company.actions)))


def _template(action: Action, company: Company) -> str | None:
    """The one that it sends."""
    match action.binding.kind, action.binding.name:
        case "message", name:
            return name
        case "builtin", "send_code" if company.verification:
            return company.verification.code_template
        case _:
            return None
