"""What every call of a process shares: built once at start, handed to each conversation."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService

from domain.clock import Clock
from domain.company import Line
from domain.patience import ASK_AFTER_S
from domain.ports.callbacks import Callbacks
from domain.ports.journal import Journal
from domain.ports.live import Live
from domain.ports.recordings import Recordings
from pipelines.fixed_speech import FixedSpeech
from pipelines.model import ModelEndpoint


class Ears(Protocol):
    """A recogniser, made for one call, and how it tells that the caller begins to speak."""

    @property
    def service(self) -> STTService: ...

    @property
    def starts_with_words(self) -> bool:
        """It reports the first words together with the start of a turn."""
        ...

    @property
    def weighs_pauses(self) -> bool:
        """It waits longer itself where a sentence is plainly not over."""
        ...

    def before(self) -> list[FrameProcessor]:
        """Processors that belong in front of the recogniser, such as a voice detector."""
        ...

    def tell_of_speech(self, speech_began: Callable[[str], None]) -> None:
        """Where `starts_with_words`: whom to tell, with the first words."""
        ...

    async def release(self) -> None:
        """The call is over; a leased engine goes back to its pool."""
        ...


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who is on the line, as far as code knows."""

    call_id: str
    number: str
    """E.164, or empty."""
    facts: Callable[[str], str]
    """The facts of this call for the model, with the summary of what was shortened."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """Silences and limits that a deployment may set; seconds."""

    ask_after_s: float = ASK_AFTER_S
    longest_call_s: float = 3600.0


@dataclass(frozen=True, kw_only=True)
class CallKit:
    """The shared parts. Nothing here belongs to one call."""

    clock: Clock
    journal: Journal
    recordings: Recordings
    callbacks: Callbacks
    live: Live
    fixed_speech: FixedSpeech
    models: tuple[ModelEndpoint, ...]
    open_ears: tuple[Callable[[Line], Awaitable[Ears]], ...]
    """The recogniser, and the one that takes over where one is set."""
    open_voices: Callable[[Line], list[TTSService]]
    """The voice, and the one that takes over where one is set."""
    live_calls: Callable[[], int]
    ignored: Callable[[str], None]
    """Counts a message of the carrier's that meant nothing, by its reason."""
    patience: Patience
    engines: Mapping[str, str]
    """Names for the journal: `speech_to_text`, `text_to_speech`, `model`."""
