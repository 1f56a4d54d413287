"""From the model's words to sentences that were planned before they are spoken."""

import asyncio

from pipecat.frames.frames import (
    Frame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TTSSpeakFrame,
)
from pipecat.processors.frame_processor import FrameDirection

from pipelines.guard_output import GuardOutput


class Guarded(GuardOutput):
    """The production processor, with what it pushes kept."""

    def __init__(self) -> None:
        self.planned: list[str] = []
        self.pushed: list[Frame] = []
        self.ended: list[int] = []
        self.first_words = 0
        self.number = 1
        self.false: dict[str, list[str]] = {}
        self.held_back: list[tuple[int, list[str]]] = []
        super().__init__(
            unsupported=lambda sentence: self.false.get(sentence, []),
            on_held_back=lambda number, kinds: self.held_back.append((number, list(kinds))),
            for_the_ear=lambda text: text.replace("*", ""),
            plan=self.planned.append,
            on_first_word=self._first_word,
            on_tools=lambda _count: None,
            answer_number=lambda: self.number,
            on_end=self.ended.append,
        )

    def _first_word(self) -> None:
        self.first_words += 1

    async def push_frame(self, frame: Frame, direction: FrameDirection = FrameDirection.DOWNSTREAM) -> None:
        if isinstance(frame, TTSSpeakFrame):
            assert self.planned[-1] == frame.text  # planned before it is spoken
        self.pushed.append(frame)

    async def says(self, *frames: Frame | str) -> None:
        for frame in frames:
            each = LLMTextFrame(frame) if isinstance(frame, str) else frame
            await self.process_frame(each, FrameDirection.DOWNSTREAM)


async def test_sentences_go_as_they_are_complete() -> None:
    guard = Guarded()
    await guard.says(LLMFullResponseStartFrame(), "It left on ", "Monday. You ")
    assert guard.planned == ["It left on Monday."]
    await guard.says("will *have* it", LLMFullResponseEndFrame())

    assert guard.planned == ["It left on Monday.", "You will have it"]
    assert [type(frame) for frame in guard.pushed] == [TTSSpeakFrame, TTSSpeakFrame]
    assert (guard.first_words, guard.ended) == (1, [1])


async def test_what_is_nothing_for_the_ear_is_not_spoken() -> None:
    guard = Guarded()
    await guard.says(LLMFullResponseStartFrame(), "**", LLMFullResponseEndFrame())
    assert guard.planned == [] and guard.ended == [1]


async def test_an_interruption_passes_and_forgets_the_half_sentence() -> None:
    guard = Guarded()
    await guard.says(
        LLMFullResponseStartFrame(), "It left on ", InterruptionFrame(), LLMFullResponseEndFrame()
    )
    assert guard.planned == []
    assert [type(frame) for frame in guard.pushed] == [InterruptionFrame]


async def test_the_end_of_an_answer_that_was_cut_off_says_and_closes_nothing() -> None:
    """pipecat closes a cancelled inference before its interruption has come this far."""
    guard = Guarded()
    await guard.says(LLMFullResponseStartFrame(), "It left on ")
    guard.number = 2
    await guard.says("Monday. You", LLMFullResponseEndFrame())
    assert guard.planned == [] and guard.ended == []

    await guard.says(LLMFullResponseStartFrame(), "That one was delivered.", LLMFullResponseEndFrame())
    assert guard.planned == ["That one was delivered."] and guard.ended == [2]
    await asyncio.sleep(0)


async def test_a_sentence_that_nothing_bears_out_is_not_planned_and_neither_is_what_follows() -> None:
    guard = Guarded()
    guard.false = {"You have *20 euros*.": ["amount"]}
    await guard.says(LLMFullResponseStartFrame(), "It left on Monday. You have *20 euros*. Is that", " all?")
    await guard.says(LLMFullResponseEndFrame())

    assert guard.planned == ["It left on Monday."]
    assert guard.held_back == [(1, ["amount"])]  # once, and by the model's words, not the ear's
    assert guard.ended == []  # whoever holds it back says what comes instead

    guard.number = 2
    await guard.says(LLMFullResponseStartFrame(), "I do not know.", LLMFullResponseEndFrame())
    assert guard.planned[1:] == ["I do not know."] and guard.ended == [2]


async def test_the_last_words_of_an_answer_are_looked_at_too() -> None:
    guard = Guarded()
    guard.false = {"You have 20 euros": ["amount"]}
    await guard.says(LLMFullResponseStartFrame(), "You have 20 euros", LLMFullResponseEndFrame())
    assert guard.planned == [] and guard.ended == []
    assert guard.held_back == [(1, ["amount"])]
