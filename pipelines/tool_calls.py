"""The model wants an action: hand it to the gate, and its answer back to the model."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pipecat.services.llm_service import FunctionCallParams

from pipelines.dialogue import Dialogue


@dataclass(frozen=True, kw_only=True)
class ToolOutcome:
    """What the model is told, and whether the call is to end."""

    for_model: Mapping[str, Any]
    ends_call: bool = False


class ToolCalls:
    """pipecat's function-call handler for every tool of a call."""

    def __init__(
        self,
        dialogue: Dialogue,
        act: Callable[[str, Mapping[str, Any]], Awaitable[ToolOutcome]],
        filler_of: Callable[[str], str],
    ) -> None:
        self._dialogue = dialogue
        self._act = act
        self._filler_of = filler_of

    async def handle(self, params: FunctionCallParams) -> None:
        dialogue, answer = self._dialogue, self._dialogue.answer
        number = answer.number
        answer.filler_of_action = self._filler_of(params.function_name)
        # What has begun in a company's system is finished and journalled, even where the caller
        # speaks over it; only the answer to the model is lost with the turn it belonged to.
        outcome = await asyncio.shield(
            asyncio.ensure_future(self._act(params.function_name, params.arguments))
        )
        await params.result_callback(dict(outcome.for_model))
        call_id, name, arguments = params.tool_call_id, params.function_name, params.arguments
        if outcome.ends_call:
            dialogue.tell(lambda: answer.end_asked(number))
        else:
            result = dict(outcome.for_model)
            dialogue.tell(lambda: answer.tool_answered(number, call_id, name, arguments, result))
