"""One company's dialogues, read from a file of data."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, get_args

from simulator.brain.likeness import Likeness

Move = Literal[
    "task",
    "question",
    "person",
    "yes",
    "no",
    "thanks",
    "goodbye",
    "repeat",
    "correction",
    "no_number",
    "aside",
    "undo",
]


@dataclass(frozen=True, kw_only=True)
class Intent:
    """Something callers say, and how the engine moves on it."""

    id: str
    move: Move
    phrases: tuple[str, ...]
    about: str = ""
    """What a message for a colleague would be about."""
    capability: tuple[str, ...] = ()
    """What a tool must offer to serve it; the first that is there is used."""
    known_caller: str | None = None
    """The capability to try instead of asking, when the caller is recognised."""
    query: str = ""
    """The plain words to search for when the caller's own words find nothing."""
    group: str = ""
    goal: str = ""
    """Regular expression of the goal, among those that a tool takes, which is to be begun before."""
    say: str = ""
    quiet: bool = False
    """Do not come back to the open question after it."""


@dataclass(frozen=True, kw_only=True)
class Capability:
    """Something a tool may offer, told by descriptions such as its own could be."""

    id: str
    what: str
    """Completes "I cannot ..."."""
    slots: tuple[str, ...]
    like: tuple[str, ...]
    needs: tuple[str, ...] = ()
    """Slots without which a tool is not of this kind."""


@dataclass(frozen=True, kw_only=True)
class Slot:
    """Something the caller tells us, and which parameter of a tool takes it."""

    id: str
    ask: str
    parameter: str
    """Regular expression, searched in a parameter's name and description."""
    digits: int = 0
    source: str = ""
    """The capability whose tool knows it."""
    asked: str = ""
    """Regular expression: whoever has said this waits for it."""


@dataclass(frozen=True, kw_only=True)
class Dialogues:
    """The whole file."""

    company: str
    say: Mapping[str, str]
    unclear: tuple[str, ...]
    unclear_number: tuple[str, ...]
    intents: Mapping[str, Intent]
    capabilities: Mapping[str, Capability]
    slots: Mapping[str, Slot]
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    statuses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    meanings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """A tool's choice, or a part of an article's number, and the callers' words for it."""

    @cached_property
    def callers_words(self) -> Likeness:
        return Likeness((intent.id, phrase) for intent in self.intents.values() for phrase in intent.phrases)

    @cached_property
    def tool_descriptions(self) -> Likeness:
        return Likeness((can.id, text) for can in self.capabilities.values() for text in can.like)


def load(path: Path) -> Dialogues:
    """Read `path`; raises `ValueError` that names the intent whose move or capability is unknown."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    say = dict(raw["say"])
    dialogues = Dialogues(
        company=raw["company"],
        unclear=tuple(say.pop("unclear")),
        unclear_number=tuple(say.pop("unclear_number")),
        say=say,
        intents={name: Intent(id=name, **_tuples(body)) for name, body in raw["intents"].items()},
        capabilities={
            name: Capability(id=name, **_tuples(body)) for name, body in raw["capabilities"].items()
        },
        slots={name: Slot(id=name, **body) for name, body in raw["slots"].items()},
        answers=raw["answers"],
        statuses=_tuples(raw["statuses"]),
        fields=_tuples(raw["fields"]),
        meanings=_tuples(raw["meanings"]),
    )
    for intent in dialogues.intents.values():
        needed = {*intent.capability, *([intent.known_caller] if intent.known_caller else [])}
        if unknown := needed - dialogues.capabilities.keys():
            raise ValueError(f"{path.name}: intent {intent.id} needs unknown capabilities {sorted(unknown)}")
        if intent.move not in get_args(Move):
            raise ValueError(f"{path.name}: intent {intent.id} has the unknown move {intent.move!r}")
    return dialogues


@cache
def sample() -> Dialogues:
    """The dialogues of the sample company."""
    return load(Path(__file__).parent / "dialogues" / "sample.toml")


def _tuples(body: Mapping[str, Any]) -> dict[str, Any]:  # TOML's arrays, frozen
    return {key: tuple(value) if isinstance(value, list) else value for key, value in body.items()}
