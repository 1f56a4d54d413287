"""Where a conversation stands, and what may be done next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Call:
    """A tool to call."""

    tool: str
    arguments: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the brain answers: words, a call, or words and then a call."""

    text: str = ""
    call: Call | None = None


@dataclass(kw_only=True)
class Talk:
    """Worked out anew from every request, by reading its messages in order."""

    known: dict[str, str]
    """Slots that are filled, facts about the caller included."""
    topic: str | None = None
    expecting: str | None = None
    """A slot, or `offer`, `anything_else`, `confirm_order`, `resume`; `consent` while a question of the
    runtime's waits for the caller's yes, and `supervisor` while a person decides."""
    question: str = ""
    part: str = ""
    """Digits of a number that is not complete."""
    unclear: int = 0
    searched_again: bool = False
    last_said: str = ""
    asked_of: str | None = None
    """The capability whose tool was called last."""
    pending: dict[str, str | None] = field(default_factory=dict)
    """Tool call id to capability."""
    listed: bool = False
    """The caller's orders were asked for and did not help."""
    orders: Sequence[Mapping[str, object]] = ()
    order_at: int = 0
    begun: set[str] = field(default_factory=set)
    """Intents whose goal was noted by a tool."""
    asked_source: set[str] = field(default_factory=set)
    """Capabilities that were really called for something that another one needs."""
    acted: bool = False
    """Something was done, or proposed, that can be taken back."""
    proving: bool = False
    answered: str = ""
    """What the latest result offered to say."""
