"""`GET /api/live`: what is said and done in live calls, at this moment, as server-sent events."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import asdict
from typing import Annotated, assert_never

from fastapi import APIRouter, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app.api.audit import EVERY_CALL, Audit
from app.api.doors import Visiting
from app.api.shapes import LiveWord
from app.live import Happened, LiveHub, LiveNote, Note, NotesLost
from domain.journal import KIND_NAMES

RETRY_MS = 1000


class LiveFeed:
    """One stream a watcher. It tells of this process's calls; what it forgets, the journal keeps."""

    def __init__(self, hub: LiveHub, audit: Audit) -> None:
        self._hub = hub
        self._audit = audit

    def add_to(self, router: APIRouter) -> None:
        router.add_api_route(
            "/live",
            self._live,
            tags=["live"],
            summary="Server-sent events: words as they come, and the journal's events",
            description="Each message is a `LiveWord`. A watcher that is too slow loses messages and is told"
            " how many (`lost`): read the call again.",
            response_class=EventSourceResponse,
        )

    async def _live(
        self,
        visitor: Visiting,
        call: Annotated[str | None, Query(pattern="^[0-9a-f]{32}$", description="Only this call")] = None,
    ) -> AsyncIterator[ServerSentEvent]:
        self._audit.looked(visitor, "live", call or EVERY_CALL)
        yield ServerSentEvent(comment="watching", retry=RETRY_MS)
        async with aclosing(self._hub.watch()) as notes:
            async for note in notes:
                if call is None or isinstance(note, NotesLost) or note.call_id == call:
                    yield ServerSentEvent(data=word_of(note).model_dump(mode="json", exclude_none=True))


def word_of(note: LiveNote) -> LiveWord:
    match note:
        case Note(call_id=call_id, kind=kind, text=text):
            return LiveWord(call_id=call_id, kind=kind, text=text)
        case Happened(call_id=call_id, seq=seq, event=event):
            return LiveWord(call_id=call_id, kind=KIND_NAMES[type(event)], seq=seq, event=asdict(event))
        case NotesLost(count=count):
            return LiveWord(call_id="", kind="lost", count=count)
        case _:
            assert_never(note)
