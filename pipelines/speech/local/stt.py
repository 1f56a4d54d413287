"""The local recogniser as a pipecat service that proposes turns in the frames and the order of Deepgram Flux.

pipecat's `services/deepgram/flux/stt_base.py` is the model: turn taking needs one path for both.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any

from pipecat.frames.frames import (
    CancelFrame,
    EndFrame,
    Frame,
    InterimTranscriptionFrame,
    ProposedUserStartedSpeakingFrame,
    ProposedUserStoppedSpeakingFrame,
    StartFrame,
    STTMetadataFrame,
    TranscriptionFrame,
)
from pipecat.services.settings import STTSettings
from pipecat.services.stt_service import STTService
from pipecat.transcriptions.language import Language
from pipecat.turns.user_turn_strategies import ExternalUserTurnStrategies
from pipecat.utils.time import time_now_iso8601

from pipelines.speech.local.decoder import Decoder, DecoderGone, Final, Partial
from pipelines.speech.local.decoder_pool import DecoderPool, NoDecoderFree
from pipelines.speech.local.end_of_speech import (
    WINDOW_MS,
    Edge,
    EndOfSpeech,
    SpeechBounds,
    sounds_unfinished,
)
from pipelines.speech.local.recogniser_files import NotInstalled

RATE = 8000
"""Hertz: the telephone's."""
LANGUAGES = frozenset({"en"})
"""First parts of the BCP 47 languages that there is an acoustic model for."""
_WINDOW_BYTES = RATE * WINDOW_MS // 1000 * 2
_AGGRESSIVENESS = 2
"""Of 0 to 3: a line's noise is no voice, a soft speaker is."""
_PRE_ROLL_MS = 360
"""Sound from before the proof of speech: the proof itself and the soft first consonant."""
_FINAL_WITHIN_MS = 1500
"""A final that takes longer will not come; the caller must not wait for it."""
_GAP_S = 0.5
"""A turn in which no sound arrives for so long has ended: the line is muted or lost."""


def _webrtc_voice_detector() -> Callable[[bytes], bool]:
    try:
        import webrtcvad  # noqa: PLC0415 - an optional part, wanted only by who listens locally
    except ImportError:
        raise NotInstalled("webrtcvad-wheels") from None
    detector = webrtcvad.Vad(_AGGRESSIVENESS)
    return lambda window: bool(detector.is_speech(window, RATE))


@dataclass(kw_only=True)
class _Turn:
    """The caller's turn that is under way."""

    index: int
    utterance: int
    began_ms: int
    text: str = ""
    ended_ms: int | None = None
    """When its silence was long enough; its final is awaited since."""

    def final_overdue(self, now_ms: int) -> bool:
        return self.ended_ms is not None and now_ms - self.ended_ms > _FINAL_WITHIN_MS


