"""What a company lets its agent do: actions, what they reach, and everything that bounds them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal

from domain.money import Money

Tier = Literal["lookup", "draft", "execute", "coordinate"]
"""Reads; prepares for a person; changes one system; changes several, all or none."""

ArgumentType = Literal["string", "integer", "number", "boolean", "date", "money"]

Path = str
"""A dotted path into what code knows of a deed. Its first word is one of: `args` (the checked arguments),
`caller` (`number`), `customer` (the record of the identified caller), `call` (`id`, `line`, `language`),
`deed` (`id`, stable over retries), `now` (`iso`, `day`), `result` (the answer, where there is one), or the
name of one of the action's reads."""


class Identity(IntEnum):
    """How surely we know who calls; a higher level includes the lower ones."""

    UNKNOWN = 0
    RECOGNISED = 1
    """The number they ring from belongs to exactly one customer. Numbers can be forged."""
    VERIFIED = 2
    """They told facts that only the customer should know."""
    CONFIRMED = 3
    """They told a one-time code that we sent to an address on record."""


@dataclass(frozen=True, kw_only=True)
class Argument:
    """One typed argument of an action."""

    name: str
    type: ArgumentType
    description: str
    required: bool = True
    pattern: str | None = None
    """Regular expression that the whole value must match."""
    choices: tuple[str, ...] = ()
    currency: str | None = None
    """Of a `money` argument: the only currency it can be in."""
    secret: bool = False
    """A number that the caller types while nobody listens: only the system of record ever sees it."""
    digits: int | None = None
    """Of a secret: how many it has."""


@dataclass(frozen=True, kw_only=True)
class Binding:
    """What an action reaches."""

    kind: Literal["openapi", "mcp", "builtin", "message", "steps"]
    name: str
    """The operation's `operationId`, `server.tool`, the built-in's, or the message template's name; empty
    for `steps`."""
    given: Mapping[str, Path] = field(default_factory=dict)
    """Parameter or body field of the operation to what fills it. An argument that no path mentions goes
    to the parameter of its own name."""


@dataclass(frozen=True, kw_only=True)
class Read:
    """A record fetched before the decision: rules, read-back and owner check look at it."""

    name: str
    binding: Binding
    """An operation that only reads."""


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most so much money, or so many deeds, in a scope."""

    per: Literal["action", "call", "customer_day", "company_day"]
    """`action` bounds one deed; the others add up this action's deeds in the call, or on a day."""
    amount: Money | None = None
    count: int | None = None


@dataclass(frozen=True, kw_only=True)
class Undo:
    """How a deed is taken back: another declared action, with arguments that code fills in."""

    action: str
    within_s: int
    """Grace period in seconds, from the deed's end."""
    arguments: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Reconcile:
    """How to find out whether a deed of unknown outcome was done: a read, and what in it proves it."""

    binding: Binding
    done_when: str
    """CEL over `answer`, `args` and `deed`; true means that it was done."""
    result: str | None = None
    """Where in what was read the deed's own answer stands: its facts are kept, so that it can be undone."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One part of a coordinate action: another declared action, with arguments that code fills in."""

    action: str
    arguments: Mapping[str, Path] = field(default_factory=dict)
    """Earlier steps' answers stand under their action's name."""


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
    """Outcome name (`found`, `done`, `failed` ...) to what the agent may say of it."""
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Primary language tag to outcomes in that language; `outcomes` where one is missing. `read_back` may
    stand there too."""
    outcome_by: str | None = None
    """A field of the answer whose value names the outcome; `found` where no such outcome is declared."""
    facts: tuple[str, ...] = ()
    """Dotted fields of the answer that may leave the gate; nothing else does. A list lies under `results`."""
    timeout_s: float = 8.0
    filler: str | None = None
    """Said while the caller waits for this action; the language's own filler otherwise."""
    offered: bool = True
    """False for what only steps and undos use: the model never sees it."""
    identity: Identity = Identity.UNKNOWN
    reads: tuple[Read, ...] = ()
    owner: Path | None = None
    """Where the customer's id stands in what was read; another customer's record is as good as none."""
    amount: Path | None = None
    """The money that limits and authority count."""
    read_back: str | None = None
    """Spoken as it stands before the deed, facts filled in by code; only a yes to it lets it be done."""
    once_per: tuple[Path, ...] = ()
    """What the deed is about: there is at most one standing deed for each; an undo frees it."""
    limits: tuple[Limit, ...] = ()
    undo: Undo | None = None
    reconcile: Reconcile | None = None
    steps: tuple[Step, ...] = ()

    @property
    def secrets(self) -> tuple[Argument, ...]:
        """What no model gives, and what stands in no ledger and no journal."""
        return tuple(argument for argument in self.arguments if argument.secret)

    def words(self, outcome: str, language: str) -> str | None:
        """The company's sentence for an outcome, by BCP 47 tag."""
        translated = self.translations.get(language.split("-", 1)[0].lower(), {})
        return translated.get(outcome, self.outcomes.get(outcome))

    def read_back_in(self, language: str) -> str | None:
        translated = self.translations.get(language.split("-", 1)[0].lower(), {})
        return translated.get("read_back", self.read_back)

    @property
    def writes(self) -> bool:
        """It changes a system of record."""
        return self.tier in {"execute", "coordinate"}
