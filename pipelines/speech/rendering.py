"""One sentence through a text-to-speech service, outside of any call: for sentences that are kept."""

import asyncio
import audioop
import contextlib

import numpy as np
import soxr
from pipecat.frames.frames import ErrorFrame, Frame, TTSAudioRawFrame, TTSSpeakFrame, TTSStoppedFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.tts_service import TTSService
from pipecat.workers.runner import WorkerRunner

from pipelines.line import SAMPLE_RATE

RENDER_WITHIN_S = 15.0


class SynthesisFailed(Exception):
    """The engine gave no sound for a sentence, or an error instead."""


class _Collector(FrameProcessor):
    """Gathers the sound of one sentence."""

    def __init__(self) -> None:
        super().__init__(name="collector", enable_direct_mode=True)
        self.sound = bytearray()
        self.rate = SAMPLE_RATE
        self.done = asyncio.Event()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        match frame:
            case TTSAudioRawFrame():
                self.sound += frame.audio
                self.rate = frame.sample_rate
            case TTSStoppedFrame():
                self.done.set()
            case _:
                await self.push_frame(frame, direction)


async def render(service: TTSService, text: str) -> bytes:
    """Mu-law at 8 kHz. Raises `SynthesisFailed` or TimeoutError; the service is used up afterwards."""
    collector, errors = _Collector(), list[str]()
    worker = PipelineWorker(
        Pipeline([service, collector]),
        params=PipelineParams(audio_in_sample_rate=SAMPLE_RATE, audio_out_sample_rate=SAMPLE_RATE),
        enable_rtvi=False,
        enable_turn_tracking=False,
        idle_timeout_secs=None,
        check_dangling_tasks=False,
    )

    async def failed(_worker: PipelineWorker, frame: ErrorFrame) -> None:
        errors.append(type(frame.exception).__name__ if frame.exception else "ErrorFrame")
        collector.done.set()

    worker.add_event_handler("on_pipeline_error", failed)
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())
    try:
        await worker.queue_frame(TTSSpeakFrame(text, append_to_context=False))
        async with asyncio.timeout(RENDER_WITHIN_S):
            await collector.done.wait()
    finally:
        await worker.cancel(reason="the sentence is made")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RENDER_WITHIN_S):
                await running
    if not collector.sound:
        raise SynthesisFailed(errors[0] if errors else "no sound")
    return _as_mulaw(bytes(collector.sound), collector.rate)


def _as_mulaw(pcm: bytes, rate: int) -> bytes:
    if rate != SAMPLE_RATE:
        samples = np.frombuffer(pcm, dtype=np.int16)
        pcm = bytes(soxr.resample(samples, rate, SAMPLE_RATE).astype(np.int16).tobytes())
    return audioop.lin2ulaw(pcm, 2)
