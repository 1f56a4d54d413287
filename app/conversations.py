"""From a stored call to the conversation that carries it: its company, its line, its words, its tools."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

import re2

import prompts
from app.callers_gate import GateOfCall
from app.callers_truth import TruthOfCall
from app.telephony.recording_pause import DESK, was_paused
from domain.call import Call
from domain.company import Company, Line
from domain.events import CallStarted, Event
from domain.language import language_for
from domain.masking import Known, Masker, masking_words_for
from pipelines.call import LiveCall
from pipelines.call_sheet import CallSheet
from pipelines.context import Context
from pipelines.kit import Caller, CallKit
from prompts.spoken import for_the_ear
from tools.case import Case
from tools.gate import Gate

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
        self._known = {name: known_of(it) for name, it in companies.items()}
        self._instructions = {name: prompts.agent_instructions(it) for name, it in companies.items()}

    def open(self, call: Call) -> LiveCall:
        company = self._companies[call.company]
        line = next(line for line in company.lines if line.id == call.line)
        facts = partial(self._facts, company, line, call)
        now = self._kit.clock.now()
        today = now.astimezone(company.hours.zone).date()

        async def recall() -> Sequence[Event]:
            """A recording that was paused in the other process stays so in this one."""
            events = await self._recall(call.id)
            if was_paused(events):
                live_call.recorder.pause(DESK)
            return events

        case = Case(company, call_id=call.id, caller=call.caller, line=line.id, language=line.language)
        truth = TruthOfCall(company, line, call_id=call.id, today=today)
        gate = GateOfCall(self._gates[company.id], case, truth, self._kit.journal)
        live_call = LiveCall(
            CallSheet(
                kit=self._kit,
                caller=Caller(call_id=call.id, number=call.caller, facts=facts),
                company=company,
                line=line,
                language=language_for(line.language).of_company(company.name),
                context=Context(
                    instructions=self._instructions[company.id],
                    facts=facts(""),
                    tools=gate.tools,
                ),
                gate=gate,
                truth=truth,
                masker=Masker(masking_words_for(line.language), self._known[company.id]),
                for_the_ear=partial(for_the_ear, language=line.language, today=today),
                started=self._started(call, line),
                answered_s_ago=(now - call.answered_at).total_seconds() if call.answered_at else 0.0,
                recall=recall if call.stream_number > 1 else None,
            )
        )
        case.secret_keys = live_call.secret_keys
        return live_call

    def _facts(self, company: Company, line: Line, call: Call, summary: str) -> str:
        now = self._kit.clock.now()
        return prompts.call_facts(company, line, caller=call.caller, now=now, summary=summary)

    def _started(self, call: Call, line: Line) -> CallStarted:
        return CallStarted(
            company=call.company,
            line=line.id,
            direction=call.direction,
            carrier_call_id=call.carrier_call_id,
            caller=call.caller,
            called=call.called,
            language=line.language,
            prompts_version=prompts.version(self._instructions[call.company]),
            speech_to_text=self._kit.engines["speech_to_text"],
            text_to_speech=self._kit.engines["text_to_speech"],
            model=self._kit.engines["model"],
        )


def known_of(company: Company) -> Known:
    """The shapes of a company's own numbers, which are no secrets, and the words that are."""
    shapes = {argument.pattern for action in company.actions for argument in action.arguments}
    return Known.of(
        shapes=tuple(sorted(filter(None, shapes))),
        words=company.restricted_words,
        patterns=tuple(map(re2.compile, company.restricted_patterns)),
    )
