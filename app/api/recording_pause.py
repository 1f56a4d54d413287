"""`POST /api/calls/{call_id}/recording`: pause the recording of a live call, or go on with it."""

from fastapi import APIRouter, HTTPException, Request
from pydantic import ValidationError

from app.api.audit import Audit
from app.api.calls import NO_CALL
from app.api.doors import CallId, Visiting, comes_from_elsewhere
from app.api.shapes import RecordingState, RecordingWish
from app.bodies import read_body
from app.telephony.recording_pause import NotPausable, RecordingPause, WhyNot

BODY_BYTES = 4096
_REFUSALS: dict[WhyNot, tuple[int, str]] = {
    "unknown_call": (404, NO_CALL),
    "over": (409, "The call is over: its recording can no longer be paused."),
    "elsewhere": (409, "Another process carries this call. Ask there: only it can pause the recording."),
    "not_recorded": (
        409,
        "Nothing of this call is recorded now: the line is not recorded, or the notice was not heard yet.",
    ),
}


class RecordingPauseApi:
    """`pause` None in a process that carries no calls: every live call is then another's."""

    def __init__(self, pause: RecordingPause | None, audit: Audit) -> None:
        self._pause = pause
        self._audit = audit

    def add_to(self, router: APIRouter) -> None:
        shape = {"application/json": {"schema": RecordingWish.model_json_schema()}}
        router.add_api_route(
            "/calls/{call_id}/recording",
            self._set,
            methods=["POST"],
            tags=["sound"],
            summary="Pause the recording of a live call, or go on with it",
            responses={404: {"description": NO_CALL}, 409: {"description": "Nothing to pause here"}},
            openapi_extra={"requestBody": {"content": shape, "required": True}},
        )

    async def _set(self, request: Request, visitor: Visiting, call_id: CallId) -> RecordingState:
        if comes_from_elsewhere(request):
            raise HTTPException(403, detail="This request came from another site.")
        try:
            wish = RecordingWish.model_validate_json(await read_body(request, longest=BODY_BYTES))
        except ValidationError as wrong:
            raise HTTPException(
                422, detail=wrong.errors(include_url=False, include_context=False, include_input=False)
            ) from None
        try:
            if self._pause is None:
                raise NotPausable("elsewhere")
            changed = await self._pause.set(call_id, paused=wish.paused, reason=wish.reason)
        except NotPausable as refused:
            status, words = _REFUSALS[refused.reason]
            raise HTTPException(status, detail=words) from None
        if changed:
            self._audit.did(visitor, "recording paused" if wish.paused else "recording resumed", call_id)
        return RecordingState(paused=wish.paused)
