"""One sentence through a service outside of any call."""

from collections.abc import AsyncGenerator, Callable

import pytest
from pipecat.frames.frames import Frame, TTSAudioRawFrame
from pipecat.services.settings import TTSSettings
from pipecat.services.tts_service import TTSService

from pipelines.speech.rendering import SynthesisFailed, render
from tests.support.scripted_organs import CHARS_PER_SECOND, ScriptedVoice
from tests.support.virtual_time import run


class WideVoice(TTSService):
    """Speaks at 24 kHz only."""

    def __init__(self) -> None:
        super().__init__(
            push_start_frame=True,
            push_stop_frames=True,
            stop_frame_timeout_s=2.0,
            settings=TTSSettings(model="wide", voice="wide", language=None),
        )

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        for _ in range(5):
            yield TTSAudioRawFrame(b"\x00\x10" * 2400, 24000, 1, context_id=context_id)


class BrokenVoice(ScriptedVoice):
    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        raise ConnectionError("gone")
        yield None


def test_a_sentence_as_the_line_takes_it() -> None:
    text = "You are speaking with an automated assistant."
    sound = run(render(ScriptedVoice(), text))
    assert len(sound) == round(len(text) / CHARS_PER_SECOND * 8000)
    assert len(set(sound)) == 1


def test_another_rate_is_brought_to_the_lines() -> None:
    sound = run(render(WideVoice(), "Half a second."))
    assert abs(len(sound) - 4000) <= 1


@pytest.mark.parametrize("voice", [lambda: ScriptedVoice(dead=True), BrokenVoice])
def test_no_sound_is_a_failure(voice: Callable[[], TTSService]) -> None:
    async def story() -> None:
        with pytest.raises(SynthesisFailed):
            await render(voice(), "Hello.")

    run(story())
