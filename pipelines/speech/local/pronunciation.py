"""How words sound: the recogniser's own dictionary, and letter-to-sound rules for names that it lacks."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_GRAPHEMES: Mapping[str, str] = {
    "tion": "SH AH N", "sch": "SH", "tch": "CH", "igh": "AY", "eau": "OW", "ough": "AO",
    "ch": "CH", "ck": "K", "dg": "JH", "ea": "IY", "ee": "IY", "ei": "AY", "ey": "EY", "ie": "IY",
    "ng": "NG", "oa": "OW", "oo": "UW", "ou": "AW", "ow": "OW", "oy": "OY", "oi": "OY", "ph": "F",
    "qu": "K W", "sh": "SH", "th": "TH", "ai": "EY", "ay": "EY", "au": "AO", "aw": "AO", "wh": "W",
    "ar": "AA R", "er": "ER", "ir": "ER", "or": "AO R", "ur": "ER", "ll": "L", "ss": "S", "tt": "T",
    "mm": "M", "nn": "N", "pp": "P", "rr": "R", "ff": "F", "bb": "B", "dd": "D", "gg": "G", "zz": "Z",
    "a": "AE", "b": "B", "c": "K", "d": "D", "e": "EH", "f": "F", "g": "G", "h": "HH", "i": "IH",
    "j": "JH", "k": "K", "l": "L", "m": "M", "n": "N", "o": "AA", "p": "P", "q": "K", "r": "R",
    "s": "S", "t": "T", "u": "AH", "v": "V", "w": "W", "x": "K S", "y": "Y", "z": "Z",
}  # fmt: skip
"""Spelling to ARPAbet, the longest first; good enough for brand names, not for English at large."""

_LAST: Mapping[str, str] = {"a": "AH", "e": "", "i": "IY", "o": "OW", "u": "UW", "y": "IY"}
"""A vowel at a word's end; an `e` there is silent."""


@dataclass(frozen=True, kw_only=True)
class Dictionary:
    """Pronunciations of exactly the words that are asked for."""

    lines: tuple[str, ...]
    guessed: tuple[str, ...]
    """Words that no dictionary knows; check how they are spelled, or expect them to be missed."""


def dictionary(words: Iterable[str], source: Path) -> Dictionary:
    """`source` is in the format of the CMU pronouncing dictionary, as PocketSphinx reads it."""
    wanted = frozenset(words)
    known: defaultdict[str, list[str]] = defaultdict(list)
    for line in source.read_text(encoding="utf-8").splitlines():
        entry = line.partition(" ")[0]
        word = entry.partition("(")[0]
        if word in wanted:
            known[word].append(line)
    guessed = sorted(wanted - known.keys())
    lines = [line for word in sorted(known) for line in known[word]]
    return Dictionary(lines=(*lines, *(f"{word} {guess(word)}" for word in guessed)), guessed=tuple(guessed))


def guess(word: str) -> str:
    """Phones of a word by its spelling, in ARPAbet."""
    phones: list[str] = []
    letters = "".join(letter for letter in word.lower() if letter in _GRAPHEMES)
    at = 0
    while at < len(letters):
        if at and at == len(letters) - 1 and letters[at] in _LAST:
            phones.append(_LAST[letters[at]])
            break
        size = next(size for size in (4, 3, 2, 1) if letters[at : at + size] in _GRAPHEMES)
        phones.append(_GRAPHEMES[letters[at : at + size]])
        at += size
    return " ".join(filter(None, phones)) or "AH"
