"""Twilio's REST interface, as far as the product uses it, with Twilio's errors."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from email.utils import format_datetime
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPBasic, HTTPBasicCredentials

from simulator.carrier.call import Goto, Inline, SimulatedCall
from simulator.carrier.carrier import CallEnded, Carrier
from simulator.carrier.status_callbacks import duration_s
from simulator.carrier.twiml import BadDocument, parse

MOST_TWIML = 4000
"""Characters of inline TwiML."""


class RestError(Exception):
    """An answer in Twilio's shape."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {
            "code": code,
            "message": message,
            "more_info": f"https://www.twilio.com/docs/errors/{code}",
            "status": status,
        }


async def answer_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RestError)
    return JSONResponse(error.body, status_code=error.status)


def install(app: FastAPI, carrier: Carrier) -> None:
    """Twilio's paths on the carrier's service."""
    app.add_exception_handler(RestError, answer_error)
    app.include_router(_Calls(carrier).router())


def authenticated(carrier: Carrier) -> Callable[..., Awaitable[None]]:
    """A dependency: the account's own credentials, and no throttling."""

    async def authenticate(account_sid: str, request: Request) -> None:
        given: HTTPBasicCredentials | None = await HTTPBasic(auto_error=False)(request)
        account = carrier.account
        known = given is not None and (
            secrets.compare_digest(given.username.encode(), account.sid.encode())
            and secrets.compare_digest(given.password.encode(), account.auth_token.encode())
        )
        if not known or account_sid != account.sid:
            raise RestError(401, 20003, "Authenticate")
        if carrier.faults.rest.takes_throttle():
            raise RestError(429, 20429, "Too Many Requests")

    return authenticate


class _Calls:
    """The Calls resource of one account, and the sound of recordings."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    def router(self) -> APIRouter:
        router = APIRouter(
            prefix="/2010-04-01/Accounts/{account_sid}",
            dependencies=[Depends(authenticated(self._carrier))],
        )
        router.add_api_route("/Calls.json", self.index, methods=["GET"])
        router.add_api_route("/Calls/{sid}.json", self.fetch, methods=["GET"])
        router.add_api_route("/Calls/{sid}.json", self.update, methods=["POST"])
        router.add_api_route("/Recordings/{sid}.wav", self.recording, methods=["GET"])
        router.add_api_route(
            "/Recordings/{sid}.json", self.delete_recording, methods=["DELETE"], status_code=204
        )
        return router

    async def fetch(self, sid: str) -> dict[str, Any]:
        return self._shown(self._call(sid))

    async def index(self, request: Request) -> dict[str, Any]:
        """Newest first; To, From and Status filter. One page holds them all."""
        wanted = {k.lower(): v for k, v in request.query_params.items() if k in ("To", "From", "Status")}
        shown = [self._shown(call) for call in reversed(self._carrier.calls.values())]
        calls = [call for call in shown if all(call[k] == v for k, v in wanted.items())]
        uri = f"/2010-04-01/Accounts/{self._carrier.account.sid}/Calls.json"
        return {
            "calls": calls,
            "page": 0,
            "page_size": 50,
            "start": 0,
            "end": max(0, len(calls) - 1),
            "uri": uri,
            "first_page_uri": uri,
            "next_page_uri": None,
            "previous_page_uri": None,
        }

    async def update(self, sid: str, request: Request) -> dict[str, Any]:
        """Status, Twiml or Url. A canceled call is one that has not been answered yet."""
        call = self._call(sid)
        form = {name: str(value) for name, value in (await request.form()).items()}
        try:
            self._carry_out(call, form)
        except CallEnded as late:
            raise RestError(400, 21220, "Call is not in-progress. Cannot redirect.") from late
        if self._carrier.faults.rest.takes_time_out():
            await asyncio.sleep(self._carrier.faults.rest.time_out_hold_s)
        return self._shown(call)

    def _carry_out(self, call: SimulatedCall, form: dict[str, str]) -> None:
        url, twiml, status = form.get("Url"), form.get("Twiml"), form.get("Status")
        if url and twiml:
            raise RestError(400, 20001, "Url and Twiml are mutually exclusive")
        if status not in (None, "completed", "canceled"):
            raise RestError(400, 20001, "Status must be completed or canceled")
        if status == "completed" or (status == "canceled" and not call.is_answered):
            self._carrier.complete(call)
        elif twiml:
            self._carrier.redirect(call, Inline(twiml=_checked(twiml)))
        elif url:
            self._carrier.redirect(call, Goto(url=url, method=form.get("Method", "POST")))

    async def recording(self, sid: str) -> Response:
        wav = self._carrier.exchange.recordings.get(sid)
        if wav is None:
            raise RestError(404, 20404, f"The requested resource {sid} was not found")
        return Response(wav, media_type="audio/x-wav")

    async def delete_recording(self, sid: str) -> None:
        if self._carrier.exchange.recordings.pop(sid, None) is None:
            raise RestError(404, 20404, f"The requested resource {sid} was not found")

    def _call(self, sid: str) -> SimulatedCall:
        call = self._carrier.calls.get(sid)
        if call is None:
            raise RestError(404, 20404, f"The requested resource {sid} was not found")
        return call

    def _shown(self, call: SimulatedCall) -> dict[str, Any]:
        account_sid = self._carrier.account.sid
        uri = f"/2010-04-01/Accounts/{account_sid}/Calls/{call.sid}"
        answered, last = call.since("in-progress"), call.history[-1] if call.history else None
        subresources = ("Recordings", "Streams", "Events", "Notifications", "Payments", "Siprec")
        return {
            "sid": call.sid,
            "account_sid": account_sid,
            "api_version": "2010-04-01",
            "answered_by": None,
            "caller_name": None,
            "date_created": format_datetime(call.history[0].at) if call.history else None,
            "date_updated": format_datetime(last.at) if last else None,
            "direction": "inbound",
            "duration": str(duration_s(call)) if call.is_over else None,
            "start_time": format_datetime(answered.at) if answered else None,
            "end_time": format_datetime(last.at) if last and call.is_over else None,
            "forwarded_from": None,
            "from": call.from_,
            "from_formatted": call.from_,
            "to": call.to,
            "to_formatted": call.to,
            "group_sid": None,
            "parent_call_sid": None,
            "phone_number_sid": None,
            "price": None,
            "price_unit": "USD",
            "queue_time": "0",
            "status": call.status,
            "subresource_uris": {name.lower(): f"{uri}/{name}.json" for name in subresources},
            "trunk_sid": None,
            "uri": f"{uri}.json",
        }


def _checked(twiml: str) -> str:
    if len(twiml) > MOST_TWIML:
        raise RestError(400, 20001, f"Twiml is longer than {MOST_TWIML} characters")
    try:
        parse(twiml)
    except BadDocument as bad:
        raise RestError(400, bad.error, f"Document parse failure: {bad}") from bad
    return twiml
