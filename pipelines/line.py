"""The two ends of the pipeline: the caller's sound in, joined as load allows; speech out to the mouth."""

import asyncio
import audioop
from collections import deque

import numpy as np
import soxr
from pipecat.frames.frames import (
    AggregatedTextFrame,
    Frame,
    InputAudioRawFrame,
    TTSAudioRawFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from domain.frame_joining import FrameJoiner
from domain.playout import Utterance
from pipelines.mouth import Mouth

SAMPLE_RATE = 8000
"""Hertz, on the wire and in the whole pipeline: nothing is resampled."""


class LineIn(FrameProcessor):
    """Where the caller's sound enters the pipeline."""

    def __init__(self, joiner: FrameJoiner) -> None:
        super().__init__(name="line-in", enable_direct_mode=True)
        self._joiner = joiner
        self._loop = asyncio.get_running_loop()

    @property
    def last_sound(self) -> float:
        """When the caller's last loud 20 ms arrived."""
        return self._joiner.last_loud

    async def hear(self, mulaw: bytes) -> None:
        """20 ms or so of the caller; passed on now or together with the next ones."""
        pcm = audioop.ulaw2lin(mulaw, 2)
        joined = self._joiner.add(pcm, audioop.rms(pcm, 2), self._loop.time())
        if joined:
            await self.push_frame(InputAudioRawFrame(joined, SAMPLE_RATE, 1))

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        await self.push_frame(frame, direction)


class LineOut(FrameProcessor):
    """Takes each utterance's sound and words from text-to-speech and gives them to the mouth."""

    def __init__(self, mouth: Mouth) -> None:
        super().__init__(name="line-out", enable_direct_mode=True)
        self._mouth = mouth
        self._planned: deque[Utterance] = deque()
        self._speaking: dict[str, Utterance] = {}
        self._silent: list[Utterance] = []
        self._first_sound: dict[str, int] = {}
        self._reached: dict[str, int] = {}
        """Characters of the text behind the last word that was timed."""
        self._resamplers: dict[str, soxr.ResampleStream] = {}

    def expect(self, utterance: Utterance) -> None:
        """Text-to-speech was asked for it; its sound will come under a context of the engine's."""
        self._planned.append(utterance)

    def forget(self) -> None:
        """What was planned or is being made will not be said."""
        self._planned.clear()
        self._speaking.clear()
        self._first_sound.clear()
        self._reached.clear()
        self._resamplers.clear()

    def take_silent(self) -> list[Utterance]:
        """Utterances for which the engine made no sound, since this was asked last."""
        silent, self._silent = self._silent, []
        return silent

    @property
    def waiting(self) -> bool:
        """Speech is being made."""
        return bool(self._planned) or bool(self._speaking)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        match frame:
            case TTSAudioRawFrame(context_id=str() as context):
                self._sound(context, frame)
            case TTSTextFrame(context_id=str() as context):
                self._word(context, frame)
            case AggregatedTextFrame(context_id=str() as context):
                self._begin(context, frame.text)
            case TTSStoppedFrame(context_id=str() as context):
                self._end(context)
            case _:
                await self.push_frame(frame, direction)

    def _begin(self, context: str, text: str) -> None:
        if not any(utterance.text == text for utterance in self._planned):
            return  # of an answer that was cut off while the engine made it
        while (utterance := self._planned.popleft()).text != text:
            self._mouth.end(utterance)
        self._speaking[context] = utterance

    def _sound(self, context: str, frame: TTSAudioRawFrame) -> None:
        utterance = self._speaking.get(context)
        if utterance:
            self._first_sound.setdefault(context, self.get_clock().get_time())
            self._mouth.feed(utterance, self._at_line_rate(context, frame))

    def _at_line_rate(self, context: str, frame: TTSAudioRawFrame) -> bytes:
        """Some engines speak at 24 kHz only; the filter keeps its state through an utterance."""
        if frame.sample_rate == SAMPLE_RATE:
            return frame.audio
        if context not in self._resamplers:
            self._resamplers[context] = soxr.ResampleStream(frame.sample_rate, SAMPLE_RATE, 1, dtype="int16")
        samples = np.frombuffer(frame.audio, dtype=np.int16)
        return bytes(self._resamplers[context].resample_chunk(samples).tobytes())

    def _word(self, context: str, frame: TTSTextFrame) -> None:
        """Engines that time their words stamp each with a moment on the pipeline's clock."""
        utterance, begun = self._speaking.get(context), self._first_sound.get(context)
        if utterance is None or begun is None or not frame.pts:
            return
        word = frame.text.strip()
        at = utterance.text.find(word, self._reached.get(context, 0))
        if at >= 0:
            self._reached[context] = at + len(word)
            seconds = max(0.0, (frame.pts - begun) / 1e9)
            utterance.word_ends.append((seconds, at))

    def _end(self, context: str) -> None:
        self._first_sound.pop(context, None)
        self._reached.pop(context, None)
        self._resamplers.pop(context, None)
        if utterance := self._speaking.pop(context, None):
            if not utterance.audio:
                self._silent.append(utterance)
            self._mouth.end(utterance)
