"""How the desk and the command line say times, numbers and states."""

from typing import Literal

from domain.call import Call, State

Tone = Literal["good", "warn", "bad", "ai", "acc", "plain"]
"""Colour of a state; it never stands without the word."""

STATIONS = {
    "end_of_turn": "end of turn",
    "turn_taking": "us",
    "model": "model",
    "tools": "actions",
    "sentence": "sentence",
    "speech": "voice",
    "line": "line",
}
"""In the order in which a turn passes them; what is not measured elsewhere is ours."""

_STATES: dict[State, tuple[str, Tone]] = {
    State.RINGING: ("ringing", "acc"),
    State.CONNECTING: ("connecting", "acc"),
    State.LIVE: ("live", "good"),
    State.RECONNECTING: ("reconnecting", "warn"),
    State.ENDING: ("ending", "acc"),
    State.FALLBACK: ("with the fallback", "warn"),
    State.COMPLETED: ("completed", "plain"),
    State.CALLER_HUNG_UP: ("caller hung up", "plain"),
    State.FAILED: ("failed", "bad"),
    State.REFUSED: ("refused", "warn"),
}


def state_of(state: State) -> tuple[str, Tone]:
    return _STATES[state]


def spoken_name(name: str) -> str:
    """`order_status` and `slow_action` as people write them."""
    return name.replace("_", " ").replace("-", " ").strip()


def masked(number: str) -> str:
    """A caller on a list: enough to tell two apart, too little to ring."""
    return f"•••• {number[-2:]}" if len(number) > 4 else "hidden number"


def minutes(ms: int) -> str:
    """0:41, 12:05, 1:02:03."""
    whole = max(0, ms) // 1000
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def wait(ms: float) -> str:
    """702 ms, 1.2 s."""
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"


def outcome_of(call: Call) -> str:
    """Why a call that is over ended so, where that says more than its state."""
    return spoken_name(call.reason) if call.is_over and call.reason else ""
