"""Fixed sentences are made once for each voice and kept."""

import asyncio
import audioop
from collections.abc import Iterator
from pathlib import Path

import pytest
from loguru import logger

from domain.company import Voice
from pipelines.fixed_speech import AT_ONCE, HOLD_SOUND_S, FixedSpeech, Rendered, hold_sound

ANNA, BEN = Voice(id="a", names={"e": "anna"}), Voice(id="b", names={"e": "ben"})


class Engine:
    def __init__(self) -> None:
        self.made: list[tuple[str, str, str]] = []
        self.at_once = self.most_at_once = 0
        self.is_second = False

    async def render(self, text: str, voice: Voice, language: str) -> Rendered:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        if text.startswith("broken"):
            raise RuntimeError("no sound")
        self.made.append((text, voice.id, language))
        return Rendered(mulaw=text.encode(), by_substitute=self.is_second)


@pytest.fixture
def warnings() -> Iterator[list[str]]:
    said: list[str] = []
    sink = logger.add(said.append, level="WARNING", format="{message}")
    yield said
    logger.remove(sink)


def suffixes_in(folder: Path) -> set[str]:
    return {path.suffix for path in folder.iterdir()}


async def test_each_is_made_once_for_each_voice(tmp_path: Path) -> None:
    engine = Engine()
    fixed = FixedSpeech(tmp_path, engine="e", render=engine.render)

    assert fixed.sound("Hello", ANNA) is None
    assert await fixed.prepare(["Hello", "Hello", ""], ANNA, "en") == 0
    await fixed.prepare(["Hello"], ANNA, "en")
    await fixed.prepare(["Hello"], BEN, "en")

    assert fixed.sound("Hello", ANNA) == b"Hello"
    assert engine.made == [("Hello", "a", "en"), ("Hello", "b", "en")]


async def test_what_was_made_is_there_after_a_restart(tmp_path: Path) -> None:
    first, second = Engine(), Engine()
    await FixedSpeech(tmp_path, engine="e", render=first.render).prepare(["Hello"], ANNA, "en")
    again = FixedSpeech(tmp_path, engine="e", render=second.render)
    await again.prepare(["Hello"], ANNA, "en")

    assert again.sound("Hello", ANNA) == b"Hello" and second.made == []
    assert suffixes_in(tmp_path) == {".ulaw"}


async def test_another_engine_makes_its_own(tmp_path: Path) -> None:
    engine = Engine()
    await FixedSpeech(tmp_path, engine="e", render=engine.render).prepare(["Hello"], ANNA, "en")
    await FixedSpeech(tmp_path, engine="f", render=engine.render).prepare(["Hello"], ANNA, "en")
    assert len(engine.made) == 2


async def test_one_that_fails_keeps_none_of_the_others(tmp_path: Path) -> None:
    fixed = FixedSpeech(tmp_path, engine="e", render=Engine().render)
    assert await fixed.prepare(["Hello", "broken", "Goodbye"], ANNA, "en") == 1
    assert fixed.sound("broken", ANNA) is None
    assert fixed.sound("Goodbye", ANNA) == b"Goodbye"


async def test_a_provider_that_is_down_is_one_warning(tmp_path: Path, warnings: list[str]) -> None:
    engine = Engine()
    fixed = FixedSpeech(tmp_path, engine="e", render=engine.render)
    sentences = ["Hello", *(f"broken {n}" for n in range(20))]
    assert await fixed.prepare(sentences, ANNA, "en") == 20
    assert len(warnings) == 1


async def test_what_the_second_voice_says_is_not_kept_for_the_next_start(
    tmp_path: Path, warnings: list[str]
) -> None:
    engine = Engine()
    engine.is_second = True
    fixed = FixedSpeech(tmp_path, engine="e", render=engine.render)
    assert await fixed.prepare(["Hello", "Goodbye"], ANNA, "en") == 0

    assert fixed.sound("Hello", ANNA) == b"Hello"
    assert len(warnings) == 1 and not suffixes_in(tmp_path)


async def test_a_few_at_a_time(tmp_path: Path) -> None:
    engine = Engine()
    fixed = FixedSpeech(tmp_path, engine="e", render=engine.render)
    await fixed.prepare([f"Sentence {n}" for n in range(20)], ANNA, "en")
    assert engine.most_at_once <= AT_ONCE


def test_hold_sound_is_soft_and_of_its_length() -> None:
    sound = hold_sound()
    assert len(sound) == HOLD_SOUND_S * 8000
    assert 100 < audioop.rms(audioop.ulaw2lin(sound, 2), 2) < 3000
    loudest_hush = max(
        audioop.rms(audioop.ulaw2lin(sound[i : i + 400], 2), 2) for i in range(0, len(sound) - 400, 400)
    )
    assert loudest_hush < 3000
