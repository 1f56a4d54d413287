"""What a caller gets when the agent cannot go on: a person, or a message to be called back; never silence."""

import re

from fastapi import APIRouter, Request
from loguru import logger

from adapters.carrier import twiml
from adapters.carrier.signature import Form
from app.telephony.carrier_requests import CarrierRequests
from app.telephony.lines import LineOf
from app.telephony.steering import Steering
from domain.call import Call, FallbackAsked, FallbackFinished, State
from domain.events import MessageTaken
from domain.ports.callbacks import CallbackRequest, Callbacks
from domain.ports.journal import Journal
from domain.ports.voicemail import OwedVoicemails

RECORDING_SID = re.compile(r"RE[0-9a-fA-F]{32}")
VOICE_MESSAGE = "voice message"
REACHED = {"completed", "answered"}
"""`DialCallStatus` when the person was on the line."""


class FallbackDoor:
    """The steps of the fallback, each asked for by the carrier."""

    def __init__(
        self,
        *,
        requests: CarrierRequests,
        steering: Steering,
        callbacks: Callbacks,
        voicemails: OwedVoicemails,
        journal: Journal,
        line_of: LineOf,
    ) -> None:
        self._requests = requests
        self._steering = steering
        self._callbacks = callbacks
        self._voicemails = voicemails
        self._journal = journal
        self._line_of = line_of

    @property
    def router(self) -> APIRouter:
        router = APIRouter(prefix="/twilio/fallback", include_in_schema=False)
        for path, step in (
            ("", self._of_number),
            ("/{call_id}", self._begin),
            ("/{call_id}/dialled", self._dialled),
            ("/{call_id}/recorded", self._recorded),
        ):
            router.add_api_route(path, self._requests.instructing(step), methods=["POST"])
        return router

    async def _of_number(self, _: Request, form: Form) -> str:
        """The number's own fallback address: the carrier could not use what `/twilio/voice` said."""
        reached = self._line_of(form.get("To"))
        if reached is None:
            return twiml.not_in_service()
        logger.bind(code=form.get("ErrorCode")).error("the carrier could not use our instructions")
        call = await self._steering.incoming_call(form, reached)
        return await self._steering.steer(call, lambda _: FallbackAsked())

    async def _begin(self, request: Request, form: Form) -> str:
        call = await self._steering.named_call(request, form)
        return await self._steering.steer(call, lambda _: FallbackAsked())

    async def _dialled(self, request: Request, form: Form) -> str:
        """The person was rung: done, or else the caller may leave a message."""
        call = await self._steering.named_call(request, form)
        if call.state is State.FALLBACK and form.get("DialCallStatus") not in REACHED:
            return self._steering.take_message(call)
        return await self._steering.steer(call, lambda _: FallbackFinished())

    async def _recorded(self, request: Request, form: Form) -> str:
        call = await self._steering.named_call(request, form)
        recording_id = form.get("RecordingSid")
        if RECORDING_SID.fullmatch(recording_id):  # also after a caller who hung up while they spoke
            await self._leave(call, recording_id)
        return await self._steering.finish(call, FallbackFinished())

    async def _leave(self, call: Call, recording_id: str) -> None:
        """The sound is fetched later; what is owed is noted before the carrier is answered."""
        message = CallbackRequest(
            call_id=call.id, company=call.company, number=call.caller, name="", about=VOICE_MESSAGE
        )
        message_id = await self._callbacks.take(message)
        if await self._voicemails.note(recording_id, call.id):
            taken = MessageTaken(message_id=message_id, number=call.caller, name="", about=VOICE_MESSAGE)
            self._journal.write(call.id, taken)
