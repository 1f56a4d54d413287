"""Card numbers as callers say them and recognisers write them, and a count of the digits that got through.

The count knows nothing of the code under test: it has its own list of words.
"""

import re
from dataclasses import dataclass

from hypothesis import strategies as st

UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
BEFORE_TEEN = ["thir", "four", "fif", "six", "seven", "eigh", "nine"]
TEENS = ["ten", "eleven", "twelve", *(f"{unit}teen" for unit in BEFORE_TEEN)]
TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
TIMES = {"double": 2, "triple": 3}
FILLERS = ["uh", "um", "er", "okay", "and", "sorry", "hmm"]
SOUNDS_LIKE = {"2": "to", "4": "for", "8": "ate", "1": "won", "3": "tree", "6": "sicks"}
ASKED = [
    "Could you tell me your card number?",
    "What is the long number on the front of the card?",
    "Please read out the sixteen digits, one after the other.",
    "I will need your credit card number, please.",
]
TOLD = [
    "my card number is",
    "okay the number on the card is",
    "the long number on the front is",
    "it's my credit card number",
    "sure the card details are",
]


def luhn_digit(digits: str) -> str:
    doubled = [int(d) * (1 + at % 2) for at, d in enumerate(reversed(digits), start=1)]
    return str(-sum(d - 9 if d > 9 else d for d in doubled) % 10)


@st.composite
def card_numbers(draw: st.DrawFn) -> str:
    """Valid, of any issuer's length."""
    prefix, length = draw(
        st.sampled_from(
            [("4", 16), ("51", 16), ("34", 15), ("6011", 16), ("2221", 16), ("50", 19), ("4", 13)]
        )
    )
    rest = draw(st.text("0123456789", min_size=length - 1 - len(prefix), max_size=length - 1 - len(prefix)))
    return f"{prefix}{rest}{luhn_digit(prefix + rest)}"


@st.composite
def spoken(draw: st.DrawFn, digits: str) -> str:
    """One group, in one of the ways to say it."""
    manner = draw(st.sampled_from(["written", "spaced", "dashed", "words", "repeats", "pairs", "hundreds"]))
    if manner == "written":
        return digits
    if manner == "spaced":
        return " ".join(digits)
    if manner == "dashed":
        return "-".join(digits[at : at + 4] for at in range(0, len(digits), 4))
    words: list[str] = []
    at = 0
    while at < len(digits):
        taken, word = _piece(digits[at:], manner)
        if words and words[-1] in TENS and word in UNITS[1:]:
            words.append("uh")  # "twenty two" is 22 to anybody
        elif words and draw(st.integers(0, 6)) == 0:
            words.append(draw(st.sampled_from(FILLERS)))
        words.append(word if word != "zero" or draw(st.booleans()) else "oh")
        at += taken
    return draw(st.sampled_from([" ", ", "])).join(words)


def _piece(rest: str, manner: str) -> tuple[int, str]:
    """(digits said, the words)."""
    if manner == "repeats":
        for word, times in sorted(TIMES.items(), key=lambda item: -item[1]):
            if rest[:times] == rest[0] * times:
                return times, f"{word} {UNITS[int(rest[0])]}"
    if manner == "hundreds" and len(rest) >= 4 and rest[0] != "0" and rest[2:4] == "00":
        return 4, f"{_pair(rest[:2])} hundred"
    if manner in ("pairs", "hundreds") and len(rest) >= 2 and rest[0] != "0":
        return 2, _pair(rest[:2])
    return 1, UNITS[int(rest[0])]


def _pair(two: str) -> str:
    if two[0] == "1":
        return TEENS[int(two[1])]
    return TENS[int(two[0])] if two[1] == "0" else f"{TENS[int(two[0])]}-{UNITS[int(two[1])]}"


@dataclass(frozen=True, kw_only=True)
class Said:
    """A card number over some turns, and how it was announced."""

    number: str
    turns: tuple[str, ...]
    asked: str
    """Our question; empty where the caller begins without one."""


@st.composite
def said_cards(draw: st.DrawFn) -> Said:
    """Any card number, one digit misheard or none, over one to four turns."""
    number = draw(card_numbers())
    if draw(st.booleans()):
        at = draw(st.integers(0, len(number) - 1))
        number = f"{number[:at]}{draw(st.sampled_from('0123456789'))}{number[at + 1 :]}"
    cuts = sorted(draw(st.sets(st.integers(2, len(number) - 2), max_size=3)))
    groups = [number[a:b] for a, b in zip([0, *cuts], [*cuts, len(number)], strict=True)]
    turns = [draw(spoken(group)) for group in groups]
    if draw(st.booleans()):
        turns = [draw(sounding_like(turn)) for turn in turns]
    asked = draw(st.sampled_from(["", *ASKED]))
    if not asked or draw(st.booleans()):
        turns[0] = f"{draw(st.sampled_from(TOLD))} {turns[0]}"
    return Said(number=number, turns=tuple(turns), asked=asked)


@st.composite
def sounding_like(draw: st.DrawFn, turn: str) -> str:
    """A digit between two others, written as the word it sounds like."""
    inside = re.search(
        r"(?<=\b[a-z]{3} )(two|four|eight|one|three|six)(?= (?:two|four|eight|one|three|six)\b)", turn
    )
    if inside is None or inside[0] not in UNITS:
        return turn
    word = SOUNDS_LIKE[str(UNITS.index(inside[0]))]
    return f"{turn[: inside.start()]}{word}{turn[inside.end() :]}" if draw(st.booleans()) else turn


def longest_run(text: str) -> int:
    """Consecutive digits in what came out, whatever they are called."""
    longest = run = 0
    before = ""
    for word in re.findall(r"\d|[a-z]+", text.lower()):
        if before in TENS[2:] and word in UNITS[1:]:
            run += 0  # "sixty-four" is two digits, and both are counted
        elif word.isdecimal() or word in UNITS or word == "oh":
            run += 1
        elif word in TEENS or word in TENS:
            run += 2
        elif word not in FILLERS and word not in TIMES and word != "hundred":
            run = 0
        longest, before = max(longest, run), word
    return longest
