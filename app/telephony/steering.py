"""From a request of the carrier to the document that it gets: the call's state decides, not the request."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta

from fastapi import Request

from adapters.carrier import twiml
from adapters.carrier.signature import Form
from adapters.carrier.twiml import Words
from app.telephony.admission import Admission
from app.telephony.call_control import CallControl
from app.telephony.carrier_addresses import CarrierAddresses
from app.telephony.carrier_requests import CarrierRequests
from app.telephony.lines import LineOf, ReachedLine
from app.telephony.tickets import Ticket
from domain.call import Call, CallEvent, Reply
from domain.clock import Clock
from domain.ports.calls import CallExists, CallStore

CALL_SID = re.compile(r"CA[0-9a-fA-F]{32}")
CALL_ID = re.compile(r"[0-9a-f]{32}")
E164 = re.compile(r"\+[1-9][0-9]{6,14}")


class Steering:
    """Finds the call, lets the event happen to it, and words the reply."""

    def __init__(
        self,
        *,
        requests: CarrierRequests,
        control: CallControl,
        store: CallStore,
        admission: Admission,
        addresses: CarrierAddresses,
        line_of: LineOf,
        clock: Clock,
    ) -> None:
        self._requests = requests
        self._control = control
        self._store = store
        self._admission = admission
        self._addresses = addresses
        self._line_of = line_of
        self._clock = clock

    async def incoming_call(self, form: Form, reached: ReachedLine) -> Call:
        """The call that the carrier speaks of, stored now if it is new."""
        carrier_call_id = form.get("CallSid")
        if not CALL_SID.fullmatch(carrier_call_id):
            raise self._requests.refused(400, "bad_call_sid")
        if known := await self._store.by_carrier_call_id(carrier_call_id):
            return known
        now, caller = self._clock.now(), form.get("From")
        call = Call(
            id=uuid.uuid4().hex,
            direction="inbound",
            company=reached.company,
            line=reached.line.id,
            caller=caller if E164.fullmatch(caller) else "",
            called=reached.line.number,
            carrier_call_id=carrier_call_id,
            created_at=now,
            deadline=now + timedelta(seconds=self._control.bounds.answer_s),
        )
        try:
            await self._store.create(call)
        except CallExists:  # the carrier asked twice at once
            call = await self._store.by_carrier_call_id(carrier_call_id) or call
        return call

    async def named_call(self, request: Request, form: Form) -> Call:
        """The call in the address, which must be the one that the carrier speaks of."""
        call_id = request.path_params["call_id"]
        call = await self._store.load(call_id) if CALL_ID.fullmatch(call_id) else None
        if call is None or call.carrier_call_id != form.get("CallSid"):
            raise self._requests.refused(404, "wrong_call")
        return call

    async def steer(self, call: Call, event: Callable[[str], CallEvent]) -> str:
        """`event` is made with the digest of a fresh ticket; its address and token go into the document."""
        ticket = Ticket.mint()
        digest = ticket.digest(self._requests.account, call.carrier_call_id)
        after, commands = await self._control.apply(call.id, event(digest))
        reply = next(command for command in commands if isinstance(command, Reply))
        return self._document(after, reply, ticket)

    async def finish(self, call: Call, event: CallEvent) -> str:
        """Like `steer`, but with a goodbye where the reply is to hang up."""
        after, commands = await self._control.apply(call.id, event)
        reply = next(command for command in commands if isinstance(command, Reply))
        if reply is Reply.HANG_UP:
            return twiml.say_goodbye(self.words(after))
        return self._document(after, reply, Ticket.mint())

    def words(self, call: Call) -> Words:
        """A line that is no longer ours keeps the default words."""
        reached = self._line_of(call.called)
        return reached.words if reached else Words()

    def take_message(self, call: Call) -> str:
        return twiml.take_message(self.words(call), recorded=self._addresses.recorded(call))

    def _document(self, call: Call, reply: Reply, ticket: Ticket) -> str:
        match reply:
            case Reply.STREAM:
                self._admission.expect(call.id)
                return twiml.stream(
                    url=self._addresses.stream(ticket.path),
                    token=ticket.token,
                    action=self._addresses.stream_ended(call),
                    status_callback=self._addresses.stream_status,
                )
            case Reply.HANG_UP:
                return twiml.hang_up()
            case Reply.REFUSE:
                return twiml.busy(self.words(call))
            case Reply.ASK_AGAIN:
                return twiml.ask_again(self._addresses.stream_ended(call))
            case Reply.FALLBACK:
                self._admission.arrived(call.id)
                return self._fallback(call)

    def _fallback(self, call: Call) -> str:
        reached = self._line_of(call.called)
        number = reached.line.fallback_number if reached else None
        if number is None:
            return self.take_message(call)
        return twiml.ring_fallback(self.words(call), number=number, dialled=self._addresses.dialled(call))
