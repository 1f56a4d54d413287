"""Scripted replies for tests: where the last message contains a text, this is the answer."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from simulator.brain.talk import Answer, Call
from simulator.brain.transcript import content_text


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One entry of a script."""

    when: str
    """Found in the last message, whatever its case; empty matches always."""
    role: Literal["any", "user", "tool", "system", "developer", "assistant"] = "any"
    say: str = ""
    call: str = ""
    """The tool's name, as the request offers it."""
    arguments: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Script:
    """Replies in order; the first that fits is given."""

    replies: tuple[Reply, ...] = ()

    def answer(self, messages: Sequence[Mapping[str, object]]) -> Answer | None:
        last = messages[-1]
        text = content_text(last.get("content")).lower()
        for reply in self.replies:
            if reply.when.lower() in text and reply.role in {"any", last.get("role")}:
                call = Call(tool=reply.call, arguments=reply.arguments) if reply.call else None
                return Answer(text=reply.say, call=call)
        return None


def load_script(path: Path) -> Script:
    """From TOML: `[[reply]]` with `when`, and `say` or `call` with `[reply.arguments]`."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return Script(replies=tuple(Reply(**reply) for reply in raw.get("reply", ())))
