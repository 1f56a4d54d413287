"""The only way to an action: validate, decide, do, record."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol
from uuid import uuid4

from loguru import logger

from domain.actions import Action
from domain.clock import Clock
from domain.company import Company
from domain.events import ActionDecided, ActionDone, ActionProposed
from domain.ports.back_office import BackOffice
from domain.ports.callbacks import Callbacks
from domain.ports.journal import Journal
from domain.ports.knowledge import Knowledge
from tools.actions.back_office import ReadBackOffice
from tools.actions.builtins import EndCall, SearchDocuments, TakeMessage, TellHours
from tools.actions.errand import CallFacts, Errand, Result, Runner
from tools.permit import NotPermitted, issue
from tools.policy.arguments import Refused, check
from tools.policy.decide import Decision, decide

__all__ = ["CallFacts", "Gate", "Outcome", "Wording"]

# Read by the model where a company has no words of its own for these.
_WORDS: Mapping[str, str] = {
    "denied": "I cannot do that for you here. A colleague can call you back about it.",
    "invalid": "I did not get that right. Could you tell me again?",
    "failed": "I am sorry, that does not work right now.",
}


class Wording(Protocol):
    """Fills a company's sentence with facts in their spoken form; `LookupError` where one is missing."""

    def __call__(self, sentence: str, facts: Mapping[str, Any], language: str, today: date) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How an action ended."""

    name: str
    say: str
    """The company's words, facts filled in as they are spoken; may be empty."""
    facts: dict[str, Any] = field(default_factory=dict)
    """JSON that the model may know."""

    def for_model(self) -> dict[str, Any]:
        return {"outcome": self.name, "say": self.say, "facts": self.facts}


class Gate:
    """One company's gate; shared by all its calls and without state of its own."""

    def __init__(
        self,
        company: Company,
        *,
        knowledge: Knowledge,
        callbacks: Callbacks,
        back_office: BackOffice,
        clock: Clock,
        wording: Wording,
        new_id: Callable[[], str] = lambda: uuid4().hex,
    ) -> None:
        self._company = company
        self._clock = clock
        self._wording = wording
        self._new_id = new_id
        self._read_back_office = ReadBackOffice(back_office)
        self._builtins: Mapping[str, Runner] = {
            "search_documents": SearchDocuments(knowledge),
            "opening_hours": TellHours(),
            "take_message": TakeMessage(callbacks),
            "end_call": EndCall(),
        }

    async def act(self, call: CallFacts, action_name: str, arguments: object, journal: Journal) -> Outcome:
        """Never raises for the world's sake: what went wrong is an outcome with words.

        `arguments` is whatever JSON the model wrote: a list, or a bare word, where an object belongs.
        """
        action_id = self._new_id()
        given = dict(arguments) if isinstance(arguments, Mapping) else {"": arguments}
        journal.write(call.call_id, ActionProposed(action_id=action_id, action=action_name, arguments=given))
        action = self._company.action(action_name)
        decision = decide(action, call.goal)
        if action is None or decision.outcome == "deny":
            journal.write(call.call_id, _decided(action_id, decision))
            return self._outcome(call, action, Result(outcome="denied"))
        checked = check(action, given)
        if isinstance(checked, Refused):
            journal.write(call.call_id, _decided(action_id, Decision(outcome="deny", rules=(checked.rule,))))
            return self._outcome(call, action, Result(outcome="invalid"))
        journal.write(call.call_id, _decided(action_id, decision))
        now = self._clock.now()
        errand = Errand(company=self._company, call=call, action=action, arguments=checked, now=now)
        return await self._do(errand, action_id, journal)

    async def _do(self, errand: Errand, action_id: str, journal: Journal) -> Outcome:
        call_id = errand.call.call_id
        began = self._clock.monotonic()
        result = Result(outcome="cancelled")
        try:
            result = await self._run(errand)
            for event in result.events:
                journal.write(call_id, event)
        finally:
            took_ms = round((self._clock.monotonic() - began) * 1000)
            journal.write(call_id, ActionDone(action_id=action_id, outcome=result.outcome, took_ms=took_ms))
        return self._outcome(errand.call, errand.action, result)

    async def _run(self, errand: Errand) -> Result:
        action = errand.action
        runner = (
            self._read_back_office
            if action.binding.kind == "openapi"
            else self._builtins[action.binding.name]
        )
        permit = issue(action.name, errand.arguments, errand.call.call_id, errand.now)
        try:
            async with asyncio.timeout(action.timeout_s):
                return await runner(permit, errand)
        except NotPermitted:
            raise
        except Exception as error:
            logger.bind(action=action.name, error=type(error).__name__).warning("An action failed")
            return Result(outcome="failed")

    def _outcome(self, call: CallFacts, action: Action | None, result: Result) -> Outcome:
        return Outcome(name=result.outcome, say=self._say(call, action, result), facts=result.facts)

    def _say(self, call: CallFacts, action: Action | None, result: Result) -> str:
        """A sentence that lacks its fact falls back to the plain `found`, and that to silence of ours."""
        today = self._clock.now().astimezone(self._company.hours.zone).date()
        for name in (result.outcome, "found") if result.facts else (result.outcome,):
            sentence = action.words(name, call.language) if action else None
            try:
                return self._wording(sentence or _WORDS.get(name, ""), result.facts, call.language, today)
            except LookupError:
                logger.bind(action=action.name if action else "", outcome=name).warning(
                    "A sentence lacks a fact"
                )
        return ""


def _decided(action_id: str, decision: Decision) -> ActionDecided:
    return ActionDecided(action_id=action_id, outcome=decision.outcome, rules=decision.rules)
