"""Tells the product how a call goes: initiated, ringing, answered, completed."""

import asyncio
from datetime import UTC, datetime
from email.utils import format_datetime

from simulator.carrier.call import FINAL, SimulatedCall
from simulator.carrier.signature import Form
from simulator.carrier.webhooks import WebhookFailed, Webhooks

_EVENT_OF = {"queued": "initiated", "ringing": "ringing", "in-progress": "answered"}


class StatusCallbacks:
    """One call's events, numbered as they happen and posted one after another."""

    def __init__(self, call: SimulatedCall, account_sid: str, webhooks: Webhooks) -> None:
        self._call = call
        self._account_sid = account_sid
        self._webhooks = webhooks
        self._events: asyncio.Queue[Form | None] = asyncio.Queue()
        self._count = 0

    def tell(self, status: str) -> None:
        """The call has just entered a state; busy, failed and the like are told as `completed`."""
        event = _EVENT_OF.get(status, "completed")
        if self._call.number.status_callback and event in self._call.number.status_events:
            self._events.put_nowait(self._form(event))
        if status in FINAL:
            self._events.put_nowait(None)

    async def run(self) -> None:
        """Post until the call's last event has been posted."""
        faults, held = self._call.faults, list[Form]()
        while (form := await self._events.get()) is not None:
            if not faults.callbacks_out_of_order:
                await self._post(form)
            elif held:
                await self._post(form)
                await self._post(held.pop())
            else:
                held.append(form)
        for form in held:
            await self._post(form)

    def _form(self, event: str) -> Form:
        now = datetime.now(UTC)
        form = [
            *(field for field in self._call.form(self._account_sid) if field[0] != "CallStatus"),
            ("CallStatus", event if event == "initiated" else self._call.status),
            ("CallbackSource", "call-progress-events"),
            ("Timestamp", format_datetime(now)),
            ("SequenceNumber", str(self._count)),
        ]
        self._count += 1
        if self._call.is_over:
            form.append(("CallDuration", str(duration_s(self._call))))
        return form

    async def _post(self, form: Form) -> None:
        url, faults = self._call.number.status_callback, self._call.faults
        assert url is not None
        await asyncio.sleep(faults.callbacks_late_s)
        for _ in range(2 if faults.callbacks_twice else 1):
            try:
                await self._webhooks.ask(url, form)
            except WebhookFailed as failed:
                self._call.warn(failed.error, str(failed))


def duration_s(call: SimulatedCall) -> int:
    """Whole seconds from the answer to the end; 0 for a call that was never answered."""
    answered = call.since("in-progress")
    if answered is None or not call.is_over:
        return 0
    return round(call.history[-1].at_s - answered.at_s)
