"""A day as callers say or key it, such as their date of birth."""

import re
from datetime import date

from simulator.brain.spoken import TENS, UNITS, digit_strings, words

_NAMES = "january february march april may june july august september october november december"
_MONTHS = _NAMES.split()
_FIRST_TO_TENTH = "first second third fourth fifth sixth seventh eighth ninth tenth"
_TO_TWENTIETH = (
    "eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_ORDINALS = [*_FIRST_TO_TENTH.split(), *_TO_TWENTIETH.split()]
_DAYS = {word: number for number, word in enumerate(_ORDINALS, 1)} | {"thirtieth": 30}


def day_in(text: str) -> str:
    """As ISO 8601: keyed as eight digits (day, month, year), or said with the month's name; empty if none."""
    if written := re.search(r"\b(\d{4})-(\d\d)-(\d\d)\b", text):
        return _iso(*map(int, written.groups()))
    for digits in re.findall(r"\d{8}", re.sub(r"(?<=\d)[ ./-](?=\d)", "", text)):
        if found := _iso(int(digits[4:]), int(digits[2:4]), int(digits[:2])):
            return found
    return _spoken(words(text))


def _spoken(said: list[str]) -> str:
    at = next((at for at, word in enumerate(said) if word in _MONTHS), None)
    if at is None:
        return ""
    before = [word for word in said[:at] if word not in {"the", "of"}]
    after = [word for word in said[at + 1 :] if word not in {"the", "of"}]
    day, used = _day(after)
    if not day:
        day, _ = _day(before[-2:])
        used = 0
    digits = "".join(digit_strings(" ".join(after[used:])))
    return _iso(int(digits[:4]), _MONTHS.index(said[at]) + 1, day) if len(digits) >= 4 else ""


def _day(said: list[str]) -> tuple[int, int]:
    """(day, words used) of "seventeenth", "twenty first" or "17"; 0 where none is said."""
    if not said:
        return 0, 0
    first, second = said[0], said[1] if len(said) > 1 else ""
    if first in TENS and second in _DAYS:
        return TENS[first] + _DAYS[second], 2
    if first in _DAYS:
        return _DAYS[first], 1
    if second in _DAYS:
        return _DAYS[second], 2
    if first.isdigit() and int(first) <= 31:
        return int(first), 1
    if first in UNITS and second not in UNITS:
        return UNITS[first], 1
    return 0, 0


def _iso(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""
