"""A gate whose answers a story has written down beforehand."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.confirmation import Said
from pipelines.call_sheet import ToolOutcome

LOOK_UP = {
    "type": "function",
    "function": {
        "name": "find_order",
        "description": "Looks up one order",
        "parameters": {"properties": {"order_id": {"type": "string"}}, "required": ["order_id"]},
    },
}


def told(name: str, say: str = "", *, action: str = "refund", **more: Any) -> ToolOutcome:
    """What the gate answers, by its outcome's name."""
    result = {"outcome": name, "say": say, "facts": {}}
    return ToolOutcome(action=action, arguments={}, for_model=result, say=say, asks=name == "confirm", **more)


@dataclass
class ScriptedGate:
    """Implements `pipelines.call_sheet.CallersGate`."""

    answer_to: Callable[[str], tuple[float, Any]]
    """Action to (seconds that it takes, its result or a whole outcome)."""
    hears: list[ToolOutcome] = field(default_factory=list)
    """What comes of the caller's answers, one after another."""
    hearing_takes_s: float = 0.0
    decision: tuple[float, ToolOutcome] | None = None
    """After how many seconds a supervisor decides what."""
    acted: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    heard: list[Said] = field(default_factory=list)
    asking: bool = False
    waits_for: list[str] = field(default_factory=list)
    """Deeds that a supervisor was asked about."""
    done: list[ToolOutcome] = field(default_factory=list)
    """What came of the caller's answers, whether anybody waited for it or not."""

    def tools(self) -> Sequence[Mapping[str, Any]]:
        return [LOOK_UP]

    @property
    def waiting(self) -> Sequence[str]:
        return self.waits_for

    async def act(self, action: str, arguments: Mapping[str, Any]) -> ToolOutcome:
        self.acted.append((action, arguments))
        takes_s, result = self.answer_to(action)
        await asyncio.sleep(takes_s)
        if isinstance(result, ToolOutcome):
            self.asking = result.asks
            return result
        ends = action == "end_call"
        return ToolOutcome(action=action, arguments=arguments, for_model=result, ends_call=ends)

    async def hear(self, said: Said) -> ToolOutcome | None:
        self.heard.append(said)
        self.asking = False
        await asyncio.sleep(self.hearing_takes_s)
        outcome = self.hears.pop(0)
        self.done.append(outcome)
        self.asking = outcome.asks
        if outcome.waits_for:
            self.waits_for.append(outcome.waits_for)
        return outcome

    async def supervised(self, deed_id: str) -> ToolOutcome:
        assert self.decision is not None
        await asyncio.sleep(self.decision[0])
        self.waits_for.remove(deed_id)
        self.asking = self.decision[1].asks
        return self.decision[1]

    def withdraw(self) -> None:
        self.asking = False


@dataclass
class ScriptedTruth:
    """Implements `pipelines.call_sheet.Truth`: everything is true but for what a story calls false."""

    false: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Sentence to the kinds of what nothing bears out."""
    said: list[str] = field(default_factory=list)

    def unsupported(self, sentence: str) -> Sequence[str]:
        return self.false.get(sentence, ())

    def learn_said(self, text: str) -> None:
        self.said.append(text)
