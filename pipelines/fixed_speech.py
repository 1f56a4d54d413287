"""Sentences that never change, synthesised once per voice and kept: they cost nothing and start at once."""

import asyncio
import audioop
import hashlib
import math
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from loguru import logger

from domain.company import Voice


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """The sound of one sentence."""

    mulaw: bytes
    """At 8 kHz."""
    by_substitute: bool = False
    """By the second voice, since the first one failed: good for now, and not kept for the next start."""


Render = Callable[[str, Voice, str], Awaitable[Rendered]]
"""(text, voice, language) to sound; raises what the last engine raised."""

HOLD_SOUND_S = 2.0
AT_ONCE = 4
"""Sentences in the making; providers limit how many."""


class FixedSpeech:
    """The kept sound of every fixed sentence, in memory and on disk."""

    def __init__(self, folder: Path, *, engine: str, render: Render) -> None:
        self._folder = folder
        self._engine = engine
        self._render = render
        self._sounds: dict[str, bytes] = {}

    def sound(self, text: str, voice: Voice) -> bytes | None:
        """None until it was prepared: then the sentence is spoken live."""
        return self._sounds.get(self._key(text, voice))

    async def prepare(self, sentences: Iterable[str], voice: Voice, language: str) -> int:
        """Load or synthesise what is missing, a few at a time; returns how many could not be made."""
        few = asyncio.Semaphore(AT_ONCE)
        errors: set[str] = set()

        async def made(text: str) -> Rendered | None:
            key = self._key(text, voice)
            try:
                async with few:
                    rendered = await self._load_or_render(key, text, voice, language)
            except Exception as error:  # whatever an engine raises, the others must still be prepared
                errors.add(type(error).__name__)
                return None
            self._sounds[key] = rendered.mulaw
            return rendered

        wanted = [text for text in dict.fromkeys(filter(None, sentences)) if self.sound(text, voice) is None]
        rendered = await asyncio.gather(*map(made, wanted))
        missing = rendered.count(None)
        substituted = sum(it is not None and it.by_substitute for it in rendered)
        if missing or substituted:
            logger.bind(
                engine=self._engine, live=missing, by_second_voice=substituted, errors=sorted(errors)
            ).warning("fixed sentences could not be synthesised; they are spoken live or by the second voice")
        return missing

    async def _load_or_render(self, key: str, text: str, voice: Voice, language: str) -> Rendered:
        path = self._folder / f"{key}.ulaw"
        if await asyncio.to_thread(path.exists):
            return Rendered(mulaw=await asyncio.to_thread(path.read_bytes))
        rendered = await self._render(text, voice, language)
        if not rendered.by_substitute:
            await asyncio.to_thread(_write, path, rendered.mulaw)
        return rendered

    def _key(self, text: str, voice: Voice) -> str:
        name = voice.names.get(self._engine, "")
        return hashlib.sha256(f"{self._engine}\0{name}\0{text}".encode()).hexdigest()[:32]


def _write(path: Path, sound: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_bytes(sound)
    partial.replace(path)


def hold_sound() -> bytes:
    """Two soft notes and a rest, mu-law at 8 kHz: what is heard while a wait goes on."""
    rate, samples = 8000, bytearray()
    for i in range(int(rate * HOLD_SOUND_S)):
        t = i / rate
        note, into = (392.0, t) if t < 0.8 else (494.0, t - 0.8)
        envelope = math.exp(-2.2 * into) * min(1.0, into * 60)
        samples += int(2600 * envelope * math.sin(2 * math.pi * note * t)).to_bytes(2, "little", signed=True)
    return audioop.lin2ulaw(bytes(samples), 2)
