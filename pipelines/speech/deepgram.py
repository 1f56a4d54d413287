"""Deepgram's services over the process's own TLS context."""

from pipecat.services.deepgram.flux.stt import DeepgramFluxSTTService
from pipecat.services.deepgram.tts import DeepgramTTSService

from pipelines.speech.shared_tls import SharedTls


class Flux(SharedTls, DeepgramFluxSTTService):
    """Speech to text with turn events."""


class Aura(SharedTls, DeepgramTTSService):
    """Text to speech."""
