"""All that is settled about one call before its first word."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from domain.company import Company, Line
from domain.confirmation import Said
from domain.events import CallStarted, Event
from domain.language import Language
from domain.masking import Masker
from pipelines.context import Context
from pipelines.kit import Caller, CallKit


@dataclass(frozen=True, kw_only=True)
class ToolOutcome:
    """What the gate answered, as far as the conversation must know."""

    action: str
    arguments: Mapping[str, Any]
    for_model: Mapping[str, Any]
    say: str = ""
    """The company's own words for it."""
    ends_call: bool = False
    asks: bool = False
    """`say` is a read-back: spoken as it stands, and the caller's next utterance is its answer."""
    waits_for: str = ""
    """A deed that a supervisor was asked about."""


class CallersGate(Protocol):
    """The gate, as one call meets it."""

    @property
    def asking(self) -> bool:
        """A read-back waits for the caller's answer."""
        ...

    @property
    def waiting(self) -> Sequence[str]:
        """The deeds that a supervisor was asked about while the caller holds on."""
        ...

    def tools(self) -> Sequence[Mapping[str, Any]]:
        """What the model may ask for at this moment, as a chat-completions request takes it."""
        ...

    async def act(self, action: str, arguments: Mapping[str, Any]) -> ToolOutcome: ...

    async def hear(self, said: Said) -> ToolOutcome | None:
        """The caller's utterance after a read-back; None where none was open."""
        ...

    async def supervised(self, deed_id: str) -> ToolOutcome:
        """What came of a deed that waits for a supervisor, or that there is no answer yet."""
        ...

    def withdraw(self) -> None:
        """The open read-back, if any, is off the table: nobody can agree to it any more."""
        ...


class Truth(Protocol):
    """What the sentences of this call may lean on."""

    def unsupported(self, sentence: str) -> Sequence[str]:
        """The kinds of what it says and nothing bears out; none means that it may be spoken."""
        ...

    def learn_said(self, text: str) -> None:
        """The caller's words: they may be given back, and prove nothing."""
        ...


@dataclass(frozen=True, kw_only=True)
class CallSheet:
    """Who rings on which line, in which words we speak with them, and how we act for them."""

    kit: CallKit
    caller: Caller
    company: Company
    line: Line
    language: Language
    context: Context
    gate: CallersGate
    truth: Truth
    masker: Masker
    """Finds in the caller's words what nobody may keep."""
    for_the_ear: Callable[[str], str]
    started: CallStarted
    recall: Callable[[], Awaitable[Sequence[Event]]] | None = None
    """What was said before, where another process carried the call until now."""
    answered_s_ago: float = 0.0
    """Seconds since the call was answered, by this process or another: its own time goes on."""

    def filler_of(self, action_name: str) -> str:
        """What the company wants said while this action takes its time; empty where nothing special."""
        action = self.company.action(action_name)
        return (action.filler or "") if action else ""
