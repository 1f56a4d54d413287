"""A call's events as a story: what was said, what was done between the words, and where the waits went.

Pure: the page, its live updates and `callwright call` show the same story.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Literal

from adapters.storage.views import Erased, Recorded
from app.api.deeds import Deed, deed_of
from app.api.gate_deeds import AtTheGate, deed_at_the_gate
from app.api.wording import STATIONS
from app.telephony.recording_pause import was_paused
from domain.events import (
    AgentSpoke,
    CallerInterrupted,
    CallerSaid,
    CallStarted,
    Event,
    GoalOpened,
    GoalResolved,
    MessageTaken,
    NoticePlayed,
    ProviderFailed,
    RecordingPaused,
    RecordingResumed,
    RecordingStarted,
    SensitiveMode,
    StreamResumed,
    TurnTimed,
    WaitFilled,
)
from domain.gate_events import ActionDecided, ActionDone, ActionProposed
from domain.journal import UnknownEvent

NEAR_MS = 2000
"""An answer this near to its measure is the one that was measured."""


@dataclass(frozen=True, kw_only=True)
class Speech:
    """Words of one side."""

    at_ms: int
    ended_ms: int
    who: Literal["caller", "ai"]
    heard: str
    cut: str = ""
    """What was planned and never reached the caller's ear."""
    interrupted: bool = False
    fixed: bool = False
    """A kept sentence, not the model's words."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One station's share of a wait."""

    station: str
    label: str
    ms: float


@dataclass(frozen=True, kw_only=True)
class Latency:
    """Between the caller's last sound and our first: where it went."""

    at_ms: int
    turn: int
    gap_ms: int
    us_ms: float
    """What is our own, measured, and what nobody accounts for."""
    parts: tuple[Part, ...]


@dataclass(frozen=True, kw_only=True)
class GoalNote:
    """What the caller wanted, and the proof that they got it."""

    goal: str
    proof: str | None = None


Entry = Speech | Deed | Latency


@dataclass(frozen=True, kw_only=True)
class Story:
    """Everything a page shows of one call's events."""

    entries: Sequence[Entry]
    started: CallStarted | None
    events: int
    last_seq: int
    erased: int
    """Events whose person was erased: they are counted, and nothing of them is left to show."""
    recording_from_ms: int | None
    pauses_ms: Sequence[tuple[int, int | None]]
    """When the recording stood still, from and until; None while it still does."""
    paused_by_desk: bool
    """Somebody has pressed the button, and not again; what the conversation itself pauses is not theirs."""
    notices: Sequence[NoticePlayed]
    goals: Sequence[GoalNote]
    turns: int
    gaps_ms: Sequence[int]
    own_ms: Sequence[float]
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def median_gap_ms(self) -> float | None:
        return median(self.gaps_ms) if self.gaps_ms else None

    @property
    def median_own_ms(self) -> float | None:
        return median(self.own_ms) if self.own_ms else None


def tell(recorded: Sequence[Recorded]) -> Story:
    """The story so far; a call may still be going on."""
    started = next((it.event for it in recorded if isinstance(it.event, CallStarted)), None)
    events = [it.event for it in recorded if not isinstance(it.event, (Erased, UnknownEvent))]
    first_sound = next((event.at_ms for event in events if isinstance(event, RecordingStarted)), None)
    latencies = [latency(event, 0) for event in events if isinstance(event, TurnTimed)]
    return Story(
        entries=_entries(recorded),
        started=started,
        events=len(recorded),
        last_seq=recorded[-1].seq if recorded else 0,
        erased=sum(isinstance(it.event, Erased) for it in recorded),
        recording_from_ms=first_sound,
        pauses_ms=pauses_of(events),
        paused_by_desk=was_paused(events),
        notices=[event for event in events if isinstance(event, NoticePlayed)],
        goals=goals_of(events),
        turns=sum(isinstance(event, CallerSaid) for event in events),
        gaps_ms=[it.gap_ms for it in latencies],
        own_ms=[it.us_ms for it in latencies],
        counts=_counts(events),
    )


def goals_of(events: Sequence[Event]) -> Sequence[GoalNote]:
    goals: dict[str, GoalNote] = {}
    for event in events:
        if isinstance(event, GoalOpened):
            goals.setdefault(event.goal, GoalNote(goal=event.goal))
        elif isinstance(event, GoalResolved):
            goals[event.goal] = GoalNote(goal=event.goal, proof=event.proof)
    return list(goals.values())


