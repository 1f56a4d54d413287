"""One company as Callwright knows it: everything its folder says, checked and frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from domain.actions import Action, Binding, Identity, Path
from domain.messaging import MessageTemplate
from domain.policy import Policy


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
    identity: Identity = Identity.UNKNOWN
    """What its actions need at least."""


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
    kind: Literal["openapi", "mcp"] = "openapi"
    id_field: str = "customer_id"
    """Where a customer's id stands in a customer's record."""


@dataclass(frozen=True, kw_only=True)
class Verification:
    """How callers prove who they are: facts that only the customer should know, or a code sent to them."""

    facts: Mapping[str, Path]
    """Argument of `verify_identity` to the field of the customer's record that it must equal."""
    needed: int
    """So many of the facts must be right; one that is wrong fails the attempt."""
    attempts: int = 3
    """Wrong ones allowed per call, and per customer and day."""
    find: Binding | None = None
    """Finds the record that the caller names, where the number does not tell who they are."""
    code_template: str | None = None
    """The message template that carries a one-time code to an address on record."""
    code_to: Path | None = None
    """Where that address stands in the customer's record."""
    code_valid_s: int = 600


@dataclass(frozen=True, kw_only=True)
class McpServer:
    """A server of tools, by the Model Context Protocol: a command to start, or an address."""

    name: str
    command: tuple[str, ...] = ()
    url: str = ""
    token_variable: str = ""
    """The environment variable that holds its bearer token."""


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
    restricted_patterns: tuple[str, ...] = ()
    """Regular expressions (RE2) of what nobody may keep, such as an insurance number."""
    recognise: Recognition | None = None
    verification: Verification | None = None
    policy: Policy = field(default_factory=Policy)
    messages: tuple[MessageTemplate, ...] = ()
    mcp_servers: tuple[McpServer, ...] = ()

    def action(self, name: str) -> Action | None:
        return next((action for action in self.actions if action.name == name), None)

    def message(self, name: str) -> MessageTemplate | None:
        return next((template for template in self.messages if template.name == name), None)
