"""The Silero voice detector with one model session for the whole process.

Loading the session takes some 70 ms and 12 MB; what belongs to a call is only its small recurrent
state, so a call start costs nothing. A window takes a quarter of a millisecond: less than handing
it to a thread would.
"""

from functools import cache
from importlib import resources

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from pipecat.audio.vad.vad_analyzer import VADAnalyzer, VADParams, VADState
from pipecat.processors.audio.vad_processor import VADProcessor

RATE = 8000
WINDOW = 256
"""Samples in one decision: 32 ms."""
OVERLAP = 32
RESET_WINDOWS = 62
"""About two seconds; a longer memory of silence or music makes the model deaf to what follows."""
CLEARLY_QUIET = 0.1
QUIET_WINDOWS = 5


@cache
def session() -> onnxruntime.InferenceSession:
    """Load the model that comes with pipecat; called at start, before the first call."""
    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    model = resources.files("pipecat.audio.vad.data") / "silero_vad.onnx"
    return onnxruntime.InferenceSession(
        model.read_bytes(), providers=["CPUExecutionProvider"], sess_options=options
    )


class SharedSilero(VADAnalyzer):
    """One call's detector state over the shared session."""

    def __init__(self, params: VADParams) -> None:
        super().__init__(sample_rate=RATE, params=params)
        self._session = session()
        self._windows = self._quiet_windows = 0
        self._memory: NDArray[np.float32] = np.zeros((2, 1, 128), dtype=np.float32)
        self._overlap: NDArray[np.float32] = np.zeros((1, OVERLAP), dtype=np.float32)

    def num_frames_required(self) -> int:
        return WINDOW

    def voice_confidence(self, buffer: bytes) -> float:
        samples = np.frombuffer(buffer, np.int16).astype(np.float32)[np.newaxis] / 32768.0
        joined = np.concatenate((self._overlap, samples), axis=1)
        inputs = {"input": joined, "state": self._memory, "sr": np.array(RATE, dtype=np.int64)}
        confidence, self._memory = self._session.run(None, inputs)
        self._overlap = joined[:, -OVERLAP:]
        value = float(confidence[0][0])
        self._forget_long_silence(value)
        return value

    async def analyze_audio(self, buffer: bytes) -> VADState:
        return self._run_analyzer(buffer)

    def _forget_long_silence(self, confidence: float) -> None:
        self._windows += 1
        self._quiet_windows = self._quiet_windows + 1 if confidence < CLEARLY_QUIET else 0
        due = self._windows >= RESET_WINDOWS and self._quiet_windows >= QUIET_WINDOWS
        if due and self._vad_state is VADState.QUIET:
            self._windows = self._quiet_windows = 0
            self._memory, self._overlap = np.zeros_like(self._memory), np.zeros_like(self._overlap)


NOTICES = VADParams(confidence=0.6, start_secs=0.064, stop_secs=0.3, min_volume=0.3)
"""Quick to notice: a sound over our speech only holds it back, and words decide what it was."""


def silero_detector(quiet_ms: int | None = None) -> VADProcessor:
    """A detector for one call, to stand in front of a recogniser that finds no turns itself.

    `quiet_ms`: the silence that ends a turn, where not the usual one.
    """
    params = NOTICES if quiet_ms is None else NOTICES.model_copy(update={"stop_secs": quiet_ms / 1000})
    return VADProcessor(vad_analyzer=SharedSilero(params))
