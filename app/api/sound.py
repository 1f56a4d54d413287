"""The sound of a call: its recording, opened piece by piece, in ranges; and its outline for the eye."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Query, Response
from fastapi.responses import StreamingResponse

from adapters.recording_file import RecordingDamaged
from adapters.recordings import EncryptedRecordings, voicemail_of
from adapters.secrets import KeyUnusable
from app.api.audit import Audit
from app.api.doors import CallId, Visiting
from app.api.reading import Dossier, Reading
from app.api.shapes import Waveform
from domain.playout import BYTES_PER_SECOND

NO_RECORDING = "There is no recording of this call: it was switched off, not begun, or deleted on its day."
NO_VOICEMAIL = "There is no voicemail of this call: none was left, it is not here yet, or its day has come."
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
FINE = 80
"""Samples, 10 ms: the finest stretch of an outline."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """Bytes from `begin` up to and without `end`."""

    begin: int
    end: int


class SoundApi:
    """`/api/calls/{call_id}/recording.wav` and `/waveform`."""

    def __init__(self, reading: Reading, recordings: EncryptedRecordings, audit: Audit) -> None:
        self._reading = reading
        self._recordings = recordings
        self._audit = audit

    def add_to(self, router: APIRouter) -> None:
        router.add_api_route(
            "/calls/{call_id}/recording.wav",
            self._recording,
            tags=["sound"],
            summary="Both sides on two channels: the caller left, the agent right",
            response_class=Response,
            responses={
                200: {"content": {"audio/wav": {}}},
                206: {"content": {"audio/wav": {}}, "description": "The range that was asked for"},
                404: {"description": NO_RECORDING},
                416: {"description": "The range lies behind the end"},
            },
        )
        router.add_api_route(
            "/calls/{call_id}/voicemail.wav",
            self._voicemail,
            tags=["sound"],
            summary="What the caller left to be called back, on the left channel",
            response_class=Response,
            responses={200: {"content": {"audio/wav": {}}}, 404: {"description": NO_VOICEMAIL}},
        )
        router.add_api_route(
            "/calls/{call_id}/waveform",
            self._waveform,
            tags=["sound"],
            summary="The outline of both sides",
            responses={404: {"description": NO_RECORDING}},
        )

    async def _recording(
        self, visitor: Visiting, call_id: CallId, range_: Annotated[str | None, Header(alias="range")] = None
    ) -> Response:
        size, pieces = await self._opened(call_id, NO_RECORDING)
        self._audit.looked(visitor, "recording", call_id)
        return _ranged(size, pieces, range_, f"call-{call_id[:8]}")

    async def _voicemail(
        self, visitor: Visiting, call_id: CallId, range_: Annotated[str | None, Header(alias="range")] = None
    ) -> Response:
        size, pieces = await self._opened(voicemail_of(call_id), NO_VOICEMAIL)
        self._audit.looked(visitor, "voicemail", call_id)
        return _ranged(size, pieces, range_, f"voicemail-{call_id[:8]}")

    async def _waveform(
        self,
        visitor: Visiting,
        response: Response,
        call_id: CallId,
        buckets: Annotated[int, Query(ge=10, le=4000)] = 600,
    ) -> Waveform:
        try:
            caller, agent, samples = await asyncio.to_thread(_outlines, self._recordings, call_id)
        except FileNotFoundError:
            raise HTTPException(404, detail=NO_RECORDING) from None
        except (RecordingDamaged, KeyUnusable) as damaged:
            raise HTTPException(500, detail=str(damaged)) from None
        dossier = await self._reading.dossier(call_id)
        self._audit.looked(visitor, "waveform", call_id)
        response.headers["Cache-Control"] = "private, no-store"
        duration_ms = samples * 1000 // BYTES_PER_SECOND
        return Waveform(
            duration_ms=duration_ms,
            starts_ms=dossier.recording_starts_ms if dossier else 0,
            pauses_ms=_within(dossier, duration_ms) if dossier else [],
            caller=coarser(caller, buckets),
            agent=coarser(agent, buckets),
        )

    async def _opened(self, name: str, missing: str) -> tuple[int, Iterator[bytes]]:
        """Bytes in all, and the pieces."""
        try:
            return await asyncio.to_thread(_wav, self._recordings, name)
        except FileNotFoundError:
            raise HTTPException(404, detail=missing) from None
        except (RecordingDamaged, KeyUnusable) as damaged:
            raise HTTPException(500, detail=str(damaged)) from None


def _ranged(size: int, pieces: Iterator[bytes], asked: str | None, name: str) -> Response:
    """All of it, or the range that a player asked for."""
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'inline; filename="{name}.wav"',
    }
    span = asked_span(asked, size)
    if span is None:
        headers["Content-Length"] = str(size)
        return StreamingResponse(pieces, headers=headers, media_type="audio/wav")
    if span.begin >= span.end:
        raise HTTPException(416, headers={"Content-Range": f"bytes */{size}"})
    headers["Content-Length"] = str(span.end - span.begin)
    headers["Content-Range"] = f"bytes {span.begin}-{span.end - 1}/{size}"
    return StreamingResponse(cut(pieces, span), 206, headers=headers, media_type="audio/wav")


def asked_span(header: str | None, size: int) -> Span | None:
    """The one range asked for; None for all of it, as for what we do not understand (RFC 9110, 14.2)."""
    given = _RANGE.fullmatch(header.strip()) if header else None
    if given is None or given.groups() == ("", ""):
        return None
    first, last = given.groups()
    if not first:
        return Span(begin=max(0, size - int(last)), end=size)
    if last and int(last) < int(first):
        return None
    return Span(begin=int(first), end=min(size, int(last) + 1) if last else size)


def cut(pieces: Iterator[bytes], span: Span) -> Iterator[bytes]:
    at = 0
    for piece in pieces:
        wanted = piece[max(0, span.begin - at) : max(0, span.end - at)]
        at += len(piece)
        if wanted:
            yield wanted
        if at >= span.end:
            return


def coarser(peaks: bytes, buckets: int) -> list[float]:
    """As many buckets as asked for, and no more than there are stretches."""
    count = min(buckets, len(peaks))
    edges = [len(peaks) * number // count for number in range(count + 1)] if count else []
    return [round(_LOUDNESS[max(peaks[begin:end])], 3) for begin, end in pairwise(edges)]


def _within(dossier: Dossier, duration_ms: int) -> list[tuple[int, int]]:
    """The pauses on the recording's own time; one that still goes on reaches to its end."""
    starts_ms = dossier.recording_starts_ms
    return [
        (max(0, since - starts_ms), duration_ms if until is None else min(duration_ms, until - starts_ms))
        for since, until in dossier.story.pauses_ms
    ]


