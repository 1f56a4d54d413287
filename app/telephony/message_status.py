"""The door at which the carrier tells what became of an SMS: late, twice or out of order, as it comes.

Its address names the message, so that one whose sending ended without an answer is recognised here.
"""

import re
from collections.abc import Mapping

from fastapi import APIRouter, Request, Response

from app.metrics import Metrics
from app.telephony.carrier_requests import CarrierRequests
from domain.ports.messages import Receipt, Receipts

_TAKEN = frozenset({"accepted", "scheduled", "queued", "sending"})
"""The carrier has it, and nothing more is known (twilio.com/docs/messaging/api/message-resource)."""
_RECEIPTS: Mapping[str, Receipt] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "undelivered",
    "failed": "failed",
    "canceled": "failed",
}
_SID = re.compile(r"(?:SM|MM)[0-9a-f]{32}")
_ERROR = re.compile(r"[0-9]{1,6}")
LONGEST_ID = 200
"""Characters: an address that is longer is none that we gave."""


class MessageStatusDoor:
    """Signed forms in, nothing out; the carrier has no use for an answer."""

    def __init__(self, *, requests: CarrierRequests, receipts: Receipts, metrics: Metrics) -> None:
        self._requests = requests
        self._receipts = receipts
        self._metrics = metrics

    @property
    def router(self) -> APIRouter:
        router = APIRouter(prefix="/twilio", include_in_schema=False)
        router.add_api_route("/message-status", self._status, methods=["POST"])
        return router

    async def _status(self, request: Request) -> Response:
        form = await self._requests.form(request)
        ignored = await self._noted(
            request.query_params.get("message", ""),
            form.get("MessageSid"),
            form.get("MessageStatus"),
            form.get("ErrorCode"),
        )
        if ignored:
            self._metrics.ignored.labels("message_status", ignored).inc()
        return Response(status_code=204)

    async def _noted(self, message_id: str, sid: str, status: str, error: str) -> str | None:
        """Why it changes nothing, if so."""
        if status not in _TAKEN and status not in _RECEIPTS:
            return "unknown_status"
        if not _SID.fullmatch(sid) or len(message_id) > LONGEST_ID:
            return "bad_message"
        if await self._receipts.status(message_id) is None:
            return "unknown_message"
        news = await self._receipts.sent(message_id, sid)
        if (receipt := _RECEIPTS.get(status)) is not None:
            said = error if _ERROR.fullmatch(error) else ""
            news = await self._receipts.delivered(sid, receipt, error=said) or news
        return None if news else "old"
