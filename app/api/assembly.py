"""The desk's part of a process, put together: one router for the API, the pages and the sign-in."""

from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request, Security
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer

from app.api.access import Access
from app.api.approvals import ApprovalsApi
from app.api.audit import Audit
from app.api.calls import CallsApi
from app.api.doors import Doors
from app.api.live_feed import LiveFeed
from app.api.pages.desk import Pages
from app.api.reading import Kept, Reading
from app.api.recording_pause import RecordingPauseApi
from app.api.sign_in import SignIn
from app.api.sound import SoundApi
from app.api.version import product_version
from app.metrics import Metrics
from app.settings import Settings
from app.supervision import Supervision
from app.telephony.recording_pause import RecordingPause
from domain.clock import Clock

REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"description": "No valid key or sign-in"},
    429: {"description": "Too many wrong keys from this address"},
    503: {"description": "This installation has no API key"},
}


def open_api(
    settings: Settings,
    kept: Kept,
    clock: Clock,
    metrics: Metrics | None = None,
    *,
    recording_pause: RecordingPause | None = None,
    supervision: Supervision | None = None,
) -> APIRouter:
    """Without `CALLWRIGHT_API_KEY` everything is there and nobody comes in.

    `recording_pause`: of the calls that this process carries, where it carries any.
    """
    access = Access(settings.api_key.get_secret_value() if settings.api_key else None, clock)
    doors, audit, reading = Doors(access, metrics or Metrics()), Audit(clock), Reading(kept)
    shown = HTTPBearer(auto_error=False, description="CALLWRIGHT_API_KEY")

    api = APIRouter(
        prefix="/api",
        dependencies=[Security(shown), Depends(doors.api)],
        responses=REFUSALS,
        generate_unique_id_function=_operation_name,
    )
    CallsApi(reading, kept.verification, audit).add_to(api)
    SoundApi(reading, kept.recordings, audit).add_to(api)
    RecordingPauseApi(recording_pause, audit).add_to(api)
    if supervision is not None:
        ApprovalsApi(supervision, audit).add_to(api)
    LiveFeed(kept.live, audit).add_to(api)

    sign_in = SignIn(access, doors)
    keys = APIRouter(
        prefix="/api",
        dependencies=[Security(shown), Depends(doors.by_key_only)],
        responses=REFUSALS,
        generate_unique_id_function=_operation_name,
    )
    sign_in.add_links_to(keys)

    whole = APIRouter()
    whole.include_router(api)
    whole.include_router(keys)
    whole.include_router(sign_in.router)
    whole.include_router(Pages(reading, doors, audit).router)
    _describe(whole)
    return whole


def _operation_name(route: APIRoute) -> str:
    return route.name.strip("_")


def _describe(router: APIRouter) -> None:
    """The API's own description, without any calls in it: open to all."""

    @router.get("/api/openapi.json", include_in_schema=False)
    async def description(_: Request) -> dict[str, object]:
        documented = FastAPI()
        documented.include_router(router)
        return get_openapi(title="Callwright", version=product_version(), routes=documented.routes)
