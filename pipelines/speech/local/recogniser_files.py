"""What a decoder loads, made from a company's phrases and kept on disk until the phrases change."""

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from loguru import logger

from pipelines.speech.local.language_model import TrigramModel
from pipelines.speech.local.pronunciation import dictionary
from pipelines.speech.local.sentences import expected

_SOURCES = ("sentences.py", "language_model.py", "pronunciation.py", "phrases.en.txt")
"""Files of this folder that shape the result beside the company's own words."""


class NotInstalled(Exception):
    """The local engine is an optional part of the product."""

    def __init__(self, package: str) -> None:
        super().__init__(
            f"the local speech engine needs {package}: install the extra `callwright[rehearsal]`, "
            "or choose another speech provider in the settings"
        )


@dataclass(frozen=True, kw_only=True)
class RecogniserFiles:
    """Paths that a decoder process is started with."""

    acoustic_model: Path
    language_model: Path
    dictionary: Path


def prepare(*, corpus: Sequence[str], vocabulary: Sequence[str], cache: Path) -> RecogniserFiles:
    """Find or make the files; the second time it takes a few milliseconds. Blocks on the disk."""
    model = acoustic_folder()
    folder = cache / _key(corpus, vocabulary)
    files = RecogniserFiles(
        acoustic_model=model / "en-us",
        language_model=folder / "domain.arpa",
        dictionary=folder / "domain.dict",
    )
    if not folder.is_dir():
        _make(files, folder, corpus, vocabulary, model / "cmudict-en-us.dict")
    return files


def acoustic_folder() -> Path:
    """The English model inside the pocketsphinx package, found without loading the package."""
    spec = find_spec("pocketsphinx")
    if spec is None or not spec.submodule_search_locations:
        raise NotInstalled("pocketsphinx")
    return Path(spec.submodule_search_locations[0]) / "model" / "en-us"


def _key(corpus: Sequence[str], vocabulary: Sequence[str]) -> str:
    digest = hashlib.sha256()
    for part in ("\n".join(corpus), "\n".join(vocabulary)):
        digest.update(part.encode() + b"\0")
    for name in _SOURCES:
        digest.update(Path(__file__).with_name(name).read_bytes())
    return digest.hexdigest()[:16]


def _make(
    files: RecogniserFiles, folder: Path, corpus: Sequence[str], vocabulary: Sequence[str], words: Path
) -> None:
    model = TrigramModel(expected(corpus, vocabulary))
    sounds = dictionary(model.words, words)
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Two processes may start at once: each builds apart, and the folder appears whole or not at all.
    with tempfile.TemporaryDirectory(dir=folder.parent) as draft:
        inside = Path(draft, "ready")
        inside.mkdir()
        (inside / files.language_model.name).write_text("\n".join(model.arpa()) + "\n")
        (inside / files.dictionary.name).write_text("\n".join(sounds.lines) + "\n")
        try:
            inside.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
    logger.bind(words=len(model.words), guessed=sounds.guessed).info("built the local language model")
