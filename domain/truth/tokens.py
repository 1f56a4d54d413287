"""A sentence as words: lower case, contractions written out, joined number words taken apart."""

import re
from dataclasses import dataclass
from functools import cache

from domain.language import language_for
from domain.truth.words import Words

_TOKEN = re.compile(
    r"""(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)
    |(?P<date>\d{4}-\d\d-\d\d|\d{1,2}\.\d{1,2}\.\d{4})
    |(?P<clock>\d{1,2}:\d\d(?::\d\d)?)
    |(?P<code>\+\d[\d ()-]{5,}\d
        |(?=[\w/-]*\d)(?=[\w/-]*[A-Za-z])[A-Z0-9]+(?:[-_/][A-Z0-9]+)+
        |(?=\w*\d)[A-Z]{1,4}\d\w*)
    |(?P<number>\d+(?:[.,]\d+)*)
    |(?P<word>[eE]-[mM]ail\w*|[^\W\d_]+(?:['\u2019][^\W\d_]+)*(?:_\w+)*)
    |(?P<sign>[€$£¥%])
    |(?P<stop>[.!?;:,()\u2013\u2014\n\u2026"])""",
    re.VERBOSE,
)
_MERIDIEM = re.compile(r"\b([ap])\.\s?m\b\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or sign; `kind` is the name of its pattern."""

    text: str
    """Lower case, but for codes."""
    kind: str
    start: int
    end: int
    is_capital: bool = False


def tokens_of(sentence: str, words: Words) -> list[Token]:
    tokens: list[Token] = []
    sentence = _MERIDIEM.sub(lambda found: f"{found[1]}m", sentence)
    for found in _TOKEN.finditer(sentence):
        kind, raw = str(found.lastgroup), found.group()
        if kind == "word":
            capital = raw[0].isupper()
            plain = raw.lower().replace("\u2019", "'").replace("e-mail", "email")
            for at, piece in enumerate(_pieces(plain, words)):
                tokens.append(Token(piece, kind, found.start(), found.end(), capital and at == 0))
        else:
            tokens.append(Token(raw, kind, found.start(), found.end()))
    return tokens


def _pieces(word: str, words: Words) -> tuple[str, ...]:
    contractions, endings = words.table["contractions"], words.table["contraction_endings"]
    if word in contractions:
        return tuple(str(contractions[word]).split())
    if "'" in word:
        for ending, full in endings.items():
            if word.endswith(ending):
                return (word.removesuffix(ending), str(full))
        if word.endswith("'s"):
            return (word.removesuffix("'s"),)
    return _number_parts(word, words) or (word,)


def _number_parts(word: str, words: Words) -> tuple[str, ...] | None:
    """Takes "zweihundertneunundneunzig" apart: "zwei", "hundert", "neunundneunzig"."""
    if len(word) < 6:
        return None
    pattern, whole = _compound(words.tag)
    return tuple(pattern.findall(word)) if whole.fullmatch(word) else None


@cache
def _compound(tag: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    digits = language_for(tag).digit_words
    numbers = {*digits.small, *digits.tens, *digits.hundred, *digits.thousand}
    one = "|".join(sorted(map(re.escape, numbers), key=len, reverse=True))
    scales = "|".join(map(re.escape, digits.hundred | digits.thousand))
    return re.compile(one), re.compile(rf"(?=\w*(?:{scales}))(?:{one})+")
