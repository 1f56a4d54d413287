"""The gate as one call meets it: its case, its tools at this moment, and what came of each deed."""

from collections.abc import Mapping, Sequence
from typing import Any

from loguru import logger

from app.callers_truth import TruthOfCall
from domain.confirmation import Said
from domain.language import language_for
from domain.ports.journal import Journal
from pipelines.call_sheet import ToolOutcome
from tools.case import Case
from tools.gate import Gate, Outcome

ENDING = "ending"
"""The outcome of the built-in that ends a call."""


class GateOfCall:
    """Implements `pipelines.call_sheet.CallersGate` for one call."""

    def __init__(self, gate: Gate, case: Case, truth: TruthOfCall, journal: Journal) -> None:
        self._gate = gate
        self._case = case
        self._truth = truth
        self._journal = journal

    @property
    def asking(self) -> bool:
        return self._case.proposal is not None

    @property
    def waiting(self) -> Sequence[str]:
        return tuple(self._case.waiting)

    def tools(self) -> Sequence[Mapping[str, Any]]:
        return self._gate.tools(self._case)

    async def act(self, action: str, arguments: Mapping[str, Any]) -> ToolOutcome:
        try:
            outcome = await self._gate.act(self._case, action, arguments, self._journal)
        except Exception as error:
            return self._lost(action, error)
        return self._told(outcome, action, arguments)

    async def hear(self, said: Said) -> ToolOutcome | None:
        if (proposal := self._case.proposal) is None:
            return None
        try:
            outcome = await self._gate.hear(self._case, said, self._journal)
        except Exception as error:
            return self._lost(proposal.action.name, error)
        return None if outcome is None else self._told(outcome, outcome.action, outcome.arguments)

    async def supervised(self, deed_id: str) -> ToolOutcome:
        proposal = self._case.waiting.get(deed_id)
        try:
            outcome = await self._gate.supervised(self._case, deed_id, self._journal)
        except Exception as error:
            return self._lost(proposal.action.name if proposal else "", error)
        return self._told(outcome, outcome.action, outcome.arguments)

    def withdraw(self) -> None:
        self._case.proposal = None

    def _lost(self, action: str, error: Exception) -> ToolOutcome:
        """A store of ours is away. The caller must not wait for ever, and nobody knows what was done."""
        logger.bind(call=self._case.call_id, action=action, error=type(error).__name__).error(
            "the gate could not say how a deed ended"
        )
        say = language_for(self._case.language).gate_words["unknown"]
        return ToolOutcome(
            action=action, arguments={}, for_model={"outcome": "unknown", "say": say, "facts": {}}, say=say
        )

    def _told(self, outcome: Outcome, action: str, arguments: Mapping[str, Any]) -> ToolOutcome:
        self._truth.learn(outcome)
        return ToolOutcome(
            action=action,
            arguments=dict(arguments),
            for_model=outcome.for_model(),
            say=outcome.say,
            ends_call=outcome.name == ENDING,
            asks=outcome.name == "confirm",
            waits_for=outcome.deed_id,
        )
