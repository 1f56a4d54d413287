"""What the check says of a sentence."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "amount",
    "day",
    "time",
    "number",
    "identifier",
    "name",
    "thing",
    "event",
    "promise",
    "negation",
    "topic",
    "inner",
]
"""What was claimed: `thing` is something that nobody in this call spoke of; `event` says that something
happened, `promise` that it will, `negation` that it did not; `topic` is forbidden by the company, `inner` is
a prompt, a tool or a pretence of being a person."""


@dataclass(frozen=True, kw_only=True)
class Unsupported:
    """One claim that nothing in this call bears out."""

    kind: Kind
    words: str
    """As they stand in the sentence: for the model that must say it anew, never for a log."""
    about: str = ""
    """The event that was claimed, by its family's name: `refund`, `deliver` ..."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Every claim that lacks support; none means that the sentence may be spoken."""

    unsupported: tuple[Unsupported, ...] = ()

    @property
    def supported(self) -> bool:
        return not self.unsupported
