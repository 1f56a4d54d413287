"""The pipeline as the conversation sees it."""

from collections.abc import Sequence
from typing import Any

from pipecat.frames.frames import ManuallySwitchServiceFrame
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.services.tts_service import TTSService

import prompts
from pipelines.context import Context
from pipelines.line import LineIn
from pipelines.model import Model
from pipelines.turn_taking import TurnTakingProcessor


class CallChannel:
    """Implements `pipelines.talk.Channel` over one call's processors."""

    def __init__(
        self,
        taking: TurnTakingProcessor,
        line_in: LineIn,
        model: Model,
        context: Context,
        spare_voices: list[TTSService],
    ) -> None:
        self._line_in = line_in
        self._model = model
        self._context = context
        self.run_model = taking.run_model
        self.stop_answer = taking.stop_answer
        self.withdraw_guess = taking.withdraw_guess
        self.caller_turn = taking.caller_turn
        self.speak = taking.speak
        self._push = taking.push_frame
        self._spare_voices = spare_voices

    def last_sound(self) -> float:
        return self._line_in.last_sound

    async def second_voice(self) -> bool:
        if not self._spare_voices:
            return False
        await self._push(ManuallySwitchServiceFrame(service=self._spare_voices.pop(0)))
        return True

    async def summarise(self, turns: Sequence[dict[str, Any]]) -> str:
        said = "\n".join(f"{turn['role']}: {turn['content']}" for turn in turns if turn.get("content"))
        asked = LLMContext(messages=[{"role": "user", "content": f"{self._context.facts}\n\n{said}"}])
        return await self._model.write(asked, instruction=prompts.text("summary.md"))
