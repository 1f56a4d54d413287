"""What happened between the words, each in a word, a sentence and an aside."""

from dataclasses import dataclass
from typing import assert_never

from app.api.wording import Tone, minutes, spoken_name, wait
from domain.events import (
    CallEnded,
    CallerInterrupted,
    ContextShortened,
    GoalOpened,
    GoalResolved,
    KeypadPressed,
    MessageTaken,
    NoticePlayed,
    PassageCited,
    ProviderFailed,
    RecordingPaused,
    RecordingResumed,
    RecordingStarted,
    SilenceMet,
    StreamLost,
    StreamResumed,
    WaitFilled,
)
from domain.gate_events import ActionDecided, ActionDone, ActionProposed
from domain.journal import UnknownEvent

_SILENCE = {
    "ask": "nothing from the caller; we asked whether they are there",
    "ask_again": "still nothing; we asked again",
    "goodbye": "still nothing; we said goodbye",
}
_WAITS = {
    "slow_action": "an action took long",
    "slow_model": "the model took long",
    "slow_speech": "the voice took long",
    "still_waiting": "the wait went on",
}
_INSTEAD = {
    "retry": "asked again",
    "second_provider": "the second provider took over",
    "apology": "we apologised",
    "fallback": "the caller went to the fallback",
}
_ENDS: dict[str, tuple[str, Tone]] = {
    "completed": ("completed", "good"),
    "caller_hung_up": ("caller hung up", "plain"),
    "failed": ("failed", "bad"),
    "refused": ("refused", "warn"),
}

OfTheLine = RecordingStarted | RecordingPaused | RecordingResumed | StreamLost | StreamResumed | CallEnded
OfTheTalk = NoticePlayed | CallerInterrupted | KeypadPressed | SilenceMet | WaitFilled | ProviderFailed
OfTheGoal = GoalOpened | GoalResolved | PassageCited | MessageTaken | ContextShortened
Told = OfTheLine | OfTheTalk | OfTheGoal | ActionProposed | UnknownEvent


@dataclass(frozen=True, kw_only=True)
class Deed:
    """One line between the words."""

    at_ms: int
    tone: Tone
    label: str
    text: str = ""
    aside: str = ""
    names_an_action: bool = False


def deed_of(
    event: Told, at_ms: int, *, decided: ActionDecided | None = None, done: ActionDone | None = None
) -> Deed:
    match event:
        case UnknownEvent(kind=kind):
            return Deed(
                at_ms=at_ms,
                tone="plain",
                label=spoken_name(kind),
                text="written by another version of Callwright",
            )
        case ActionProposed():
            return _action(event, at_ms, decided, done)
        case RecordingStarted() | RecordingPaused() | RecordingResumed():
            return _of_the_line(event, at_ms)
        case StreamLost() | StreamResumed() | CallEnded():
            return _of_the_line(event, at_ms)
        case GoalOpened() | GoalResolved() | PassageCited() | MessageTaken() | ContextShortened():
            return _of_the_goal(event, at_ms)
        case _:
            return _of_the_talk(event, at_ms)


def _action(
    event: ActionProposed, at_ms: int, decided: ActionDecided | None, done: ActionDone | None
) -> Deed:
    """Proposed, decided and done belong together, whatever happened in between."""
    given = ", ".join(f"{spoken_name(name)} {value}" for name, value in event.arguments.items())
    text = spoken_name(event.action) + (f": {given}" if given else "")
    rules = ", ".join(decided.rules) if decided and decided.rules else ""
    tone: Tone
    if done is not None:
        tone, label = ("bad" if done.outcome == "failed" else "good"), spoken_name(done.outcome)
        asides = [f"allowed by {rules}" if rules else "", wait(done.took_ms)]
    elif decided is not None and decided.outcome == "deny":
        tone, label, asides = "bad", "denied", [f"rule {rules}" if rules else ""]
    elif decided is not None:
        tone, label, asides = "warn", "allowed, not ended", [rules]
    else:
        tone, label, asides = "warn", "asked for", []
    aside = " · ".join(filter(None, asides))
    return Deed(at_ms=at_ms, tone=tone, label=label, text=text, aside=aside, names_an_action=True)


