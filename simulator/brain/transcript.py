"""The request as the engine reads it: facts, what the caller said, and what tools gave back."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

UNFINISHED = "IN_PROGRESS"
_KEYS = re.compile(r"(?i)\b(?:pressed|keypad|keyed)\b.*\d")


@dataclass(frozen=True, kw_only=True)
class Said:
    """A turn of the caller, or keys pressed."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Returned:
    """The result of a tool, as text; it is data, whatever it says."""

    call_id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """What the assistant said, perhaps cut in mid-sentence."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Note:
    """A message of the runtime to the model, after the beginning."""

    text: str

    @property
    def is_correction(self) -> bool:
        """The last sentence was not spoken, since nothing bears it out."""
        return "not said aloud" in self.text

    @property
    def goes_on(self) -> bool:
        """An answer broke off, and only its rest is wanted."""
        return "still missing" in self.text


@dataclass(frozen=True, kw_only=True)
class Called:
    """The assistant asked for a tool."""

    call_id: str
    tool: str = ""
    arguments: Mapping[str, object] = field(default_factory=dict)


Step = Said | Returned | Spoken | Note | Called


@dataclass(frozen=True, kw_only=True)
class Transcript:
    """Everything a request tells."""

    instructions: str
    steps: tuple[Step, ...]

    def facts(self) -> dict[str, str]:
        """What the instructions say of the caller: `phone`, `name`, `customer`."""
        patterns = {
            "phone": r"(?:caller|calling|number|phone)[^\n]{0,60}?(\+\d[\d ]{6,16}\d)",
            "name": r"(?i:caller(?:'s)? name(?: is)?|name of the caller(?: is)?|customer(?:'s)? name(?: is)?|"
            r"caller is|caller|customer)\s*[:=]?\s*((?:[A-Z][\w'-]+)(?: [A-Z][\w'-]+){1,2})",
            "customer": r"(?i:customer(?: id| number| no\.?)?)\W{0,3}(?i:is )?\W{0,2}"
            r"([A-Za-z]{0,4}[-_]?\d[\w-]*)",
        }
        found = {key: re.search(pattern, self.instructions) for key, pattern in patterns.items()}
        return {key: match[1].strip() for key, match in found.items() if match}

    def opening_hours(self) -> str | None:
        """The line of the instructions that tells them, if there is one."""
        line = re.search(r"(?im)^\W*(?:opening hours|business hours|open)\W*:\s*(.+)$", self.instructions)
        return line[1].strip() if line else None


def read(messages: Sequence[Mapping[str, object]]) -> Transcript:
    """`messages` are those of the chat completions interface."""
    instructions: list[str] = []
    steps: list[Step] = []
    for message in messages:
        text = content_text(message.get("content"))
        match message.get("role"):
            case "system" | "developer":
                result = _late_result(text)
                if result:
                    steps.append(result)
                elif _KEYS.search(text) and steps:
                    steps.append(Said(text=text))
                else:
                    instructions.append(text)
                    if steps:
                        steps.append(Note(text=text))
            case "user" if _is_aside(text):
                steps.append(Note(text=text))
            case "user":
                steps.append(Said(text=text))
            case "tool":
                result = _late_result(text) or Returned(
                    call_id=str(message.get("tool_call_id", "")), text=text
                )
                steps.append(result)
            case "assistant":
                steps += [Spoken(text=text)] if text else []
                steps += _calls(message.get("tool_calls"))
            case _:
                pass
    return Transcript(instructions="\n".join(instructions), steps=tuple(steps))


def content_text(content: object) -> str:
    """The text of a message's content, be it a string or a list of parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return " ".join(str(part.get("text", "")) for part in content if isinstance(part, dict)).strip()
    return ""


def _calls(calls: object) -> list[Step]:
    listed = calls if isinstance(calls, list) else []
    return [_called(call) for call in listed if isinstance(call, dict)]


def _called(call: Mapping[str, Any]) -> Called:
    function = call.get("function") or {}
    try:
        arguments = json.loads(function.get("arguments") or "{}")
    except ValueError:
        arguments = {}
    return Called(
        call_id=str(call.get("id", "")),
        tool=str(function.get("name", "")),
        arguments=arguments if isinstance(arguments, dict) else {},
    )


def _is_aside(text: str) -> bool:
    """A word of the runtime in the caller's place; keys are the caller's own."""
    return text.startswith("(") and text.endswith(")") and not _KEYS.search(text)


def _late_result(text: str) -> Returned | None:
    """A result that pipecat delivers after the turn that asked for it (`async_tool` messages)."""
    if not text.startswith("{"):
        return None
    try:
        payload = json.loads(text)
    except ValueError:
        return None
    if not (isinstance(payload, dict) and payload.get("type") == "async_tool"):
        return None
    finished = payload.get("status") == "finished"
    return Returned(
        call_id=str(payload.get("tool_call_id", "")),
        text=str(payload.get("result", "")) if finished else UNFINISHED,
    )
