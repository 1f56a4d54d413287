"""From a stored call to the conversation that carries it: its company, its line, its words, its tools."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

import prompts
from domain.call import Call
from domain.company import Company, Line
from domain.events import CallStarted, Event
from domain.goals import GoalTrack
from domain.language import language_for
from pipelines.call import LiveCall
from pipelines.context import Context, tools_schema
from pipelines.kit import Caller, CallKit
from pipelines.tool_calls import ToolOutcome
from prompts.spoken import for_the_ear
from tools.catalogue import tool_schemas
from tools.gate import CallFacts, Gate

ENDING = "ending"
"""The outcome of the built-in that ends a call."""
Recall = Callable[[str], Awaitable[Sequence[Event]]]
"""By call id: what the journal holds of it, where another process carried it before."""


class Conversations:
    """Opens a conversation for each call that the telephone's doors let in."""

    def __init__(
        self,
        *,
        kit: CallKit,
        gates: Mapping[str, Gate],
        companies: Mapping[str, Company],
        recall: Recall,
    ) -> None:
        self._kit = kit
        self._gates = gates
        self._companies = companies
        self._recall = recall
        self._instructions = {name: prompts.agent_instructions(it) for name, it in companies.items()}
        self._tools = {name: tools_schema(tool_schemas(it)) for name, it in companies.items()}

    def open(self, call: Call) -> LiveCall:
        company = self._companies[call.company]
        line = next(line for line in company.lines if line.id == call.line)
        facts = partial(self._facts, company, line, call)
        today = self._kit.clock.now().astimezone(company.hours.zone).date()
        return LiveCall(
            kit=self._kit,
            caller=Caller(call_id=call.id, number=call.caller, facts=facts),
            company=company,
            line=line,
            language=language_for(line.language).of_company(company.name),
            context=Context(
                instructions=self._instructions[company.id], facts=facts(""), tools=self._tools[company.id]
            ),
            act=partial(self._act, call, line, GoalTrack(company)),
            for_the_ear=partial(for_the_ear, language=line.language, today=today),
            started=self._started(call, line),
            recall=partial(self._recall, call.id) if call.stream_number > 1 else None,
        )

    def _facts(self, company: Company, line: Line, call: Call, summary: str) -> str:
        now = self._kit.clock.now()
        return prompts.call_facts(company, line, caller=call.caller, now=now, summary=summary)

    async def _act(
        self, call: Call, line: Line, goals: GoalTrack, name: str, arguments: Mapping[str, Any]
    ) -> ToolOutcome:
        """Through the gate, and nowhere else; what it proves is noted with it."""
        journal = self._kit.journal
        for opened in goals.proposed(name):
            journal.write(call.id, opened)
        facts = CallFacts(call_id=call.id, caller=call.caller, language=line.language)
        outcome = await self._gates[call.company].act(facts, name, arguments, journal)
        for resolved in goals.done(name, outcome.name):
            journal.write(call.id, resolved)
        return ToolOutcome(for_model=outcome.for_model(), ends_call=outcome.name == ENDING)

    def _started(self, call: Call, line: Line) -> CallStarted:
        return CallStarted(
            company=call.company,
            line=line.id,
            direction=call.direction,
            carrier_call_id=call.carrier_call_id,
            caller=call.caller,
            called=call.called,
            language=line.language,
            prompts_version=prompts.version(),
            speech_to_text=self._kit.engines["speech_to_text"],
            text_to_speech=self._kit.engines["text_to_speech"],
            model=self._kit.engines["model"],
        )