def _of_the_line(event: OfTheLine, at_ms: int) -> Deed:
    match event:
        case RecordingStarted():
            return Deed(
                at_ms=at_ms, tone="plain", label="recording", text="both sides are recorded from here on"
            )
        case RecordingPaused(reason=reason):
            return Deed(at_ms=at_ms, tone="warn", label="recording paused", text=reason)
        case RecordingResumed():
            return Deed(at_ms=at_ms, tone="plain", label="recording", text="both sides are recorded again")
        case StreamLost(code=code):
            return Deed(
                at_ms=at_ms,
                tone="warn",
                label="line lost",
                text="the media stream died",
                aside=f"code {code}",
            )
        case StreamResumed():
            return Deed(at_ms=at_ms, tone="good", label="line back", text="the conversation went on")
        case CallEnded(outcome=outcome, reason=reason, duration_ms=duration_ms):
            label, tone = _ENDS[outcome]
            text = spoken_name(reason)
            return Deed(at_ms=at_ms, tone=tone, label=label, text=text, aside=minutes(duration_ms))
        case _:
            assert_never(event)


def _of_the_talk(event: OfTheTalk, at_ms: int) -> Deed:
    match event:
        case NoticePlayed(notice=notice, mark=mark):
            proven = mark not in {"", "lost"}
            text = f"the {notice} was played to its end"
            aside = f"proof: mark {mark}" if proven else "no mark came back"
            return Deed(
                at_ms=at_ms, tone="good" if proven else "warn", label="notice", text=text, aside=aside
            )
        case CallerInterrupted(proved="backchannel", resumed=resumed):
            text = "the caller was only listening along" + ("; we went on" if resumed else "")
            return Deed(at_ms=at_ms, tone="plain", label="backchannel", text=text)
        case CallerInterrupted():
            return Deed(at_ms=at_ms, tone="warn", label="interrupted", text="the caller spoke; we stopped")
        case KeypadPressed(digits=digits):
            return Deed(at_ms=at_ms, tone="acc", label="keypad", text=digits)
        case SilenceMet(step=step):
            return Deed(at_ms=at_ms, tone="plain", label="silence", text=_SILENCE[step])
        case WaitFilled(reason=reason):
            return Deed(at_ms=at_ms, tone="warn", label="wait filled", text=_WAITS[reason])
        case ProviderFailed(station=station, provider=provider, error=error, took_over=took_over):
            text = " · ".join(filter(None, [provider, error]))
            label = f"{spoken_name(station)} failed"
            return Deed(at_ms=at_ms, tone="bad", label=label, text=text, aside=_INSTEAD[took_over])
        case _:
            assert_never(event)


def _of_the_goal(event: OfTheGoal, at_ms: int) -> Deed:
    match event:
        case GoalOpened(goal=goal):
            return Deed(at_ms=at_ms, tone="ai", label="goal", text=spoken_name(goal))
        case GoalResolved(goal=goal, proof=proof):
            return Deed(
                at_ms=at_ms,
                tone="good",
                label="resolved",
                text=spoken_name(goal),
                aside=f"proof: {spoken_name(proof)}",
            )
        case PassageCited(document=document, version=version, section=section):
            text = " · ".join(filter(None, [spoken_name(document), section]))
            return Deed(at_ms=at_ms, tone="plain", label="source", text=text, aside=f"version {version}")
        case MessageTaken(name=name, number=number, about=about):
            text = " · ".join(filter(None, [name, number, about]))
            return Deed(at_ms=at_ms, tone="good", label="message taken", text=text, aside="to be rung back")
        case ContextShortened(turns=turns, summary=summary):
            text = f"the first {turns} turns were summed up for the model: {summary}"
            return Deed(at_ms=at_ms, tone="plain", label="summary", text=text)
        case _:
            assert_never(event)
