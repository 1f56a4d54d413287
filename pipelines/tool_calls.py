"""The model wants an action: hand it to the gate, and its answer back to the model."""

import asyncio

from pipecat.services.llm_service import FunctionCallParams

from pipelines.answer import Answer
from pipelines.call_sheet import CallSheet
from pipelines.consent import Consent
from pipelines.inbox import Inbox


class ToolCalls:
    """pipecat's function-call handler for every tool of a call."""

    def __init__(self, sheet: CallSheet, inbox: Inbox, answer: Answer, consent: Consent) -> None:
        self._sheet = sheet
        self._inbox = inbox
        self._answer = answer
        self._consent = consent

    async def handle(self, params: FunctionCallParams) -> None:
        answer, number = self._answer, self._answer.number
        answer.filler_of_action = self._sheet.filler_of(params.function_name)
        # What has begun in a company's system is finished and journalled, even where the caller
        # speaks over it; only the answer to the model is lost with the turn it belonged to.
        outcome = await asyncio.shield(
            asyncio.ensure_future(self._sheet.gate.act(params.function_name, params.arguments))
        )
        await params.result_callback(dict(outcome.for_model))
        call_id = params.tool_call_id
        if outcome.waits_for:
            self._inbox.tell(lambda: self._consent.wait_for(outcome.waits_for))
        if outcome.ends_call:
            self._inbox.tell(lambda: answer.end_asked(number))
        else:
            self._inbox.tell(lambda: answer.tool_answered(number, call_id, outcome))
