"""Times of the day as people say them: "half past two", "nine thirty", "at noon"."""

from collections.abc import Sequence

from domain.truth.numbers import NumberReader
from domain.truth.values import ClockTime, Mention
from domain.truth.words import Words

_DAY_MINUTES = 24 * 60


def hours_of(hour: int) -> set[int]:
    """Up to twelve, either half of the day may be meant."""
    return {hour % 12, hour % 12 + 12} if hour <= 12 else {hour % 24}


class ClockReader:
    """Reads times of one sentence."""

    def __init__(self, texts: Sequence[str], words: Words, numbers: NumberReader) -> None:
        self._texts = texts
        self._words = words
        self._numbers = numbers

    def _text(self, at: int) -> str:
        return self._texts[at] if 0 <= at < len(self._texts) else ""

    def _has(self, name: str, at: int) -> bool:
        return self._text(at) in self._words.sets[name]

    def literal(self, at: int) -> Mention:
        hour, minute = (int(part) for part in self._text(at).split(":")[:2])
        return self._clock(at, at + 1, hour, minute)

    def _clock(self, start: int, end: int, hour: int, minute: int) -> Mention:
        half, end = self._half_of_day(end)
        if self._has("clock.oclock", end):
            end += 1
            half, end = self._half_of_day(end) if half is None else (half, end)
        hours = hours_of(hour) if half is None else {hour % 12 + half}
        minutes = frozenset((each * 60 + minute) % _DAY_MINUTES for each in hours)
        return Mention(start=start, end=end, readings=(ClockTime(minutes),))

    def _half_of_day(self, at: int) -> tuple[int | None, int]:
        for key, hours in (("clock.morning", 0), ("clock.afternoon", 12)):
            if found := self._words.phrases[key].at(self._texts, at):
                return hours, found.end
        return None, at

    def read(self, at: int) -> Mention | None:
        clock = self._words.table["clock"]
        if (hour := clock["noon"].get(self._text(at))) is not None:
            minutes = frozenset({hour * 60})
            return Mention(start=at, end=at + 1, readings=(ClockTime(minutes),))
        if relative := self._past_or_to(at):
            return relative
        run = self._numbers.run(at)
        if not run or run[0].places or run[0].value > 24:
            return None
        hour, end, minute = int(run[0].value), run[0].end, 0
        if self._has("clock.oclock", end):
            after = self._numbers.run(end + 1)
            if after and after[0].value < 60 and not self._words.units.at(self._texts, after[0].end):
                return self._clock(at, after[0].end, hour, int(after[0].value))
            return self._clock(at, end + 1, hour, 0)
        rest = run[1:]
        if rest and "".join(number.digits for number in rest).isdecimal():
            digits = "".join(number.digits for number in rest[:2])
            if len(digits) == 2 and int(digits) < 60:
                minute, end = int(digits), rest[min(len(rest), 2 if len(rest[0].digits) == 1 else 1) - 1].end
        if self._half_of_day(end)[0] is not None:
            return self._clock(at, end, hour, minute)
        return None

    def _past_or_to(self, at: int) -> Mention | None:
        """Reads "half past two", "quarter to five", "ten past nine"."""
        number = self._numbers.number(at)
        if self._has("clock.quarter", at):
            minutes, end = 15, at + 1
        elif self._has("numbers.half", at):
            minutes, end = 30, at + 1
        elif number is not None and number.value < 60 and not number.places:
            minutes, end = int(number.value), number.end
        else:
            return None
        is_to, is_past = self._has("clock.to", end), self._has("clock.past", end)
        hour_at = end + 1
        half_before = self._words.table["clock"]["half_is_before"] and self._has("numbers.half", at)
        if half_before:
            hour_at = end
        elif not (is_to or is_past) or (is_to and minutes not in {5, 10, 15, 20, 25}):
            return None
        hour = self._numbers.number(hour_at)
        if hour is None or hour.places or not 1 <= hour.value <= 24:
            return None
        if is_to and number is not None and not self._has("clock.only_after", at - 1):
            return None  # "five to ten" is a range, unless something happens "at" it
        before = is_to or bool(half_before)
        value = int(hour.value)
        return self._clock(at, hour.end, value - 1 if before else value, 60 - minutes if before else minutes)
