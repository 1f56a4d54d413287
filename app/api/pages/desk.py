"""The pages of calls: the list, one call explained, and their parts that change while a call is live."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from adapters.storage.views import CallPage
from app.api.audit import Audit
from app.api.calls import NO_CALL
from app.api.deeds import Deed
from app.api.doors import CallId, Doors, Visiting, is_call_id
from app.api.pages import render
from app.api.pages.bars import segments
from app.api.reading import After, Dossier, Reading, cursor, parse_cursor
from app.api.story import Latency, Speech
from app.api.wording import outcome_of, state_of

CALLS_SHOWN = 50
FOR_EVER = "public, max-age=31536000, immutable"


class Pages:
    """`/calls`, `/calls/{call_id}`, and what they are made of."""

    def __init__(self, reading: Reading, doors: Doors, audit: Audit) -> None:
        self._reading = reading
        self._doors = doors
        self._audit = audit

    @property
    def router(self) -> APIRouter:
        pages = APIRouter(dependencies=[Depends(self._doors.page)], include_in_schema=False)
        pages.add_api_route("/", self._home)
        pages.add_api_route("/calls", self._calls, response_class=HTMLResponse)
        pages.add_api_route("/calls/rows", self._rows, response_class=HTMLResponse)
        pages.add_api_route("/calls/{call_id}", self._call, response_class=HTMLResponse)
        pages.add_api_route("/calls/{call_id}/story", self._story, response_class=HTMLResponse)
        whole = APIRouter(include_in_schema=False)
        whole.include_router(pages)
        whole.add_api_route("/static/{name}", _static)
        return whole

    async def _home(self) -> Response:
        return RedirectResponse("/calls", 303)

    async def _calls(self, visitor: Visiting, after: Annotated[str | None, Query()] = None) -> HTMLResponse:
        self._audit.looked(visitor, "list")
        return render.page("calls.html", values=await self._listed(after))

    async def _rows(self, visitor: Visiting) -> HTMLResponse:
        self._audit.looked(visitor, "list")
        return render.fragment("_rows.html", headers={}, values=await self._listed(None))

    async def _call(self, visitor: Visiting, call_id: str) -> HTMLResponse:
        dossier = await self._reading.dossier(call_id) if is_call_id(call_id) else None
        if dossier is None:
            return render.page("no_call.html", status=404)
        self._audit.looked(visitor, "page", call_id)
        return render.page("call.html", values=await self._shown(dossier))

    async def _story(self, visitor: Visiting, call_id: CallId) -> HTMLResponse:
        dossier = await self._reading.dossier(call_id)
        if dossier is None:
            raise HTTPException(404, detail=NO_CALL)
        self._audit.looked(visitor, "page", call_id)
        headers = {
            "X-Last-Event": str(dossier.story.last_seq),
            "X-Over": str(int(dossier.call.is_over)),
            "X-Recording": str(int(dossier.recording is not None)),
        }
        return render.fragment("_story.html", headers=headers, values=await self._shown(dossier))

    async def _listed(self, after: str | None) -> dict[str, object]:
        begin: After | None = None
        if after is not None:
            try:
                begin = parse_cursor(after)
            except ValueError as wrong:
                raise HTTPException(422, detail=str(wrong)) from None
        going_on = [] if begin else await self._reading.going_on()
        shown: CallPage = await self._reading.page(after=begin, limit=CALLS_SHOWN)
        live = {call.id for call in going_on}
        calls = [*going_on, *(call for call in shown.calls if call.id not in live)]
        return {
            "calls": await self._reading.with_figures(calls),
            "live": len(live),
            "is_first": begin is None,
            "older": cursor(shown.next_after),
            "state_of": state_of,
            "outcome_of": outcome_of,
        }

    async def _shown(self, dossier: Dossier) -> dict[str, object]:
        call = dossier.call
        proof = await self._reading.proof(call.id) if call.is_over else None
        begins = (call.answered_at or call.created_at) + timedelta(milliseconds=dossier.recording_starts_ms)
        return {
            "call": call,
            "begins": begins,
            "story": dossier.story,
            "recording": dossier.recording,
            "voicemail": dossier.voicemail,
            "starts_ms": dossier.recording_starts_ms,
            "proof": proof,
            "state": state_of(call.state),
            "reason": outcome_of(call),
            "segments": segments,
            "is_speech": lambda entry: isinstance(entry, Speech),
            "is_latency": lambda entry: isinstance(entry, Latency),
            "is_deed": lambda entry: isinstance(entry, Deed),
        }


async def _static(name: str) -> Response:
    """Styles and scripts hold nothing of anybody: open to all."""
    found = render.static_file(name)
    if found is None:
        raise HTTPException(404)
    content, media_type = found
    headers = {"Cache-Control": FOR_EVER, "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type=media_type, headers=headers)