def pauses_of(events: Sequence[Event]) -> Sequence[tuple[int, int | None]]:
    """As long as anybody wants it to stand still: the desk, or a number that is typed unheard."""
    pauses: list[tuple[int, int | None]] = []
    wanted_by: set[str] = set()
    for event in events:
        match event:
            case RecordingPaused(at_ms=at_ms):
                wanted_by.add("desk")
            case RecordingResumed(at_ms=at_ms):
                wanted_by.discard("desk")
            case SensitiveMode(on=True, at_ms=at_ms):
                wanted_by.add("sensitive mode")
            case SensitiveMode(at_ms=at_ms) | StreamResumed(at_ms=at_ms):  # it does not outlive its process
                wanted_by.discard("sensitive mode")
            case _:
                continue
        is_open = bool(pauses) and pauses[-1][1] is None
        if wanted_by and not is_open:
            pauses.append((at_ms, None))
        elif is_open and not wanted_by:
            pauses[-1] = (pauses[-1][0], at_ms)
    return pauses


def latency(event: TurnTimed, at_ms: int) -> Latency:
    """Our own share is our turn taking and whatever of the gap no station accounts for."""
    known = {name: ms for name, ms in event.stations_ms.items() if name != "turn_taking"}
    unexplained = max(0.0, event.gap_ms - sum(event.stations_ms.values()))
    us_ms = event.stations_ms.get("turn_taking", 0.0) + unexplained
    shares = known | {"turn_taking": us_ms}
    order = [*STATIONS, *(name for name in known if name not in STATIONS)]
    parts = tuple(
        Part(station=name, label=STATIONS.get(name, name), ms=shares[name])
        for name in order
        if shares.get(name, 0.0) > 0 or name == "turn_taking"
    )
    return Latency(at_ms=at_ms, turn=event.turn, gap_ms=event.gap_ms, us_ms=us_ms, parts=parts)


def _entries(recorded: Sequence[Recorded]) -> Sequence[Entry]:
    if not recorded:
        return []
    begun = next((it.at for it in recorded if isinstance(it.event, CallStarted)), recorded[0].at)
    decided = {it.event.action_id: it.event for it in recorded if isinstance(it.event, ActionDecided)}
    done = {it.event.action_id: it.event for it in recorded if isinstance(it.event, ActionDone)}
    entries: list[Entry] = []
    for it in recorded:
        event, wall = it.event, max(0, round((it.at - begun).total_seconds() * 1000))
        match event:
            case Erased() | CallStarted() | ActionDecided() | ActionDone():
                continue
            case CallerSaid() | AgentSpoke():
                entries.append(_speech(event))
            case TurnTimed():
                entries.append(latency(event, _before_its_answer(event, wall, recorded)))
            case ActionProposed(action_id=action_id):
                deed = deed_of(event, wall, decided=decided.get(action_id), done=done.get(action_id))
                entries.append(deed)
            case _:
                own_time: int | None = getattr(event, "at_ms", None)
                at = wall if own_time is None else own_time
                told = deed_at_the_gate(event, at) if isinstance(event, AtTheGate) else deed_of(event, at)
                entries.append(told)
    return sorted(entries, key=lambda entry: (entry.at_ms, isinstance(entry, Speech)))


def _speech(event: CallerSaid | AgentSpoke) -> Speech:
    at_ms, ended_ms = event.started_ms, event.ended_ms
    if isinstance(event, CallerSaid):
        return Speech(at_ms=at_ms, ended_ms=ended_ms, who="caller", heard=event.text)
    return Speech(
        at_ms=at_ms,
        ended_ms=ended_ms,
        who="ai",
        heard=event.heard,
        cut=unheard(event),
        interrupted=event.interrupted,
        fixed=event.origin == "fixed",
    )


def unheard(event: AgentSpoke) -> str:
    """The end of the plan that the caller did not hear."""
    if event.text.startswith(event.heard):
        return event.text[len(event.heard) :].strip()
    return " ".join(event.text.split()[len(event.heard.split()) :])


def _before_its_answer(event: TurnTimed, wall_ms: int, recorded: Sequence[Recorded]) -> int:
    """A wait ends where its answer begins, however late the measure was written down."""
    starts = (
        it.event.started_ms
        for it in recorded
        if isinstance(it.event, AgentSpoke) and it.event.turn == event.turn
    )
    return min([wall_ms, *(start for start in starts if abs(start - wall_ms) < NEAR_MS)])


def _counts(events: Sequence[Event]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for event in events:
        match event:
            case CallerInterrupted(proved=kind):
                counts[kind] += 1
            case WaitFilled():
                counts["fillers"] += 1
            case ProviderFailed():
                counts["failures"] += 1
            case MessageTaken():
                counts["messages"] += 1
            case _:
                pass
    return counts
