"""What doors and pages read of calls, in one place: rows, their figures, their events, their proof."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Protocol

from adapters.recordings import EncryptedRecordings, voicemail_of
from adapters.storage.calls import PostgresCalls
from adapters.storage.recordings import PostgresRecordingList
from adapters.storage.recordings import RecordingRow as StoredRecording
from adapters.storage.verification import Verification
from adapters.storage.views import CallPage, Recorded, Views
from app.api.story import GoalNote, Story, goals_of, tell
from app.live import LiveHub
from domain.call import Call
from domain.events import CallerSaid, Event, GoalOpened, GoalResolved, TurnTimed
from domain.journal import Verdict

FOREVER = datetime.max.replace(tzinfo=UTC)
FIGURES: tuple[type[Event], ...] = (CallerSaid, TurnTimed, GoalOpened, GoalResolved)
_AFTER = re.compile(r"([0-9T:.+-]{19,40})~([0-9a-f]{32})")
After = tuple[datetime, str]


class Kept(Protocol):
    """What of `app.storage.Storage` is read here."""

    @property
    def calls(self) -> PostgresCalls: ...
    @property
    def views(self) -> Views: ...
    @property
    def recordings(self) -> EncryptedRecordings: ...
    @property
    def recording_list(self) -> PostgresRecordingList: ...
    @property
    def verification(self) -> Verification: ...
    @property
    def live(self) -> LiveHub: ...


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What a list says of one call beside its row."""

    turns: int = 0
    median_gap_ms: float | None = None
    goals: Sequence[GoalNote] = ()


@dataclass(frozen=True, kw_only=True)
class ShownCall:
    """A call and its figures."""

    call: Call
    figures: Figures


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """Everything about one call."""

    call: Call
    events: Sequence[Recorded]
    story: Story
    recording: StoredRecording | None
    voicemail: StoredRecording | None

    @property
    def recording_starts_ms(self) -> int:
        return self.story.recording_from_ms or 0


class Reading:
    """Reads only."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    async def page(self, *, after: After | None, limit: int) -> CallPage:
        return await self._kept.views.calls(after=after, limit=limit)

    async def going_on(self) -> Sequence[Call]:
        """Newest first."""
        calls = await self._kept.calls.unfinished(FOREVER)
        return sorted(calls, key=lambda call: call.created_at, reverse=True)

    async def with_figures(self, calls: Sequence[Call]) -> Sequence[ShownCall]:
        events = await self._kept.views.events_of([call.id for call in calls], FIGURES)
        return [ShownCall(call=call, figures=_figures(events.get(call.id, ()))) for call in calls]

    async def dossier(self, call_id: str) -> Dossier | None:
        call = await self._kept.views.call(call_id)
        if call is None:
            return None
        events = await self._kept.views.events(call_id)
        recording = await self._kept.recording_list.of_call(call_id)
        voicemail = await self._kept.recording_list.of_call(voicemail_of(call_id))
        return Dossier(call=call, events=events, story=tell(events), recording=recording, voicemail=voicemail)

    async def proof(self, call_id: str) -> Verdict:
        return await self._kept.verification.verify(call_id)


def cursor(after: After | None) -> str | None:
    """A page's end as an address can carry it."""
    return None if after is None else f"{after[0].astimezone(UTC).isoformat()}~{after[1]}"


def parse_cursor(text: str) -> After:
    """Raises `ValueError` where it is not a cursor of ours."""
    given = _AFTER.fullmatch(text.replace(" ", "+"))
    if given is None:
        raise ValueError("`after` must be the `next_after` of the page before.")
    at = datetime.fromisoformat(given[1])
    if at.tzinfo is None:
        raise ValueError("`after` must be the `next_after` of the page before.")
    return at, given[2]


def _figures(recorded: Sequence[Recorded]) -> Figures:
    events = [it.event for it in recorded if isinstance(it.event, FIGURES)]
    gaps = [event.gap_ms for event in events if isinstance(event, TurnTimed)]
    return Figures(
        turns=sum(isinstance(event, CallerSaid) for event in events),
        median_gap_ms=median(gaps) if gaps else None,
        goals=goals_of(events),
    )
