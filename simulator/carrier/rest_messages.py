"""Twilio's Messages resource: create, fetch and list, with Twilio's refusals."""

import asyncio
import re
from email.utils import format_datetime
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request

from simulator.carrier.carrier import Carrier
from simulator.carrier.messaging import SimulatedSms
from simulator.carrier.rest import RestError, authenticated

LONGEST_BODY = 1600
PAGE = 50
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")
_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")


def install(app: FastAPI, carrier: Carrier) -> None:
    app.include_router(_Messages(carrier).router())


class _Messages:
    """The Messages resource of one account."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    def router(self) -> APIRouter:
        router = APIRouter(
            prefix="/2010-04-01/Accounts/{account_sid}",
            dependencies=[Depends(authenticated(self._carrier))],
        )
        router.add_api_route("/Messages.json", self.create, methods=["POST"], status_code=201)
        router.add_api_route("/Messages.json", self.index, methods=["GET"])
        router.add_api_route("/Messages/{sid}.json", self.fetch, methods=["GET"])
        return router

    async def create(self, request: Request) -> dict[str, Any]:
        form = {name: str(value) for name, value in (await request.form()).items()}
        sms = SimulatedSms(
            from_=self._origin(form),
            to=form.get("To", ""),
            body=form.get("Body", ""),
            service_sid=form.get("MessagingServiceSid"),
            status_url=form.get("StatusCallback"),
        )
        if not _NUMBER.fullmatch(sms.to):
            raise RestError(400, 21211, "Invalid 'To' Phone Number")
        if not sms.body:
            raise RestError(400, 21602, "Message body is required.")
        if len(sms.body) > LONGEST_BODY:
            raise RestError(400, 21617, f"The concatenated message body exceeds the {LONGEST_BODY} limit.")
        self._carrier.messaging.take(sms)
        shown = self._shown(sms)
        if self._carrier.faults.rest.takes_time_out():
            await asyncio.sleep(self._carrier.faults.rest.time_out_hold_s)
        return shown

    def _origin(self, form: dict[str, str]) -> str:
        """A messaging service sends from a number of the account."""
        service, given = form.get("MessagingServiceSid"), form.get("From", "")
        if service and not _SERVICE.fullmatch(service):
            raise RestError(400, 21701, "The Messaging Service resource does not exist")
        if service:
            return given or next(iter(self._carrier.numbers))
        if not given:
            raise RestError(400, 21603, "A 'From' phone number is required.")
        if given not in self._carrier.numbers and not _NAME.fullmatch(given):
            raise RestError(400, 21606, "The 'From' phone number is not a valid message-capable number.")
        return given

    async def fetch(self, sid: str) -> dict[str, Any]:
        sms = self._carrier.messaging.taken.get(sid)
        if sms is None:
            raise RestError(404, 20404, f"The requested resource {sid} was not found")
        return self._shown(sms)

    async def index(self, request: Request) -> dict[str, Any]:
        """Newest first; To and From filter. One page, as long as is asked for."""
        wanted = {k.lower(): v for k, v in request.query_params.items() if k in ("To", "From")}
        size = int(request.query_params.get("PageSize", PAGE))
        shown = [self._shown(sms) for sms in reversed(self._carrier.messaging.taken.values())]
        messages = [it for it in shown if all(it[k] == v for k, v in wanted.items())][:size]
        uri = f"/2010-04-01/Accounts/{self._carrier.account.sid}/Messages.json"
        return {
            "messages": messages,
            "page": 0,
            "page_size": size,
            "start": 0,
            "end": max(0, len(messages) - 1),
            "uri": uri,
            "first_page_uri": uri,
            "next_page_uri": None,
            "previous_page_uri": None,
        }

    def _shown(self, sms: SimulatedSms) -> dict[str, Any]:
        account_sid = self._carrier.account.sid
        uri = f"/2010-04-01/Accounts/{account_sid}/Messages/{sms.sid}"
        return {
            "sid": sms.sid,
            "account_sid": account_sid,
            "api_version": "2010-04-01",
            "body": sms.body,
            "date_created": format_datetime(sms.created_at),
            "date_sent": format_datetime(sms.sent_at) if sms.sent_at else None,
            "date_updated": format_datetime(sms.moved_at),
            "direction": "outbound-api",
            "error_code": sms.error,
            "error_message": None,
            "from": sms.from_,
            "messaging_service_sid": sms.service_sid,
            "num_media": "0",
            "num_segments": str(-(-len(sms.body) // 153) if len(sms.body) > 160 else 1),
            "price": None,
            "price_unit": "USD",
            "status": sms.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": sms.to,
            "uri": f"{uri}.json",
        }