class LocalSTTService(STTService):
    """Listens to one caller with one leased decoder. English only."""

    def __init__(
        self,
        *,
        pool: DecoderPool,
        bounds: SpeechBounds | None = None,
        should_interrupt: bool = True,
        is_voice: Callable[[bytes], bool] | None = None,
        **kwargs: Any,
    ) -> None:
        """`is_voice` judges 20 ms of sound; WebRTC's voice detector by default (raises `NotInstalled`)."""
        super().__init__(settings=STTSettings(model="pocketsphinx-en-us", language=Language.EN), **kwargs)
        self._pool = pool
        self._bounds = bounds or SpeechBounds()
        self._should_interrupt = should_interrupt
        self._decoder: Decoder | None = None
        self._listener: asyncio.Task[None] | None = None
        self._is_voice = is_voice or _webrtc_voice_detector()
        self._ears = EndOfSpeech(self._bounds)
        self._pre_roll: deque[bytes] = deque(maxlen=_PRE_ROLL_MS // WINDOW_MS)
        self._rest = b""
        self._heard_ms = 0
        self._turn: _Turn | None = None
        self._turns = 0
        for event in ("on_start_of_turn", "on_update", "on_end_of_turn"):
            self._register_event_handler(event)

    def can_generate_metrics(self) -> bool:
        return True

    @property
    def supports_ttfs(self) -> bool:
        """False as for Flux: the service decides itself where the turn ends."""
        return False

    def service_metadata_frame(self) -> STTMetadataFrame:
        frame = super().service_metadata_frame()
        frame.user_turn_strategies = ExternalUserTurnStrategies(enable_interruptions=self._should_interrupt)
        return frame

    async def start(self, frame: StartFrame) -> None:
        await super().start(frame)
        if self.sample_rate != RATE:
            await self.push_error(
                f"the local recogniser hears {RATE} Hz, the pipeline gives {self.sample_rate}: "
                f"set PipelineParams(audio_in_sample_rate={RATE})",
                force_treat_as_permanent=True,
            )
            return
        await self._take_decoder()
        self._listener = self.create_task(self._listen())

    async def stop(self, frame: EndFrame) -> None:
        await super().stop(frame)
        await self._let_go()

    async def cancel(self, frame: CancelFrame) -> None:
        await super().cancel(frame)
        await self._let_go()

    async def cleanup(self) -> None:
        await super().cleanup()  # type: ignore[no-untyped-call]  # pipecat leaves it untyped
        await self._let_go()

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame | None, None]:
        """Frames leave when edges and words are found, not one for each piece of sound."""
        sound = self._rest + audio
        whole = len(sound) - len(sound) % _WINDOW_BYTES
        self._rest = sound[whole:]
        for at in range(0, whole, _WINDOW_BYTES):
            await self._hear(sound[at : at + _WINDOW_BYTES])
        yield None

    async def _hear(self, window: bytes) -> None:
        self._heard_ms += WINDOW_MS
        self._pre_roll.append(window)
        unfinished = self._turn is not None and sounds_unfinished(self._turn.text)
        edge = self._ears.hear(voice=self._is_voice(window), unfinished=unfinished)
        if edge is Edge.STARTED:
            await self._end_cut_short()
            await self._begin_turn()
        elif self._turn and self._turn.ended_ms is None:
            self._give(window)
        if edge is Edge.ENDED:
            self._end_utterance()
        if self._turn and self._turn.final_overdue(self._heard_ms):
            await self._end_cut_short()

    async def _begin_turn(self) -> None:
        began_ms = self._heard_ms - len(self._pre_roll) * WINDOW_MS
        # Without a decoder the caller's voice still stops the agent.
        utterance = self._decoder.begin_utterance() if self._decoder else 0
        self._turn = _Turn(index=self._turns, utterance=utterance, began_ms=began_ms)
        self._turns += 1
        self._give(b"".join(self._pre_roll))
        await self.broadcast_frame(ProposedUserStartedSpeakingFrame)
        await self._call_event_handler("on_start_of_turn", "")

    def _give(self, sound: bytes) -> None:
        if self._decoder:
            self._decoder.sound(sound)

    def _end_utterance(self) -> None:
        if self._turn and self._turn.ended_ms is None:
            self._turn.ended_ms = self._heard_ms
            if self._decoder:
                self._decoder.finish_utterance()

    async def _listen(self) -> None:
        """Turn the decoder's words into frames for as long as the call lasts."""
        while self._decoder:
            heard_ms = self._heard_ms
            try:
                async with asyncio.timeout(_GAP_S):
                    heard = await self._decoder.heard()
            except TimeoutError:
                if self._turn and self._heard_ms == heard_ms:
                    self._ears = EndOfSpeech(self._bounds)
                    self._end_utterance()
            except DecoderGone as error:
                await self._end_cut_short()
                await self.push_error("the local recogniser lost its decoder", exception=error)
                await self._take_decoder()
            else:
                await self._report(heard)

    async def _report(self, heard: Partial | Final) -> None:
        turn = self._turn
        if turn is None or heard.utterance != turn.utterance:
            return
        match heard:
            case Partial(text=text) if text:
                turn.text = text
                await self.push_frame(
                    InterimTranscriptionFrame(
                        text,
                        self._user_id,
                        time_now_iso8601(),
                        Language.EN,
                        result=self._turn_info("Update", turn, text),
                    )
                )
                await self._call_event_handler("on_update", text)
            case Final():
                await self._end_turn(turn, heard)
            case _:
                pass

    async def _end_turn(self, turn: _Turn, final: Final) -> None:
        self._turn = None
        if final.text:
            await self.emit_stt_usage_metrics()  # type: ignore[no-untyped-call]  # as above
            words = [{"word": word.text, "confidence": word.confidence} for word in final.words]
            result = self._turn_info("EndOfTurn", turn, final.text) | {"words": words}
            await self.push_frame(
                TranscriptionFrame(
                    final.text,
                    self._user_id,
                    time_now_iso8601(),
                    Language.EN,
                    result=result,
                    finalized=True,
                )
            )
        await self.broadcast_frame(ProposedUserStoppedSpeakingFrame)
        await self._call_event_handler("on_end_of_turn", final.text)

    async def _end_cut_short(self) -> None:
        """End a turn whose final will not come, with the words that did."""
        turn, self._turn = self._turn, None
        if turn is None:
            return
        if turn.text:
            await self.emit_stt_usage_metrics()  # type: ignore[no-untyped-call]  # as above
            await self.push_frame(
                TranscriptionFrame(turn.text, self._user_id, time_now_iso8601(), Language.EN)
            )
        await self.broadcast_frame(ProposedUserStoppedSpeakingFrame)

    def _turn_info(self, event: str, turn: _Turn, transcript: str) -> dict[str, Any]:
        """The fields of a Flux `TurnInfo` that a reader of `result` may rely on; times are in seconds."""
        return {
            "type": "TurnInfo",
            "event": event,
            "turn_index": turn.index,
            "audio_window_start": turn.began_ms / 1000,
            "audio_window_end": self._heard_ms / 1000,
            "transcript": transcript,
        }

    async def _take_decoder(self) -> None:
        self._decoder = None
        try:
            self._decoder = self._pool.lease()
        except NoDecoderFree as error:
            await self.push_error(str(error), exception=error, force_treat_as_permanent=True)

    async def _let_go(self) -> None:
        listener, self._listener = self._listener, None
        if listener:
            await self.cancel_task(listener)
        decoder, self._decoder = self._decoder, None
        if decoder:
            self._pool.release(decoder)
