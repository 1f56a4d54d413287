"""The two ends of the pipeline: the caller's frames in, an engine's sound and words out to the mouth."""

import audioop
from collections.abc import Iterator

import numpy as np
import pytest
from pipecat.frames.frames import (
    AggregatedTextFrame,
    EndFrame,
    Frame,
    InputAudioRawFrame,
    TTSAudioRawFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.processors.frame_processor import FrameDirection
from pytest import approx

from domain.frame_joining import FrameJoiner
from domain.playout import Utterance
from pipelines.line import LineIn, LineOut

MILLISECOND = 1_000_000
LOUD = audioop.lin2ulaw(b"\x00\x20" * 160, 2)
QUIET = b"\xff" * 160


class Mouth:
    """What the engine's sound is given to."""

    def __init__(self) -> None:
        self.fed: dict[str, bytes] = {}
        self.ended: list[str] = []

    def feed(self, utterance: Utterance, pcm: bytes) -> None:
        self.fed[utterance.id] = self.fed.get(utterance.id, b"") + pcm
        utterance.audio += audioop.lin2ulaw(pcm, 2)

    def end(self, utterance: Utterance) -> None:
        self.ended.append(utterance.id)
        utterance.complete = True


class Clock:
    now = 0

    def get_time(self) -> int:
        return self.now


class Out(LineOut):
    """The production processor on a clock of the test's."""

    def __init__(self) -> None:
        self.mouth, self.clock = Mouth(), Clock()
        self.pushed: list[Frame] = []
        super().__init__(self.mouth)  # type: ignore[arg-type]  # the two calls that it makes

    def get_clock(self) -> Clock:  # type: ignore[override]  # only its time is asked
        return self.clock

    async def push_frame(self, frame: Frame, direction: FrameDirection = FrameDirection.DOWNSTREAM) -> None:
        self.pushed.append(frame)

    def plan(self, *texts: str) -> list[Utterance]:
        planned = [Utterance(id=text, text=text, turn=1, role="answer") for text in texts]
        for utterance in planned:
            self.expect(utterance)
        return planned

    async def gets(self, context: str, *frames: Frame) -> None:
        for frame in frames:
            frame.context_id = context  # type: ignore[attr-defined]  # all that is sent here have one
            await self.process_frame(frame, FrameDirection.DOWNSTREAM)


def begin(text: str) -> Frame:
    return AggregatedTextFrame(text, "sentence")


def sound(samples: int = 80, rate: int = 8000) -> Frame:
    return TTSAudioRawFrame(b"\x00\x10" * samples, rate, 1)


def word(text: str, at_ms: int) -> Frame:
    frame = TTSTextFrame(text, "word")
    frame.pts = at_ms * MILLISECOND
    return frame


@pytest.fixture
def out() -> Out:
    return Out()


async def test_sound_finds_its_sentence(out: Out) -> None:
    out.plan("One.", "Two.")
    await out.gets("a", begin("One."), sound())
    await out.gets("b", begin("Two."), sound(), sound(), TTSStoppedFrame())
    await out.gets("a", sound(), TTSStoppedFrame())

    assert {text: len(pcm) for text, pcm in out.mouth.fed.items()} == {"One.": 320, "Two.": 320}
    assert out.mouth.ended == ["Two.", "One."]
    assert not out.waiting and out.take_silent() == []


async def test_a_sentence_that_the_engine_left_out_is_over(out: Out) -> None:
    out.plan("One.", "Two.")
    await out.gets("b", begin("Two."))
    assert out.mouth.ended == ["One."] and out.waiting


async def test_a_sentence_without_sound_is_told_once(out: Out) -> None:
    [silent] = out.plan("One.")
    await out.gets("a", begin("One."), TTSStoppedFrame())
    assert out.take_silent() == [silent]
    assert out.take_silent() == []


async def test_what_still_comes_of_a_cut_answer_harms_no_later_one(out: Out) -> None:
    out.plan("Old one.", "Old two.")
    await out.gets("a", begin("Old one."), sound())
    out.forget()
    [new] = out.plan("New.")
    await out.gets("a", sound(), TTSStoppedFrame())
    await out.gets("b", begin("Old two."), sound(), TTSStoppedFrame())
    assert out.mouth.ended == [] and out.waiting

    await out.gets("c", begin("New."), sound(), TTSStoppedFrame())
    assert len(new.audio) == 80 and out.mouth.ended == ["New."]


async def test_words_are_timed_from_the_first_sound(out: Out) -> None:
    [said] = out.plan("It was a banana")
    out.clock.now = 500 * MILLISECOND
    await out.gets("a", begin("It was a banana"), sound(8000))
    await out.gets("a", word("It", 500), word("was", 700), word("a", 900), word("banana", 1000))

    # (when the word begins, the characters before it); "a" is not the one inside "was"
    assert [characters for _, characters in said.word_ends] == [0, 3, 7, 9]
    assert [begins for begins, _ in said.word_ends] == approx([0.0, 0.2, 0.4, 0.5])
    assert said.text_by(0.45) == "It was "


async def test_a_word_said_twice_is_timed_twice(out: Out) -> None:
    [said] = out.plan("no no it is")
    await out.gets("a", begin("no no it is"), sound(8000))
    await out.gets("a", word("no", 1), word("no", 200), word("it", 400), word("is", 600))
    assert [characters for _, characters in said.word_ends] == [0, 3, 6, 9]


async def test_another_rate_is_brought_to_the_lines(out: Out) -> None:
    [said] = out.plan("Wide.")
    wave = (8000 * np.sin(np.arange(24000) * 2 * np.pi * 300 / 24000)).astype(np.int16).tobytes()
    await out.gets("a", begin("Wide."))
    for i in range(0, len(wave), 4800):
        await out.gets("a", TTSAudioRawFrame(wave[i : i + 4800], 24000, 1))
    assert len(said.audio) == approx(8000, abs=200)
    samples = np.frombuffer(out.mouth.fed["Wide."], dtype=np.int16)[1000:7000]
    crossings = np.count_nonzero(np.diff(np.signbit(samples)))
    assert crossings == approx(2 * 300 * 6000 / 8000, abs=2)  # the tone is the same


async def test_other_frames_pass(out: Out) -> None:
    await out.process_frame(EndFrame(), FrameDirection.DOWNSTREAM)
    assert [type(frame) for frame in out.pushed] == [EndFrame]


class In(LineIn):
    def __init__(self, calls: int) -> None:
        self.heard: list[bytes] = []
        super().__init__(FrameJoiner(lambda: calls))

    async def push_frame(self, frame: Frame, direction: FrameDirection = FrameDirection.DOWNSTREAM) -> None:
        assert isinstance(frame, InputAudioRawFrame)
        assert (frame.sample_rate, frame.num_channels) == (8000, 1)
        self.heard.append(frame.audio)


def _frames(count: int, mulaw: bytes) -> Iterator[bytes]:
    return (mulaw for _ in range(count))


async def test_the_callers_frames_are_joined_in_silence_only() -> None:
    line = In(1)
    for frame in _frames(10, QUIET):
        await line.hear(frame)
    assert line.last_sound == 0.0
    for frame in _frames(3, LOUD):
        await line.hear(frame)

    assert [len(pcm) // 320 for pcm in line.heard] == [5, 5, 1, 1, 1]
    assert line.heard[-1] == audioop.ulaw2lin(LOUD, 2)
    assert line.last_sound > 0.0
