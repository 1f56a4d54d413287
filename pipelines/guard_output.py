"""The last look at a sentence before it is spoken: cut from the model's words, put into words for the ear."""

from collections.abc import Callable, Sequence

from pipecat.frames.frames import (
    Frame,
    FunctionCallsStartedFrame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TTSSpeakFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from domain.sentences import SentenceCutter


class GuardOutput(FrameProcessor):
    """Between model and text-to-speech: whole sentences pass, each after it was planned as an utterance."""

    def __init__(
        self,
        *,
        unsupported: Callable[[str], Sequence[str]],
        on_held_back: Callable[[int, Sequence[str]], None],
        for_the_ear: Callable[[str], str],
        plan: Callable[[str], None],
        on_first_word: Callable[[], None],
        on_tools: Callable[[int], None],
        answer_number: Callable[[], int],
        on_end: Callable[[int], None],
    ) -> None:
        """`unsupported`: kinds of what nothing bears out; the rest of such an answer is not said.

        `on_held_back` is told at its end, in place of `on_end`: what the model wants done, it may still want.
        """
        super().__init__(name="guard-output", enable_direct_mode=True)
        self._unsupported = unsupported
        self._on_held_back = on_held_back
        self._for_the_ear = for_the_ear
        self._plan = plan
        self._on_first_word = on_first_word
        self._on_tools = on_tools
        self._answer_number = answer_number
        self._on_end = on_end
        self._answer = 0
        self._held_back: Sequence[str] = ()
        self._cutter = SentenceCutter()
        self._silent_so_far = True

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        match frame:
            case LLMFullResponseStartFrame():
                self._cutter, self._silent_so_far = SentenceCutter(), True
                self._answer, self._held_back = self._answer_number(), ()
            case LLMTextFrame() | LLMFullResponseEndFrame() if self._answer != self._answer_number():
                self._cutter = SentenceCutter()  # of an answer that was cut off: nothing of it is said
            case LLMTextFrame():
                if self._silent_so_far:
                    self._silent_so_far = False
                    self._on_first_word()
                for sentence in self._cutter.add(frame.text):
                    await self._speak(sentence)
            case FunctionCallsStartedFrame() if direction is FrameDirection.DOWNSTREAM:
                self._on_tools(len(frame.function_calls))
            case LLMFullResponseEndFrame():
                if rest := self._cutter.rest():
                    await self._speak(rest)
                if self._held_back:
                    self._on_held_back(self._answer, self._held_back)
                else:
                    self._on_end(self._answer)
            case InterruptionFrame():
                self._cutter, self._held_back = SentenceCutter(), ()
                await self.push_frame(frame, direction)
            case _:
                await self.push_frame(frame, direction)

    async def _speak(self, sentence: str) -> None:
        """Unless it is held back, or follows what was."""
        self._held_back = self._held_back or self._unsupported(sentence)
        if self._held_back:
            return
        spoken = self._for_the_ear(sentence)
        if spoken.strip():
            self._plan(spoken)
            await self.push_frame(TTSSpeakFrame(spoken, append_to_context=False))
