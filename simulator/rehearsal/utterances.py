"""What scripted callers can say: recorded sound by its id, with the words in it."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

AUDIO = Path(__file__).parents[1] / "callers" / "audio"


@dataclass(frozen=True, kw_only=True)
class Utterance:
    """One recording."""

    text: str
    sound: bytes
    """Mu-law at 8 kHz."""

    @property
    def seconds(self) -> float:
        return len(self.sound) / 8000


@cache
def utterance(name: str) -> Utterance:
    """Raises `KeyError` for one that nobody recorded."""
    words = tomllib.loads((AUDIO / "index.toml").read_text("utf-8"))
    return Utterance(text=words[name]["text"], sound=(AUDIO / f"{name}.ulaw").read_bytes())
