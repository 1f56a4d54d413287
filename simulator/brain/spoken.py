"""Numbers, names and dates as people say them, both ways."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from num2words import num2words

_ONES = "zero one two three four five six seven eight nine"
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
UNITS = {word: value for value, word in enumerate(_ONES.split())} | {"nought": 0, "oh": 0, "o": 0}
TEENS = {word: value for value, word in enumerate(_TEENS.split(), start=10)}
TENS = {word: 10 * value for value, word in enumerate(_TENS.split(), start=2)} | {"fourty": 40}
TIMES = {"double": 2, "triple": 3}
SCALES = {"hundred": 100, "thousand": 1000}
BETWEEN = frozenset({"uh", "um", "er", "erm", "and", "dash", "hyphen", "then"})
"""May stand inside a number without ending it."""

MISHEARD = {
    "for": "four", "fore": "four", "to": "two", "too": "two", "won": "one", "wan": "one", "ate": "eight",
    "tree": "three", "free": "three", "sex": "six", "sicks": "six", "fife": "five", "hive": "five",
    "nein": "nine", "niner": "nine", "heaven": "seven", "nil": "zero",
}  # fmt: skip
"""What recognisers write for digits; trusted only where a number was asked for."""

_THAT_ONE = re.compile(r"\b(?:other|which|that|this|wrong|right|new|old|older|last|next|first|second) one\b")
"""Here "one" is no digit."""

_NUMBER_WORD = UNITS.keys() | TEENS.keys() | TENS.keys() | TIMES.keys() | SCALES.keys()


def words(text: str) -> list[str]:
    """Lower case words and digit groups, contractions kept together."""
    joined = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text.lower().replace("\u2019", "'"))
    return re.findall(r"[a-z]+(?:'[a-z]+)?|\d+", joined)


def is_number_word(word: str) -> bool:
    return word.isdigit() or word in _NUMBER_WORD


def digit_strings(text: str, *, forgiving: bool = False) -> list[str]:
    """Every number in the text as its digits, in order: "forty seven twelve" is "4712"."""
    return [digits for run in _runs(text, forgiving) if (digits := _digits_of(run))]


def _runs(text: str, forgiving: bool) -> Iterator[list[str]]:
    run: list[str] = []
    for raw in words(_THAT_ONE.sub(" ", text.lower())):
        word = MISHEARD.get(raw, raw) if forgiving else raw
        starts_with_oh = word in {"o", "oh"} and not run and not forgiving
        if is_number_word(word) and not starts_with_oh:
            run.append(word)
        elif not (run and word in BETWEEN):
            if run:
                yield run
            run = []
    if run:
        yield run


def _digits_of(run: Sequence[str]) -> str:
    if any(word in SCALES for word in run):
        return _cardinal(run)
    digits, times, at = "", 1, 0
    while at < len(run):
        word, at = run[at], at + 1
        if word in TIMES:
            times = TIMES[word]
            continue
        if word in TENS:
            follower = UNITS.get(run[at], 0) if at < len(run) else 0
            at += 1 if follower else 0
            part = str(TENS[word] + follower)
        else:
            part = word if word.isdigit() else str(UNITS[word] if word in UNITS else TEENS[word])
        digits += part * times
        times = 1
    return digits


def _cardinal(run: Sequence[str]) -> str:
    total = current = 0
    for word in run:
        if word == "thousand":
            total, current = total + max(current, 1) * 1000, 0
        elif word == "hundred":
            current = max(current, 1) * 100
        elif word.isdigit():
            current += int(word)
        else:
            current += UNITS.get(word, 0) + TEENS.get(word, 0) + TENS.get(word, 0)
    return str(total + current)


_AMOUNT = re.compile(
    r"(.{1,60}?)\s*\b(?:euros?|eur)\b(?:\s+(?:and\s+)?((?:\w+\s?){1,2})(?:\s*cents?)?)?", re.IGNORECASE
)


def amount_in(text: str) -> str:
    """The last amount in euros, as "24.90"; empty if there is none."""
    found = ""
    for before, after in _AMOUNT.findall(text.replace("\u20ac", " ")):
        if written := re.search(r"(\d+)[.,](\d\d)$", before):
            found = f"{written[1]}.{written[2]}"
            continue
        run = list(_runs(before, forgiving=False))[-1:]
        if not run or words(before)[-1:] != run[0][-1:]:
            continue
        cents = next(iter(_runs(after, forgiving=False)), [])
        with_cents = bool(cents) and words(after)[:1] == cents[:1] and int(_cardinal(cents)) < 100
        found = f"{int(_cardinal(run[0]))}.{int(_cardinal(cents)) if with_cents else 0:02d}"
    return found


def say_digits(digits: str) -> str:
    """The digits one by one, as "four seven one two"; what is no digit stays as it is."""
    return " ".join(num2words(int(mark)) if mark.isdigit() else mark for mark in digits if mark not in " -_")


def say_date(text: str) -> str:
    """An ISO day (or the day of an ISO time) as "Tuesday, the third of November"; other text as it is."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return text
    return f"{day:%A}, the {num2words(day.day, to='ordinal')} of {day:%B}"


def say_list(parts: Sequence[str]) -> str:
    return " and ".join(", ".join(parts).rsplit(", ", 1)) if parts else ""
