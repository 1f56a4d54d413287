"""A recogniser, a model and a voice that do what the story says, when it says so."""

import asyncio
import itertools
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from openai.types.chat import ChatCompletion, ChatCompletionChunk
from pipecat.frames.frames import (
    EagerEndOfTurnCancelFrame,
    EagerTranscriptionFrame,
    Frame,
    InterimTranscriptionFrame,
    ProposedUserStoppedSpeakingFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
)
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.settings import STTSettings, TTSSettings
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService

NOTICED_AFTER_S = 0.1
ENDED_AFTER_S = 0.26
CHARS_PER_SECOND = 16


@dataclass(frozen=True, kw_only=True)
class Said:
    """An utterance of the caller's, and how the recogniser tells of it."""

    at: float
    until: float
    text: str
    first_words_at: float | None = None
    """It notices the speech without words; the first ones come now."""
    guess_at: float | None = None
    """It believes now that the turn may be over."""
    guess: str = ""
    """What it had understood by then; `text` where it is empty."""
    guess_withdrawn_at: float | None = None


class ScriptedRecogniser(STTService):
    """Reports each utterance of the story: noticed, its words one by one, its end."""

    def __init__(self) -> None:
        super().__init__(
            audio_passthrough=False,
            ttfs_p99_latency=0.1,
            settings=STTSettings(model="scripted", language=None),
        )
        self.speech_began: Callable[[str], None] = lambda _words: None

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame | None, None]:
        yield None

    async def report(self, said: "Said", origin: float) -> None:
        """Times in seconds of the story; `origin` is its first moment on the loop's clock."""
        loop, words = asyncio.get_running_loop(), said.text.split()
        at, until = said.at, said.until

        async def wait(moment: float) -> None:
            await asyncio.sleep(max(0.0, origin + moment - loop.time()))

        await wait(at + NOTICED_AFTER_S)
        self.speech_began(words[0] if words and said.first_words_at is None else "")
        if said.first_words_at is not None:
            await wait(said.first_words_at)
            await self.push_frame(InterimTranscriptionFrame(words[0], "", ""))
        if said.guess_at is not None:
            await wait(said.guess_at)
            await self.push_frame(EagerTranscriptionFrame(said.guess or said.text, "", ""))
        if said.guess_withdrawn_at is not None:
            await wait(said.guess_withdrawn_at)
            await self.broadcast_frame(EagerEndOfTurnCancelFrame)
        pace = (until - at - NOTICED_AFTER_S) / max(1, len(words))
        for count in range(2, len(words) + 1):
            await wait(at + NOTICED_AFTER_S + pace * (count - 1))
            await self.push_frame(InterimTranscriptionFrame(" ".join(words[:count]), "", ""))
        await wait(until + ENDED_AFTER_S)
        await self.push_frame(TranscriptionFrame(said.text, "", "", finalized=True))
        await self.broadcast_frame(ProposedUserStoppedSpeakingFrame)


@dataclass(kw_only=True)
class ScriptedEars:
    service: STTService
    starts_with_words: bool = True
    weighs_pauses: bool = True

    def before(self) -> list[FrameProcessor]:
        return []

    def tell_of_speech(self, speech_began: Callable[[str], None]) -> None:
        assert isinstance(self.service, ScriptedRecogniser)
        self.service.speech_began = speech_began

    async def release(self) -> None:
        return None


class ScriptedVoice(TTSService):
    """Silent sound of the right length, made twenty times faster than it plays."""

    def __init__(self, *, first_byte_s: float = 0.09, dead: bool = False) -> None:
        super().__init__(
            push_start_frame=True,
            push_stop_frames=True,
            stop_frame_timeout_s=2.0,
            settings=TTSSettings(model="scripted", voice="scripted", language=None),
        )
        self._first_byte_s = first_byte_s
        self._dead = dead

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        await asyncio.sleep(self._first_byte_s)
        left = 0 if self._dead else round(len(text) / CHARS_PER_SECOND * 8000)
        while left > 0:
            samples = min(800, left)
            yield TTSAudioRawFrame(b"\x10\x10" * samples, 8000, 1, context_id=context_id)
            left -= samples
            await asyncio.sleep(0.005)


@dataclass(kw_only=True)
class Plan:
    """One answer of the model: words, or a tool, or a failure."""

    says: str = ""
    calls: tuple[str, dict[str, Any]] | list[tuple[str, dict[str, Any]]] | None = None
    fails: Exception | None = None
    """Before its first word."""
    dies: Exception | None = None
    """After its last word."""
    first_token_s: float = 0.25
    token_s: float = 0.01


@dataclass(kw_only=True)
class ScriptedModel:
    """Stands where an AsyncOpenAI client stands."""

    plans: list[Plan] = field(default_factory=list)
    asked: list[list[dict[str, Any]]] = field(default_factory=list)
    summary: str | Exception = ""
    """What it makes of a long call."""

    @property
    def chat(self) -> "ScriptedModel":
        return self

    @property
    def completions(self) -> "ScriptedModel":
        return self

    async def create(self, **params: Any) -> "_Answer | ChatCompletion":
        if not params["stream"]:
            if isinstance(self.summary, Exception):
                raise self.summary
            return _whole(self.summary)
        self.asked.append(params["messages"])
        plan = self.plans.pop(0) if self.plans else Plan(says="I have nothing to add.")
        await asyncio.sleep(plan.first_token_s)
        if plan.fails:
            raise plan.fails
        return _Answer(plan)


def _whole(text: str) -> ChatCompletion:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    return ChatCompletion.model_validate(
        {"id": "c", "created": 0, "model": "scripted", "object": "chat.completion", "choices": [choice]}
    )


class _Answer:
    def __init__(self, plan: Plan) -> None:
        self._chunks = _chunks(plan)

    def __aiter__(self) -> AsyncIterator[ChatCompletionChunk]:
        return self._chunks

    async def close(self) -> None:
        await self._chunks.aclose()


async def _chunks(plan: Plan) -> AsyncGenerator[ChatCompletionChunk, None]:
    counter = itertools.count()

    def chunk(delta: dict[str, Any], finish: str | None = None) -> ChatCompletionChunk:
        return ChatCompletionChunk.model_validate(
            {
                "id": f"c{next(counter)}",
                "created": 0,
                "model": "scripted",
                "object": "chat.completion.chunk",
                "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
            }
        )

    for token in plan.says.split(" ") if plan.says else ():
        yield chunk({"content": f"{token} "})
        await asyncio.sleep(plan.token_s)
    if plan.dies:
        raise plan.dies
    calls = [plan.calls] if isinstance(plan.calls, tuple) else plan.calls or []
    for index, (name, arguments) in enumerate(calls):
        function = {"name": name, "arguments": json.dumps(arguments)}
        call = {"index": index, "id": f"call_{index + 1}", "type": "function", "function": function}
        yield chunk({"tool_calls": [call]})
    yield chunk({}, "tool_calls" if plan.calls else "stop")
