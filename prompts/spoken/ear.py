"""The last look at a sentence before it becomes sound: writing, turned into what a person says."""

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from textwrap import wrap

from prompts.spoken.tongues import Tongue, tongue_for
from prompts.spoken.written import Reading, rules_for

_LONGEST = 400
"""Characters read at once: several patterns take time in the square of them, on the loop of all calls."""

# Whatever can hold no sign of writing is returned as it came: most sentences are.
_SIGNS = (
    r"\d*_#`~|<>\[\]{}@%&+=/\\^\n\r\t\u00b0\u2022\u00b7\u2190-\u21ff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff"
)
_CURRENCY = "\u20ac$\u00a3\u00a5"


def for_the_ear(text: str, language: str, today: date) -> str:
    """Speakable words only; text that is already spoken comes back as the same string.

    `today` is the caller's day, for "tomorrow" and the like.
    """
    if len(text) > _LONGEST:
        pieces = wrap(text, _LONGEST, replace_whitespace=False, expand_tabs=False, break_on_hyphens=False)
        return " ".join(for_the_ear(piece, language, today) for piece in pieces)
    tongue = tongue_for(language)
    if _writing(tongue).search(text) is None:
        return text
    text = _without_markup(text, tongue)
    text = _short_forms(tongue).sub(lambda found: tongue.short_forms[found.group()], text)
    reading = Reading(tongue=tongue, today=today)
    for pattern, say in rules_for(tongue):
        text = pattern.sub(_saying(say, reading), text)
    return _tidy(_leftovers(tongue).sub(lambda found: _sign(found.group(), tongue), text))


def _saying(say: Callable[[re.Match[str], Reading], str], reading: Reading) -> Callable[[re.Match[str]], str]:
    return lambda found: say(found, reading)


@lru_cache(maxsize=8)
def _writing(tongue: Tongue) -> re.Pattern[str]:
    short = _short_forms(tongue).pattern
    return re.compile(rf"[{_SIGNS}{_CURRENCY}]|^\s*[-\u2013]\s|{short}")


@lru_cache(maxsize=8)
def _short_forms(tongue: Tongue) -> re.Pattern[str]:
    forms = sorted(tongue.short_forms, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(form) for form in forms)})(?!\w)")


@lru_cache(maxsize=8)
def _leftovers(tongue: Tongue) -> re.Pattern[str]:  # noqa: ARG001 - one pattern a tongue keeps the three caches alike
    return re.compile(rf"[{_SIGNS}{_CURRENCY}]")


_FENCE = re.compile(r"^\s*(?:```\w*|\||[-=*_]{3,})\s*$|^\s*\|[-:| ]+\|\s*$", re.M)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_ITEM = re.compile(r"^\s*(?:[-*\u2022\u2013\u00b7]|\d{1,2}[.)]|#{1,6}|>)\s+", re.M)
_EMPHASIS = re.compile(r"\*\*|__|`+|(?<!\w)[*_]|[*_](?!\w)|<[^<>\s][^<>]*>")
_LINE_END = re.compile(r"\s*\n\s*")
_CELL = re.compile(r"\s*\|\s*")


def _without_markup(text: str, tongue: Tongue) -> str:  # noqa: ARG001 - markup is the same in every tongue
    text = _FENCE.sub("", text)
    text = _LINK.sub(r"\1", text)
    is_list = _ITEM.search(text) is not None
    text = _EMPHASIS.sub("", _ITEM.sub("", text))
    text = _CELL.sub(", ", text)
    return _join_lines(text, ended=is_list)


def _join_lines(text: str, *, ended: bool) -> str:
    """List items and headings are sentences of their own; a wrapped line is not."""
    if "\n" not in text:
        return text
    lines = [line.strip(" ,") for line in _LINE_END.split(text)]
    said = [line for line in lines if line]
    stop = "." if ended else ""
    return " ".join(line if line[-1] in ".!?:;," else f"{line}{stop}" for line in said)


def _sign(sign: str, tongue: Tongue) -> str:
    return f" {tongue.signs[sign]} " if sign in tongue.signs else " "


_LEADING_DASH = re.compile(r"^(?:\s*[-\u2013]\s)+")
_SPACES = re.compile(r"\s{2,}|[\t\r\n]")
_SPACE_BEFORE_STOP = re.compile(r"\s+([.,;:!?])(?=\s|$)")
_DOUBLE_STOP = re.compile(r"([.,;:!?])(?:\s*[,;:])+|,\s*(?=[.!?])")


def _tidy(text: str) -> str:
    text = _SPACE_BEFORE_STOP.sub(r"\1", _SPACES.sub(" ", text))
    return _LEADING_DASH.sub("", _DOUBLE_STOP.sub(r"\1", text)).strip()
