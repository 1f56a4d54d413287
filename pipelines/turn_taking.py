"""Between speech-to-text and the model: turns the recogniser's frames into what the dialogue is told."""

from collections.abc import Sequence

from pipecat.frames.frames import (
    EagerEndOfTurnCancelFrame,
    EagerTranscriptionFrame,
    ErrorFrame,
    Frame,
    InterimTranscriptionFrame,
    LLMContextFrame,
    ProposedUserStartedSpeakingFrame,
    ProposedUserStoppedSpeakingFrame,
    TranscriptionFrame,
    TTSSpeakFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.llm_service import LLMService
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService

from pipelines.dialogue import Dialogue
from pipelines.recovery import Station

FINAL_WAIT_S = 0.8
"""After a local voice detector's stop, how long the recogniser's final words may take."""


class TurnTakingProcessor(FrameProcessor):
    """The dialogue's place in the pipeline: hears frames, and pushes what the dialogue orders."""

    def __init__(self, dialogue: Dialogue, *, starts_with_words: bool) -> None:
        super().__init__(name="turn-taking", enable_direct_mode=True)
        self._dialogue = dialogue
        self._starts_with_words = starts_with_words
        self._finals: list[str] = []
        self._confidence: float | None = None
        self._vad_stopped = False
        """The local voice detector says that the caller is quiet; the final words are awaited."""
        self._words_open = False
        """Words came that are not final yet."""

    # -- frames in ---------------------------------------------------------------------------

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if not self._hear(frame, direction):
            await self.push_frame(frame, direction)

    def _hear(self, frame: Frame, direction: FrameDirection) -> bool:
        """True for frames that end here."""
        tell, caller = self._dialogue.inbox.tell, self._dialogue.callers_turn
        match frame:
            case InterimTranscriptionFrame(text=words):
                self._words_open = True
                so_far = " ".join((*self._finals, words)).strip()
                tell(lambda: caller.words(so_far))
            case TranscriptionFrame(text=text):
                self._final(text, frame)
            case EagerTranscriptionFrame(text=text):
                tell(lambda: caller.may_be_done(text))
            case EagerEndOfTurnCancelFrame():
                answer, from_model = self._dialogue.answer, direction is FrameDirection.UPSTREAM
                tell(answer.guess_wants_action if from_model else answer.forget_guess)
                return False
            case ProposedUserStartedSpeakingFrame():
                if not self._starts_with_words:
                    self.speech_began("")
            case ProposedUserStoppedSpeakingFrame():
                self._turn_over()
            case VADUserStartedSpeakingFrame():
                if not self._vad_stopped:
                    self.speech_began("")
                self._vad_stopped = False
                self._dialogue.inbox.not_at("final_words")
            case VADUserStoppedSpeakingFrame():
                self._detector_stopped()
            case ErrorFrame() if direction is FrameDirection.UPSTREAM:
                self._failed(frame)
                return False
            case _:
                return False
        return True

    def speech_began(self, words: str) -> None:
        """The recogniser noticed speech, with or without its first words."""
        self._finals.clear()
        self._dialogue.inbox.tell(lambda: self._dialogue.callers_turn.started(words))

    def _final(self, text: str, frame: TranscriptionFrame) -> None:
        if text.strip():
            self._finals.append(text.strip())
        self._words_open = False
        self._confidence = _confidence(frame.result)
        if self._vad_stopped:
            self._turn_over()

    def _detector_stopped(self) -> None:
        """Final words may be here already; otherwise the recogniser was asked for them just now."""
        if self._finals and not self._words_open:
            self._turn_over()
            return
        self._vad_stopped = True
        at = self.get_event_loop().time() + FINAL_WAIT_S
        self._dialogue.inbox.at("final_words", at, self._turn_over)

    def _turn_over(self) -> None:
        self._dialogue.inbox.not_at("final_words")
        self._vad_stopped = self._words_open = False
        text, confidence = " ".join(self._finals), self._confidence
        self._finals.clear()
        self._dialogue.inbox.tell(lambda: self._dialogue.callers_turn.finished(text, confidence))

    def recogniser_failed(self, service: STTService, frame: ErrorFrame) -> None:
        """It stands before us, so its errors travel away from us; one that it recovers from is none."""
        if not service.is_usable:
            self._failed(frame)

    def _failed(self, frame: ErrorFrame) -> None:
        station = _station(frame.processor)
        if station is None:
            return
        error = type(frame.exception).__name__ if frame.exception else "ErrorFrame"
        recovery, provider = self._dialogue.recovery, type(frame.processor).__name__
        self._dialogue.inbox.tell(lambda: recovery.provider_failed(station, provider, error))

    # -- frames out (the dialogue's channel) -------------------------------------------------

    async def run_model(self, told: LLMContext, *, speculative: bool) -> None:
        await self.push_frame(LLMContextFrame(told, speculation=speculative))

    async def stop_answer(self) -> None:
        await self.broadcast_interruption()  # type: ignore[no-untyped-call]  # half of pipecat is not annotated

    async def withdraw_guess(self) -> None:
        await self.push_frame(EagerEndOfTurnCancelFrame())

    async def caller_turn(self, *, begins: bool) -> None:
        await self.broadcast_frame(UserStartedSpeakingFrame if begins else UserStoppedSpeakingFrame)

    async def speak(self, text: str) -> None:
        await self.push_frame(TTSSpeakFrame(text, append_to_context=False))


def _station(processor: FrameProcessor | None) -> Station | None:
    stations: Sequence[tuple[type[FrameProcessor], Station]] = (
        (STTService, "speech_to_text"),
        (LLMService, "model"),
        (TTSService, "text_to_speech"),
    )
    return next((station for kind, station in stations if isinstance(processor, kind)), None)


def _confidence(result: object) -> float | None:
    """The mean of the words' confidences, where the provider's result has them."""
    words = result.get("words") if isinstance(result, dict) else None
    known = [w["confidence"] for w in words or () if isinstance(w, dict) and "confidence" in w]
    return round(sum(known) / len(known), 3) if known else None