def _wav(recordings: EncryptedRecordings, call_id: str) -> tuple[int, Iterator[bytes]]:
    pieces = recordings.wav(call_id)
    header = next(pieces)
    size = int.from_bytes(header[4:8], "little") + 8
    return size, _with(header, pieces)


def _with(header: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield header
    yield from pieces


def _outlines(recordings: EncryptedRecordings, call_id: str) -> tuple[bytes, bytes, int]:
    """The loudest magnitude (0 to 127) of each stretch of `FINE` samples, and the samples in all."""
    caller, agent = bytearray(), bytearray()
    samples = 0
    for left, right in recordings.read(call_id):
        samples += len(left)
        for side, sound in ((caller, left), (agent, right)):
            loud = sound.translate(_MAGNITUDE)
            side.extend(max(loud[begin : begin + FINE]) for begin in range(0, len(loud), FINE))
    return bytes(caller), bytes(agent), samples


_MAGNITUDE = bytes(~code & 0x7F for code in range(256))
"""Mu-law (ITU-T G.711): the lower seven bits, inverted, grow with loudness."""
_LOUDNESS = [
    (((((magnitude & 0x0F) << 3) + 0x84) << (magnitude >> 4)) - 0x84) / 32_124 for magnitude in range(128)
]
"""By magnitude, 0 to 1."""
