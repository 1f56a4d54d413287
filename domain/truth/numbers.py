"""Numbers in a list of tokens: written, in words, and as runs such as "forty-nine ninety"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.truth.tokens import Token
from domain.truth.words import Words

_PLAIN = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Number:
    """One number; `digits` is how it would be keyed in."""

    value: Decimal
    digits: str
    end: int
    is_digit: bool = False
    """Said as a single digit, so that it may be one of an identifier."""

    @property
    def places(self) -> int:
        exponent = self.value.as_tuple().exponent
        return -exponent if isinstance(exponent, int) and exponent < 0 else 0


class NumberReader:
    """Reads numbers of one sentence."""

    def __init__(self, tokens: Sequence[Token], words: Words) -> None:
        self._tokens = tokens
        self._words = words
        self._digits = words.digits

    def text(self, at: int) -> str:
        return self._tokens[at].text if 0 <= at < len(self._tokens) else ""

    def run(self, at: int) -> list[Number]:
        """Numbers that follow one another; a comma between spoken digits does not part them."""
        numbers: list[Number] = []
        while (number := self._next(at, numbers)) is not None:
            numbers.append(number)
            at = number.end
            pauses = number.is_digit and self.text(at) == ","
            if pauses and (after := self._next(at + 1, numbers)) is not None and after.is_digit:
                at += 1
        return numbers

    def _next(self, at: int, before: Sequence[Number]) -> Number | None:
        word = self.text(at)
        if word in self._digits.only_among_digits and (before or self._is_digit(at + 1)):
            return Number(Decimal(0), "0", at + 1, is_digit=True)
        if (times := self._digits.repeats.get(word)) and self._is_digit(at + 1):
            digit = str(self._digits.small.get(self.text(at + 1), 0))
            return Number(Decimal(digit * times), digit * times, at + 2, is_digit=True)
        return self.number(at)

    def _is_digit(self, at: int) -> bool:
        return 0 <= self._digits.small.get(self.text(at), 99) <= 9 or self.text(at) in (
            self._digits.only_among_digits
        )

    def number(self, at: int) -> Number | None:
        """A whole or decimal number that begins here."""
        if at >= len(self._tokens):
            return None
        if self._tokens[at].kind == "number":
            return self._written(at)
        spoken = self._spoken(at)
        if spoken is None:
            return None
        return self._with_fraction(spoken)

    def _written(self, at: int) -> Number | None:
        text, decimal = self.text(at), str(self._words.table["decimal"])
        thousands = "," if decimal == "." else "."
        bare = text
        grouped = rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+(?:{re.escape(decimal)}\d+)?"
        if re.fullmatch(grouped, text):
            bare = text.replace(thousands, "")
        bare = bare.replace(",", ".")
        if not _PLAIN.fullmatch(bare):
            return Number(Decimal(0), "".join(filter(str.isdecimal, text)), at + 1, is_digit=True)
        return Number(Decimal(bare), bare.replace(".", ""), at + 1, is_digit=False)

    def _spoken(self, at: int) -> Number | None:
        value, end = self._below_hundred(at)
        if (
            value is None
            and self.text(at) in self._words.sets["numbers.one"] | self._words.sets["numbers.the"]
        ):
            scale = self.text(at + 1)
            if scale in self._digits.hundred or scale in self._digits.thousand:
                value, end = 1, at + 1
        if value is None and (self.text(at) in self._digits.hundred | self._digits.thousand):
            value, end = (1, at) if self._words.table["ordinals"]["of_cardinals"] else (None, at)
        if value is None:
            return None
        single = end == at + 1 and value <= 9
        total = 0
        if value and self.text(end) in self._digits.hundred:
            value, end = self._after_scale(value * 100, end + 1)
        if value and self.text(end) in self._digits.thousand:
            total, end = value * 1000, end + 1
            value, end = self._rest(end)
            if value and self.text(end) in self._digits.hundred:
                value, end = self._after_scale(value * 100, end + 1)
            single = False
        value = total + (value or 0)
        return Number(Decimal(value), str(value), end, is_digit=single and value <= 9)

    def _below_hundred(self, at: int) -> tuple[int | None, int]:
        word = self.text(at)
        if (ten := self._digits.tens.get(word)) is not None:
            unit = self._digits.small.get(self.text(at + 1), 0)
            return (ten + unit, at + 2) if 0 < unit < 10 else (ten, at + 1)
        if (small := self._digits.small.get(word)) is not None:
            return small, at + 1
        return None, at

    def _after_scale(self, value: int, at: int) -> tuple[int, int]:
        rest, end = self._rest(at)
        return value + (rest or 0), end

    def _rest(self, at: int) -> tuple[int | None, int]:
        start = at + 1 if self.text(at) in self._words.sets["numbers.and"] else at
        value, end = self._below_hundred(start)
        return (value, end) if value is not None else (None, at)

    def _with_fraction(self, whole: Number) -> Number:
        """Reads "Forty-nine point nine" and "two and a half"."""
        at = whole.end
        if self.text(at) in self._words.sets["numbers.point"]:
            run = []
            while (digit := self._spoken(at + 1)) is not None:
                run.append(digit.digits)
                at = digit.end - 1
            if run:
                value = Decimal(f"{whole.digits}.{''.join(run)}")
                return Number(value, whole.digits + "".join(run), at + 1)
        words = [self.text(at), self.text(at + 1), self.text(at + 2)]
        if words[0] in self._words.sets["numbers.and"] and words[2] in self._words.sets["numbers.half"]:
            return Number(whole.value + Decimal("0.5"), whole.digits, at + 3)
        return whole
