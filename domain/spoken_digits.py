"""Digits as people say them: one by one, doubled, in pairs, or as a whole number."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class DigitWords:
    """A language's words for numbers, as its file writes them."""

    small: Mapping[str, int]
    """0 to 19, and where the language joins them into one word, up to 99."""
    tens: Mapping[str, int]
    """20 to 90; the unit may follow."""
    only_among_digits: frozenset[str]
    """Words such as "oh" that are a digit only beside another one."""
    repeats: Mapping[str, int]
    hundred: frozenset[str]
    thousand: frozenset[str]
    between: frozenset[str]
    """What people say between digits: "uh", "and", "dash"."""

    @classmethod
    def from_table(cls, table: Mapping[str, object]) -> "DigitWords":
        """Raises KeyError where the `[digits]` table of a language file lacks a part."""
        small, tens = _numbers(table["small"]), _numbers(table["tens"])
        if joint := table.get("unit_before_ten"):
            units = {word: value for word, value in small.items() if 0 < value < 10}
            units |= _numbers(table.get("unit_in_compound", {}))
            small |= {f"{u}{joint}{t}": tv + uv for u, uv in units.items() for t, tv in tens.items()}
        return cls(
            small=small,
            tens=tens,
            only_among_digits=_words(table["only_among_digits"]),
            repeats=_numbers(table["repeats"]),
            hundred=_words(table["hundred"]),
            thousand=_words(table["thousand"]),
            between=_words(table["between"]),
        )


def _numbers(table: object) -> dict[str, int]:
    assert isinstance(table, Mapping)
    return {str(word): int(value) for word, value in table.items()}


def _words(words: object) -> frozenset[str]:
    assert isinstance(words, Sequence)
    return frozenset(str(word) for word in words)


def digit_runs(plain: str, words: DigitWords) -> tuple[str, ...]:
    """Runs of digits in order; `plain` is lower case without punctuation."""
    runs: list[str] = []
    open_run = ""
    for piece in _Reader(plain.split(), words).pieces():
        if piece is None:
            runs.append(open_run)
            open_run = ""
        else:
            open_run += piece
    runs.append(open_run)
    return tuple(run for run in runs if run)


class _Reader:
    """Walks the words once; None ends a run."""

    def __init__(self, tokens: Sequence[str], words: DigitWords) -> None:
        self._tokens = tokens
        self._words = words
        self._at = 0

    def pieces(self) -> Iterator[str | None]:
        in_run = False
        while self._at < len(self._tokens):
            piece = self._piece(in_run=in_run)
            if piece is None and in_run and self._token() in self._words.between:
                self._at += 1
                continue
            if piece is None:
                self._at += 1
            in_run = piece is not None
            yield piece

    def _token(self, ahead: int = 0) -> str:
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else ""

    def _piece(self, *, in_run: bool) -> str | None:
        """The digits at this place, and a step past them; None where there are none."""
        word = self._token()
        if word.isdecimal():
            self._at += 1
            return word
        if word in self._words.only_among_digits:
            if not (in_run or self._is_digit(self._token(1))):
                return None
            self._at += 1
            return "0"
        if word in self._words.repeats:
            return self._repeated(self._words.repeats[word])
        return self._whole_number()

    def _is_digit(self, word: str) -> bool:
        return word.isdecimal() or word in self._words.small or word in self._words.only_among_digits

    def _repeated(self, times: int) -> str | None:
        word = self._token(1)
        value = 0 if word in self._words.only_among_digits else self._words.small.get(word)
        if word.isdecimal() and len(word) == 1:
            value = int(word)
        if value is None or value > 9:
            return None
        self._at += 2
        return str(value) * times

    def _whole_number(self) -> str | None:
        value = self._below_hundred()
        if value is None:
            return None
        total = 0
        if value and self._skip(self._words.thousand):
            total = value * 1000
            value = self._after_scale() or 0
        if value and self._skip(self._words.hundred):
            value = value * 100 + (self._after_scale() or 0)
        return str(total + value)

    def _below_hundred(self) -> int | None:
        word = self._token()
        if (ten := self._words.tens.get(word)) is not None:
            self._at += 1
            unit = self._words.small.get(self._token(), 0)
            if 0 < unit < 10:
                self._at += 1
                return ten + unit
            return ten
        if (small := self._words.small.get(word)) is not None:
            self._at += 1
        return small

    def _after_scale(self) -> int | None:
        """What follows "hundred" or "thousand", with or without an "and"."""
        start = self._at
        self._skip(self._words.between)
        value = self._below_hundred()
        if value is None:
            self._at = start
        return value

    def _skip(self, words: frozenset[str]) -> bool:
        if self._token() in words:
            self._at += 1
            return True
        return False
