"""The doors through which the carrier asks what to do with a call, and tells what became of it."""

from typing import TypeGuard, get_args

from fastapi import APIRouter, Request, Response
from loguru import logger

from adapters.carrier import twiml
from adapters.carrier.signature import Form
from app.metrics import Metrics
from app.telephony.admission import Admission
from app.telephony.call_control import CallControl
from app.telephony.carrier_requests import CarrierRequests
from app.telephony.lines import LineOf
from app.telephony.steering import Steering
from domain.call import ActionRequested, CarrierStatus, State, StatusReceived, VoiceWebhookReceived
from domain.ports.calls import CallStore

STATUSES = frozenset(get_args(CarrierStatus))


class VoiceDoor:
    """Signed forms in, documents of instructions out."""

    def __init__(
        self,
        *,
        requests: CarrierRequests,
        steering: Steering,
        control: CallControl,
        store: CallStore,
        admission: Admission,
        line_of: LineOf,
        metrics: Metrics,
    ) -> None:
        self._requests = requests
        self._steering = steering
        self._control = control
        self._store = store
        self._admission = admission
        self._line_of = line_of
        self._metrics = metrics

    @property
    def router(self) -> APIRouter:
        router = APIRouter(prefix="/twilio", include_in_schema=False)
        instructing = self._requests.instructing
        router.add_api_route("/voice", instructing(self._incoming), methods=["POST"])
        router.add_api_route("/stream-ended/{call_id}", instructing(self._stream_ended), methods=["POST"])
        router.add_api_route("/status", self._status, methods=["POST"])
        router.add_api_route("/stream-status", self._stream_status, methods=["POST"])
        return router

    async def _incoming(self, _: Request, form: Form) -> str:
        reached = self._line_of(form.get("To"))
        if reached is None:
            self._metrics.refused.labels("voice", "unknown_line").inc()
            return twiml.not_in_service()
        call = await self._steering.incoming_call(form, reached)
        refusal = self._admission.refusal(call.id) if call.state is State.RINGING else None
        if refusal is not None:
            self._metrics.refused.labels("voice", refusal).inc()
        return await self._steering.steer(
            call, lambda ticket: VoiceWebhookReceived(ticket=ticket, refusal=refusal)
        )

    async def _stream_ended(self, request: Request, form: Form) -> str:
        """The carrier left `<Connect>`: the stream ended, or could not be opened."""
        call = await self._steering.named_call(request, form)
        number = request.query_params.get("stream", "")
        stream_number = int(number) if number.isdecimal() and len(number) < 4 else 0
        given = form.get("CallStatus")
        status: CarrierStatus = given if _is_status(given) else "in-progress"
        return await self._steering.steer(
            call, lambda ticket: ActionRequested(stream_number=stream_number, ticket=ticket, status=status)
        )

    async def _status(self, request: Request) -> Response:
        """Whatever it says, there is nothing to answer."""
        form = await self._requests.form(request)
        status = form.get("CallStatus")
        call = await self._store.by_carrier_call_id(form.get("CallSid"))
        if call is None or not _is_status(status):
            self._metrics.ignored.labels("status", "unknown_call" if call is None else "unknown_status").inc()
            return Response(status_code=204)
        after, _ = await self._control.apply(call.id, StatusReceived(status=status))
        if after.is_over:
            self._admission.arrived(call.id)
        return Response(status_code=204)

    async def _stream_status(self, request: Request) -> Response:
        """The only place where a stream that could not be opened is reported."""
        form = await self._requests.form(request)
        if form.get("StreamEvent") == "stream-error":
            self._metrics.stream_errors.inc()
            logger.bind(carrier_call=form.get("CallSid"), error=form.get("StreamError")).warning(
                "the carrier reports a media stream error"
            )
        return Response(status_code=204)


def _is_status(given: str) -> TypeGuard[CarrierStatus]:
    return given in STATUSES
