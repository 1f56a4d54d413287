"""SMS that the product hands to the carrier: taken, sent, delivered, and told so by signed callbacks."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from simulator.carrier.account import Account, new_sid
from simulator.carrier.faults import Faults
from simulator.carrier.signature import Form
from simulator.carrier.webhooks import WebhookFailed, Webhooks

UNREACHABLE = 30003
"""Twilio's number for a handset that is switched off."""
SENT_AFTER_S, DELIVERED_AFTER_S = 0.2, 0.6
Later = Callable[[Coroutine[Any, Any, None]], None]


@dataclass(kw_only=True)
class SimulatedSms:
    """One message; nothing of it leaves this machine."""

    sid: str = field(default_factory=lambda: new_sid("SM"))
    from_: str
    to: str
    body: str
    service_sid: str | None = None
    status_url: str | None = None
    status: str = "queued"
    error: int | None = None
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    sent_at: datetime | None = None
    moved_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def enter(self, status: str, *, error: int | None = None) -> None:
        self.status, self.error, self.moved_at = status, error, datetime.now(UTC)
        if status == "sent":
            self.sent_at = self.moved_at


class Messaging:
    """The account's messages, in the order in which they were taken."""

    def __init__(self, account: Account, webhooks: Webhooks, faults: Faults, later: Later) -> None:
        self.taken: dict[str, SimulatedSms] = {}
        self._account = account
        self._webhooks = webhooks
        self._faults = faults
        self._later = later

    def take(self, sms: SimulatedSms) -> None:
        self.taken[sms.sid] = sms
        self._later(self._carry(sms, reachable=not self._faults.messages.takes_undelivered()))

    async def _carry(self, sms: SimulatedSms, *, reachable: bool) -> None:
        told = [self._form(sms)]
        await self._tell(sms, told)
        await asyncio.sleep(SENT_AFTER_S)
        sms.enter("sent")
        told.append(self._form(sms))
        await self._tell(sms, told)
        await asyncio.sleep(DELIVERED_AFTER_S)
        sms.enter("delivered" if reachable else "undelivered", error=None if reachable else UNREACHABLE)
        told.append(self._form(sms))
        await self._tell(sms, told, last=True)

    async def _tell(self, sms: SimulatedSms, told: Sequence[Form], *, last: bool = False) -> None:
        """The newest as it happens; out of order, all of them at the end and the newest first."""
        faults = self._faults.messages
        if faults.callbacks_out_of_order and not last:
            return
        due = list(reversed(told)) if faults.callbacks_out_of_order else [told[-1]]
        await asyncio.sleep(faults.callbacks_late_s)
        for form in due * (2 if faults.callbacks_twice else 1):
            if sms.status_url is None:
                return
            try:
                await self._webhooks.ask(sms.status_url, form)
            except WebhookFailed:
                continue  # Twilio logs it and does not ask again

    def _form(self, sms: SimulatedSms) -> Form:
        form = [
            ("ApiVersion", "2010-04-01"),
            ("AccountSid", self._account.sid),
            ("MessageSid", sms.sid),
            ("SmsSid", sms.sid),
            ("MessageStatus", sms.status),
            ("SmsStatus", sms.status),
            ("From", sms.from_),
            ("To", sms.to),
        ]
        if sms.service_sid:
            form.append(("MessagingServiceSid", sms.service_sid))
        if sms.error:
            form.append(("ErrorCode", str(sms.error)))
        return form
