"""Calls as the product leaves them behind: their rows, their events with times, and their sound."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.storage import Storage
from domain.call import Call, State
from domain.clock import SystemClock
from domain.events import (
    AgentSpoke,
    CallEnded,
    CallerInterrupted,
    CallerSaid,
    CallStarted,
    Event,
    GoalOpened,
    GoalResolved,
    KeypadPressed,
    NoticePlayed,
    PassageCited,
    ProviderFailed,
    RecordingStarted,
    TurnTimed,
    WaitFilled,
)
from domain.gate_events import ActionDecided, ActionDone, ActionProposed

ANSWERED = datetime.fromisoformat("2026-11-20T14:01:58+00:00")
CALL_ID = "0b7e0000000000000000000000000001"
LIVE_ID = "4c1d0000000000000000000000000002"
CALLER = "+14155550142"
HTML = "<script>alert('hello')</script> & \"quotes\""
"""What a caller may say, or a recogniser may think they said."""


class SetClock(SystemClock):
    """Wall time stands where it is set; waits are the loop's."""

    def __init__(self, now: datetime = ANSWERED) -> None:
        self.wall = now

    def now(self) -> datetime:
        return self.wall


@dataclass(frozen=True)
class At:
    """An event and the second after the answer at which it was written down."""

    second: float
    event: Event


def row(call_id: str = CALL_ID, **changes: object) -> Call:
    call = Call(
        id=call_id,
        direction="inbound",
        company="larkfield",
        line="main",
        caller=CALLER,
        called="+14155550100",
        carrier_call_id=f"CA{call_id}",
        created_at=ANSWERED - timedelta(seconds=2),
        deadline=ANSWERED + timedelta(hours=1),
        answered_at=ANSWERED,
        state=State.COMPLETED,
        ended_at=ANSWERED + timedelta(seconds=64),
        reason="goodbye",
    )
    return replace(call, **changes)  # type: ignore[arg-type]  # a test names fields


def started(caller: str = CALLER) -> CallStarted:
    return CallStarted(
        company="larkfield",
        line="main",
        direction="inbound",
        carrier_call_id=f"CA{CALL_ID}",
        caller=caller,
        called="+14155550100",
        language="en-US",
        prompts_version="2026-11-18.3",
        speech_to_text="deepgram-flux",
        text_to_speech="deepgram",
        model="gpt-4.1-mini",
    )


def _says(
    turn: int, text: str, begin: float, end: float, *, heard: str | None = None, fixed: bool = False
) -> AgentSpoke:
    return AgentSpoke(
        turn=turn,
        text=text,
        heard=text if heard is None else heard,
        started_ms=round(1000 * begin),
        ended_ms=round(1000 * end),
        interrupted=heard is not None,
        origin="fixed" if fixed else "model",
    )


def _said(turn: int, text: str, begin: float, end: float) -> CallerSaid:
    return CallerSaid(turn=turn, text=text, started_ms=round(1000 * begin), ended_ms=round(1000 * end))


def _timed(turn: int, gap_ms: int, **stations_ms: float) -> TurnTimed:
    return TurnTimed(turn=turn, gap_ms=gap_ms, stations_ms=stations_ms)


