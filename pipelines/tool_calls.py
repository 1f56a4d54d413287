"""The model wants an action: hand it to the gate, and its answer back to the model."""

from pipecat.services.llm_service import FunctionCallParams

from pipelines.answer import Answer
from pipelines.call_sheet import CallSheet
from pipelines.consent import Consent


class ToolCalls:
    """pipecat's function-call handler for every tool of a call."""

    def __init__(self, sheet: CallSheet, answer: Answer, consent: Consent) -> None:
        self._sheet = sheet
        self._answer = answer
        self._consent = consent

    async def handle(self, params: FunctionCallParams) -> None:
        self._answer.filler_of_action = self._sheet.filler_of(params.function_name)
        await self._consent.deeds.finish(self._act(params, self._answer.number))

    async def _act(self, params: FunctionCallParams, number: int) -> None:
        """Finished and told, even where the caller speaks over it; only this answer is lost then."""
        outcome = await self._sheet.gate.act(params.function_name, params.arguments)
        self._consent.report(number, params.tool_call_id, outcome)
        await params.result_callback(dict(outcome.for_model))
