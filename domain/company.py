"""One company as Callwright knows it: everything its folder says, checked and frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

Tier = Literal["lookup", "draft", "execute", "coordinate"]


@dataclass(frozen=True, kw_only=True)
class Voice:
    """One speaking voice, by its name at each text-to-speech provider."""

    id: str
    names: Mapping[str, str]
    """Provider (`deepgram`, `openai`, `cartesia`, `elevenlabs`, `local`) to that provider's name."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A telephone number on which the company is reached."""

    id: str
    number: str
    """E.164."""
    language: str
    """BCP 47, such as `en-US`; a file of `domain/languages` for its first part must exist."""
    voice: Voice
    greeting: str
    """Spoken after the notices."""
    disclosure: str
    """Tells the caller that a machine speaks; always the first utterance."""
    recording_notice: str
    """Spoken when `recording` is on; recording starts when it has been played."""
    recording: bool
    fallback_number: str | None = None
    """E.164 of a person who takes calls that we cannot; without one, a message is taken."""


@dataclass(frozen=True, kw_only=True)
class OpeningHours:
    """When people work, in the company's own zone; weekdays count from Monday = 0."""

    zone: ZoneInfo
    weekly: Mapping[int, tuple[tuple[time, time], ...]]
    closed_on: frozenset[date] = frozenset()

    def is_open(self, at: datetime) -> bool:
        """`at` is timezone aware."""
        local = at.astimezone(self.zone)
        if local.date() in self.closed_on:
            return False
        return any(opens <= local.time() < closes for opens, closes in self.weekly.get(local.weekday(), ()))


@dataclass(frozen=True, kw_only=True)
class Goal:
    """Something callers want, in the company's taxonomy."""

    id: str
    title: str
    phrases: tuple[str, ...]
    """How callers say it."""
    actions: tuple[str, ...]
    """Names of the actions that this goal may use."""
    instructions: str
    """How the agent works through it: the playbook."""
    resolved_when: str
    """The action outcome or event that proves it."""


@dataclass(frozen=True, kw_only=True)
class Argument:
    """One typed argument of an action."""

    name: str
    type: Literal["string", "integer", "number", "boolean", "date"]
    description: str
    required: bool = True
    pattern: str | None = None
    """Regular expression that the whole value must match."""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Binding:
    """What an action reaches: an operation of the back office, or a part of the product."""

    kind: Literal["openapi", "builtin"]
    name: str
    """The operation's `operationId`, or the built-in's name."""
    given: Mapping[str, str] = field(default_factory=dict)
    """Operation parameter to a fact of the call (`caller.number`, `customer.x`), not the model's choice."""


@dataclass(frozen=True, kw_only=True)
class Action:
    """One thing the agent may ask the gate to do."""

    name: str
    purpose: str
    """Read by the model: what it is for and when to use it."""
    tier: Tier
    arguments: tuple[Argument, ...]
    binding: Binding
    outcomes: Mapping[str, str]
    """Outcome name (`found`, `not_found`, `failed` ...) to what the agent may say of it."""
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Primary language tag to outcomes in that language; `outcomes` where one is missing."""
    outcome_by: str | None = None
    """A field of the answer whose value names the outcome; `found` where no such outcome is declared."""
    facts: tuple[str, ...] = ()
    """Dotted fields of the answer that may leave the gate; nothing else does. A list lies under `results`."""
    timeout_s: float = 8.0
    filler: str | None = None
    """Said while the caller waits for this action; the language's own filler otherwise."""

    def words(self, outcome: str, language: str) -> str | None:
        """The company's sentence for an outcome, by BCP 47 tag."""
        translated = self.translations.get(language.split("-", 1)[0].lower(), {})
        return translated.get(outcome, self.outcomes.get(outcome))


@dataclass(frozen=True, kw_only=True)
class Document:
    """A version of a knowledge document, split into sections small enough to be spoken."""

    id: str
    version: str
    title: str
    effective_from: date
    effective_until: date | None
    """The last day on which it is in force; None while no end is known."""
    sections: tuple[tuple[str, str], ...]
    """(heading, text)."""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Recognition:
    """How the back office tells who rings: an operation that takes the caller's number."""

    operation: str
    argument: str


@dataclass(frozen=True, kw_only=True)
class Company:
    """The whole folder."""

    id: str
    name: str
    hours: OpeningHours
    lines: tuple[Line, ...]
    goals: tuple[Goal, ...]
    actions: tuple[Action, ...]
    persona: str
    documents: tuple[Document, ...]
    vocabulary: tuple[str, ...] = ()
    """Names and products that a recogniser should know."""
    restricted_words: frozenset[str] = field(default_factory=frozenset)
    recognise: Recognition | None = None

    def action(self, name: str) -> Action | None:
        return next((action for action in self.actions if action.name == name), None)