HELLO = "Hello, you are speaking with the automated assistant of Larkfield."
RECORDS = "This call is recorded to improve our service."
STORY: Sequence[At] = (
    At(0.0, started()),
    At(4.1, _says(0, HELLO, 0.2, 4.0, fixed=True)),
    At(4.1, NoticePlayed(notice="disclosure", text=HELLO, mark="returned", at_ms=4000)),
    At(7.0, _says(0, RECORDS, 4.1, 6.9, fixed=True)),
    At(7.0, NoticePlayed(notice="recording", text=RECORDS, mark="returned", at_ms=6900)),
    At(7.0, RecordingStarted(at_ms=6900)),
    At(8.6, _says(0, "How can I help you today?", 7.0, 8.5, fixed=True)),
    At(13.2, _said(1, f"Hi, um, where is my order? {HTML}", 9.4, 12.9)),
    At(13.3, GoalOpened(goal="order_status")),
    At(
        13.69,
        _timed(1, 702, end_of_turn=250.0, turn_taking=6.0, model=288.0, tools=0.0, speech=95.0, line=60.0),
    ),
    At(17.3, _says(1, "I can look that up. What is your order number, please?", 13.6, 17.2)),
    At(23.0, KeypadPressed(digits="4712", at_ms=22_900)),
    At(23.1, ActionProposed(action_id="a1", action="order_status", arguments={"order_number": "4712"})),
    At(23.1, ActionDecided(action_id="a1", outcome="allow", rules=("own-data", "arguments-valid"))),
    At(24.4, WaitFilled(reason="slow_action", text="One moment, I am looking.", at_ms=24_300)),
    At(25.9, _says(2, "One moment, I am looking.", 24.4, 25.8, fixed=True)),
    At(26.0, ActionDone(action_id="a1", outcome="found", took_ms=2861)),
    At(
        26.9,
        _timed(
            2, 3890, end_of_turn=40.0, turn_taking=7.0, model=640.0, tools=2861.0, speech=270.0, line=60.0
        ),
    ),
    At(
        31.8,
        _says(
            2,
            "Thank you. Order four seven one two, the boots, left our warehouse on Monday"
            " and will be with you by Thursday evening.",
            26.8,
            31.7,
            heard="Thank you. Order four seven one two, the boots, left our warehouse on Monday",
        ),
    ),
    At(31.8, CallerInterrupted(at_ms=31_700, proved="interruption", resumed=False)),
    At(34.6, GoalResolved(goal="order_status", proof="action order_status: found")),
    At(34.7, _said(3, "Great. And can I send them back if they don't fit?", 31.5, 34.2)),
    At(34.8, GoalOpened(goal="policy_question")),
    At(34.9, ActionProposed(action_id="a2", action="search_policies", arguments={"question": "send back"})),
    At(34.9, ActionDecided(action_id="a2", outcome="allow", rules=("lookup",))),
    At(34.93, ActionDone(action_id="a2", outcome="found", took_ms=21)),
    At(34.95, PassageCited(document="returns-policy", version="4", section="30 days")),
    At(
        35.0,
        ProviderFailed(
            station="model", provider="openai", error="APITimeoutError", took_over="second_provider"
        ),
    ),
    At(
        35.5,
        _timed(3, 1340, end_of_turn=244.0, turn_taking=9.0, model=880.0, tools=21.0, speech=102.0, line=60.0),
    ),
    At(42.9, _says(3, "Yes. You have thirty days, and sending them back is free.", 35.6, 42.8)),
    At(38.0, CallerInterrupted(at_ms=38_000, proved="backchannel", resumed=True)),
    At(45.2, _said(4, "No, that's all. Thank you!", 43.5, 45.0)),
    At(
        45.7,
        _timed(4, 655, end_of_turn=251.0, turn_taking=5.5, model=245.0, speech=93.0, line=60.0),
    ),
    At(49.0, ActionProposed(action_id="a3", action="refund", arguments={"amount": "120.00"})),
    At(49.0, ActionDecided(action_id="a3", outcome="deny", rules=("refund-limit-3",))),
    At(49.0, _says(4, "You are welcome. Goodbye!", 45.8, 48.9, fixed=True)),
    At(64.0, CallEnded(outcome="completed", reason="goodbye", duration_ms=64_000)),
)


async def keep(storage: Storage, clock: SetClock, call: Call, story: Sequence[At], *, sound: bool) -> None:
    """Put one call where the product puts it."""
    await storage.calls.create(call)
    assert call.answered_at is not None
    for at in story:
        clock.wall = call.answered_at + timedelta(seconds=at.second)
        storage.journal.write(call.id, at.event)
    await storage.journal.settle(call.id)
    if not sound:
        return
    recording = storage.recordings.open(call.id)
    caller, agent = sound_of(story)
    recording.write(caller, agent)
    if call.is_over:
        await recording.close()


def sound_of(story: Sequence[At]) -> tuple[bytes, bytes]:
    """Both sides from the recording's start on: bursts where somebody speaks, mu-law silence elsewhere."""
    begin = next(at.event.at_ms for at in story if isinstance(at.event, RecordingStarted))
    until = round(1000 * story[-1].second)
    sides = {CallerSaid: bytearray(b"\xff" * 8 * (until - begin)), AgentSpoke: bytearray()}
    sides[AgentSpoke] = bytearray(sides[CallerSaid])
    for at in story:
        if isinstance(at.event, CallerSaid | AgentSpoke) and at.event.ended_ms > begin:
            first, last = (8 * (ms - begin) for ms in (max(begin, at.event.started_ms), at.event.ended_ms))
            sides[type(at.event)][first:last] = _murmur(last - first)
    return bytes(sides[CallerSaid]), bytes(sides[AgentSpoke])


def _murmur(samples: int) -> bytes:
    """Syllables of a low voice, as mu-law codes."""
    sound = bytearray(samples)
    for index in range(samples):
        syllable = 0.35 + 0.65 * abs(math.sin(index / 620)) * abs(math.sin(index / 2600 + 1))
        wave = math.sin(index / 6.4)
        magnitude = round(112 * syllable * abs(wave) ** 0.3)
        sound[index] = ~(magnitude | (0x80 if wave < 0 else 0)) & 0xFF
    return bytes(sound)
