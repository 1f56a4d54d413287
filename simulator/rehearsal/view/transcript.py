"""The journal's events as lines that people read while a call runs."""

from collections.abc import Callable, Mapping

from rich.text import Text

from simulator.rehearsal.product_api import Event

NOTICE = "rehearsal: simulated carrier, stand-in model, rehearsal recogniser"
"""On every screen: what is real here is the product's own path, and no quality of theirs is measured."""

CALLER, AGENT, ACTION, GATE, QUIET, ALARM = "bold cyan", "green", "magenta", "blue", "dim", "bold yellow"
STATIONS = {
    "end_of_turn": "end of turn",
    "turn_taking": "turn taking",
    "model": "model",
    "tools": "tools",
    "sentence": "last look",
    "speech": "speech",
    "line": "line",
}


def line_of(event: Event) -> Text | None:
    """One line; None for what nobody needs to see."""
    shown = _SHOWN.get(event["kind"])
    return shown(event) if shown else None


def _agent(event: Event) -> Text:
    """What was heard; behind the scissors and struck through, what the caller cut off."""
    text, heard = str(event["text"]), str(event["heard"])
    line = _spoken("agent", heard, AGENT)
    if event["interrupted"]:
        line.append(" ✂ ", style=ALARM)
        line.append(text.removeprefix(heard).strip(), style="dim strike")
    return line


def _timing(event: Event) -> Text:
    spent = [(STATIONS.get(name, name), ms) for name, ms in event["stations_ms"].items() if ms >= 1]
    parts = " + ".join(f"{name} {ms:.0f}" for name, ms in spent)
    return Text(f"         {event['gap_ms']} ms to the first sound = {parts or 'line'}", style=QUIET)


def _spoken(who: str, text: str, style: str) -> Text:
    return Text.assemble((f"{who:>7}  ", style), text)


def _deed(pattern: str) -> Callable[[Event], Text]:
    return lambda event: Text(pattern.format_map(_Plain(event)), style=ACTION)


def _gate(pattern: str) -> Callable[[Event], Text]:
    return lambda event: Text("   gate  " + pattern.format_map(_Plain(event)), style=GATE)


def _mishap(pattern: str) -> Callable[[Event], Text]:
    return lambda event: Text("         " + pattern.format_map(_Plain(event)), style=ALARM)


def _remark(pattern: str) -> Callable[[Event], Text]:
    return lambda event: Text("         " + pattern.format_map(_Plain(event)), style=QUIET)


class _Plain(dict[str, object]):
    """An event's fields for people: names lose their underscores."""

    def __init__(self, event: Event) -> None:
        super().__init__({name: _plain(value) for name, value in event.items()})


def _plain(value: object) -> object:
    if isinstance(value, list):
        return ", ".join(str(_plain(item)) for item in value)
    return value.replace("_", " ") if isinstance(value, str) else value


def _proposed(event: Event) -> Text:
    given = ", ".join(f"{name}={value}" for name, value in event["arguments"].items())
    return Text(f" action  {event['action']}({given})", style=ACTION)


_VERDICTS = {
    "confirm": "the caller must agree",
    "step_up": "more proof of identity is needed",
    "approve": "a supervisor must agree",
    "draft": "prepared for review",
    "hand_over": "a person must do it",
    "deny": "refused",
}


def _decided(event: Event) -> Text | None:
    if event["outcome"] == "allow":
        return None
    style = ALARM if event["outcome"] in {"deny", "hand_over"} else GATE
    verdict = _VERDICTS.get(event["outcome"], _plain(event["outcome"]))
    return Text(f"   gate  {verdict}: {', '.join(event['rules'])}", style=style)


def _approved(event: Event) -> Text:
    amount = event.get("amount_minor")
    less = "" if amount is None else f" of {amount / 100:.2f}"
    return Text(f"   gate  {event['decision']}{less} by {event['by'] or 'nobody'}", style=GATE)


def _identity(event: Event) -> Text:
    levels = ("unknown", "recognised", "verified", "confirmed")
    now = levels[event["level"]] if event["level"] < len(levels) else event["level"]
    proof = f"by {event['method']}: {'passed' if event['passed'] else 'not passed'}"
    return Text(f"   gate  identity {proof}; the caller is {now}", style=GATE)


def _ended(event: Event) -> Text:
    outcome = _plain(event["outcome"])
    return Text(f"    end  {outcome} after {event['duration_ms'] / 1000:.1f} s", style="bold")


_SHOWN: Mapping[str, Callable[[Event], Text | None]] = {
    "caller_said": lambda event: _spoken("caller", str(event["text"]), CALLER),
    "keypad_pressed": lambda event: _spoken("caller", f"keys {event['digits']}", CALLER),
    "agent_spoke": _agent,
    "turn_timed": _timing,
    "silence_met": _remark("the caller is silent: {step}"),
    "wait_filled": _remark("a wait was filled: {reason}"),
    "recording_started": _remark("recorded from here on"),
    "goal_opened": _deed("   goal  {goal}"),
    "goal_resolved": _deed("   goal  {goal}: resolved by {proof}"),
    "action_proposed": _proposed,
    "action_decided": _decided,
    "action_done": _deed(" action  {outcome}, {took_ms} ms"),
    "identity_checked": _identity,
    "read_back": _gate('read back "{sentence}"'),
    "confirmation_heard": _gate("the caller's answer, by {by}: {answer}"),
    "approval_asked": _gate("a supervisor is asked"),
    "approval_decided": _approved,
    "action_undone": _gate("taken back: {outcome}"),
    "outcome_reconciled": _gate("looked up afterwards: {outcome}"),
    "message_queued": _deed(" action  {channel} on its way: {template}"),
    "operation_withdrawn": _mishap("{operation} rests: {reason}"),
    "sentence_held_back": _mishap("a sentence was held back ({kinds}): {instead}"),
    "input_masked": _mishap("a secret was masked"),
    "sensitive_mode": _remark("sensitive mode: {reason}"),
    "recording_paused": _remark("the recording pauses: {reason}"),
    "recording_resumed": _remark("the recording goes on"),
    "passage_cited": _deed(" action  read {document}, {section}"),
    "message_taken": _deed(" action  a message for a call back was kept"),
    "provider_failed": _mishap("{station} failed: {took_over}"),
    "stream_lost": _mishap("the connection broke"),
    "stream_resumed": _mishap("a second connection carries the call on"),
    "call_ended": _ended,
}
