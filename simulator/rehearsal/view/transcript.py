"""The journal's events as lines that people read while a call runs."""

from collections.abc import Callable, Mapping

from rich.text import Text

from simulator.rehearsal.product_api import Event

NOTICE = "rehearsal: simulated carrier, stand-in model, rehearsal recogniser"
"""On every screen: what is real here is the product's own path, and no quality of theirs is measured."""

CALLER, AGENT, ACTION, QUIET, ALARM = "bold cyan", "green", "magenta", "dim", "bold yellow"
STATIONS = {
    "end_of_turn": "end of turn",
    "turn_taking": "turn taking",
    "model": "model",
    "tools": "tools",
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


def _mishap(pattern: str) -> Callable[[Event], Text]:
    return lambda event: Text("         " + pattern.format_map(_Plain(event)), style=ALARM)


def _remark(pattern: str) -> Callable[[Event], Text]:
    return lambda event: Text("         " + pattern.format_map(_Plain(event)), style=QUIET)


class _Plain(dict[str, object]):
    """An event's fields for people: names lose their underscores."""

    def __init__(self, event: Event) -> None:
        super().__init__({name: _plain(value) for name, value in event.items()})


def _plain(value: object) -> object:
    return value.replace("_", " ") if isinstance(value, str) else value


def _proposed(event: Event) -> Text:
    given = ", ".join(f"{name}={value}" for name, value in event["arguments"].items())
    return Text(f" action  {event['action']}({given})", style=ACTION)


def _decided(event: Event) -> Text | None:
    if event["outcome"] == "allow":
        return None
    return Text(f" action  refused by {', '.join(event['rules'])}", style=ALARM)


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
    "passage_cited": _deed(" action  read {document}, {section}"),
    "message_taken": _deed(" action  a message for a call back was kept"),
    "provider_failed": _mishap("{station} failed: {took_over}"),
    "stream_lost": _mishap("the connection broke"),
    "stream_resumed": _mishap("a second connection carries the call on"),
    "call_ended": _ended,
}
