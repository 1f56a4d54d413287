"""The HTTP API on calls: the list, one call with its events, and the proof of the journal."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query

from adapters.storage.verification import Verification
from adapters.storage.views import Erased, Recorded
from app.api.audit import Audit
from app.api.doors import CallId, Visiting
from app.api.reading import Dossier, Reading, cursor, parse_cursor
from app.api.shapes import (
    CallList,
    CallProof,
    CallRow,
    CallWithEvents,
    EventRow,
    Proof,
    RecordingRow,
    VoicemailRow,
)
from app.api.wording import masked
from domain.call import Call
from domain.journal import KIND_NAMES, UnknownEvent, Verdict

NO_CALL = "There is no call with this id."
BROKEN_SHOWN = 1000


class CallsApi:
    """`/api/calls` and `/api/verify`."""

    def __init__(self, reading: Reading, verification: Verification, audit: Audit) -> None:
        self._reading = reading
        self._verification = verification
        self._audit = audit

    def add_to(self, router: APIRouter) -> None:
        router.add_api_route("/calls", self._calls, tags=["calls"], summary="Calls, newest first")
        router.add_api_route(
            "/calls/{call_id}",
            self._call,
            tags=["calls"],
            summary="One call with everything that happened in it",
            responses={404: {"description": NO_CALL}},
        )
        router.add_api_route(
            "/verify", self._verify, tags=["journal"], summary="Check the chains against the signed heads"
        )

    async def _calls(
        self,
        visitor: Visiting,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        after: Annotated[str | None, Query(description="`next_after` of the page before")] = None,
    ) -> CallList:
        try:
            begin = None if after is None else parse_cursor(after)
        except ValueError as wrong:
            raise HTTPException(422, detail=str(wrong)) from None
        page = await self._reading.page(after=begin, limit=limit)
        self._audit.looked(visitor, "list")
        return CallList(calls=[row_of(call) for call in page.calls], next_after=cursor(page.next_after))

    async def _call(self, visitor: Visiting, call_id: CallId) -> CallWithEvents:
        dossier = await self._reading.dossier(call_id)
        if dossier is None:
            raise HTTPException(404, detail=NO_CALL)
        self._audit.looked(visitor, "events", call_id)
        call = dossier.call
        return CallWithEvents(
            **row_of(call).model_dump(exclude={"caller"}),
            caller=call.caller,
            recording=_recording(dossier),
            voicemail=_voicemail(dossier),
            events=[event_row(recorded) for recorded in dossier.events],
        )

    async def _verify(
        self,
        visitor: Visiting,
        call: Annotated[str | None, Query(pattern="^[0-9a-f]{32}$", description="Only this call")] = None,
    ) -> Proof:
        self._audit.looked(visitor, "proof", call or "*")
        if call is not None:
            verdict = await self._verification.verify(call)
            broken = [proof_of(verdict)] if verdict.flaws else []
            return Proof(whole=not broken, calls=1, events=verdict.events, broken=broken)
        proof = Proof(whole=True, calls=0, events=0, broken=[])
        async for verdict in self._verification.verify_all():
            proof.calls += 1
            proof.events += verdict.events
            if verdict.flaws:
                proof.whole = False
                proof.broken = [*proof.broken, proof_of(verdict)][:BROKEN_SHOWN]
        return proof


def row_of(call: Call) -> CallRow:
    return CallRow(
        id=call.id,
        state=call.state,
        direction=call.direction,
        company=call.company,
        line=call.line,
        caller=masked(call.caller),
        called=call.called,
        carrier_call_id=call.carrier_call_id,
        created_at=call.created_at,
        answered_at=call.answered_at,
        ended_at=call.ended_at,
        duration_ms=call.duration_ms,
        reason=call.reason,
    )


def event_row(recorded: Recorded) -> EventRow:
    frame = {"seq": recorded.seq, "at": recorded.at}
    match recorded.event:
        case Erased(kind=kind):
            return EventRow.model_validate({**frame, "kind": "erased", "erased_kind": kind})
        case UnknownEvent(kind=kind, fields=values):
            return EventRow.model_validate({**values, **frame, "kind": kind})
        case event:
            return EventRow.model_validate({**asdict(event), **frame, "kind": KIND_NAMES[type(event)]})


def proof_of(verdict: Verdict) -> CallProof:
    return CallProof(
        call_id=verdict.call_id,
        whole=not verdict.flaws,
        events=verdict.events,
        erased=verdict.erased,
        flaws=[str(flaw) for flaw in verdict.flaws],
    )


def _recording(dossier: Dossier) -> RecordingRow | None:
    recording, call_id = dossier.recording, dossier.call.id
    if recording is None:
        return None
    return RecordingRow(
        url=f"/api/calls/{call_id}/recording.wav",
        waveform_url=f"/api/calls/{call_id}/waveform",
        starts_ms=dossier.recording_starts_ms,
        pauses_ms=list(recording.pauses_ms),
        state=recording.state,
        delete_on=recording.delete_on,
    )


def _voicemail(dossier: Dossier) -> VoicemailRow | None:
    if dossier.voicemail is None:
        return None
    return VoicemailRow(
        url=f"/api/calls/{dossier.call.id}/voicemail.wav", delete_on=dossier.voicemail.delete_on
    )
