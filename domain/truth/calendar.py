"""Days as people say them: dates, weekdays, "tomorrow", "by the end of next week"."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

from domain.truth.numbers import NumberReader
from domain.truth.tokens import Token
from domain.truth.values import Days
from domain.truth.words import Words

_NEAR_DAYS = 45
"""A day of the month without its month lies no farther away."""

_LAST_DAYS = {"week": 4, "month": 5, "year": 7}


class DayReader:
    """Reads days of one sentence, said on `today`."""

    def __init__(self, tokens: Sequence[Token], words: Words, numbers: NumberReader, today: date) -> None:
        self._tokens = tokens
        self._texts = [token.text for token in tokens]
        self._words = words
        self._calendar = words.calendar
        self._numbers = numbers
        self._today = today

    def read(self, at: int) -> tuple[Days, int] | None:
        """The day said here, and the first token after it."""
        token = self._tokens[at]
        if token.kind == "date":
            return self._literal(token.text, at)
        return self._named(at) or self._weekday(at) or self._relative(at) or self._day_of_month(at)

    def _text(self, at: int) -> str:
        return self._texts[at] if 0 <= at < len(self._texts) else ""

    def _literal(self, text: str, at: int) -> tuple[Days, int] | None:
        parts = [int(part) for part in text.replace("-", ".").split(".")]
        year, month, day = parts if parts[0] > 31 else parts[::-1]
        return _on(year, month, day), at + 1

    def _relative(self, at: int) -> tuple[Days, int] | None:
        if found := self._calendar.relative.at(self._texts, at):
            day = self._today + timedelta(days=found.meaning)
            is_now = " ".join(self._texts[at : found.end]) in self._words.sets["calendar.now"]
            return Days(((day, day),), is_now=is_now), found.end
        monday = self._today - timedelta(days=self._today.weekday())
        if weeks := self._calendar.spans.at(self._texts, at):
            first, last = weeks.meaning
            begins = monday + timedelta(weeks=first)
            return Days(((begins, monday + timedelta(weeks=last, days=6)),)), weeks.end
        if ends := self._calendar.ends.at(self._texts, at):
            return self._end_of(ends.meaning), ends.end
        if months := self._calendar.month_spans.at(self._texts, at):
            return _month(self._today, months.meaning), months.end
        if weekend := self._calendar.weekend.at(self._texts, at):
            return Days(((monday + timedelta(days=5), monday + timedelta(days=6)),)), weekend.end
        return None

    def _end_of(self, unit: str) -> Days:
        """The last days of this week or month."""
        today, length = self._today, _LAST_DAYS[unit]
        last = today + timedelta(days=6 - today.weekday())
        if unit != "week":
            last = _month(today, 12 - today.month if unit == "year" else 0).ranges[0][1]
        return Days(((last - timedelta(days=length - 1), last),))

    def _weekday(self, at: int) -> tuple[Days, int] | None:
        """Alone, after "next" or "last", or before its date, with which it must agree."""
        start = at + 1 if self._is_one_of(at, "next", "this", "last") else at
        name = self._text(start)
        weekday = self._calendar.weekdays.get(name, self._calendar.weekdays.get(name.removesuffix("s")))
        if weekday is None:
            return None
        after = start + 1
        while self._text(after) in {",", *self._words.sets["calendar.of"]} and start == at:
            after += 1
        dated = self._named(after) or self._literal_at(after) or self._day_of_month(start + 1)
        if dated or (dated := self._calendar_week(after)):
            days, end = dated
            spans = (
                days.ranges if days.ranges[:1] and days.ranges[0][0] == days.ranges[0][1] else _daily(days)
            )
            return Days(tuple(span for span in spans if span[0].weekday() == weekday)), end
        return Days(self._near(weekday, at, start), weekday=weekday), start + 1

    def _calendar_week(self, at: int) -> tuple[Days, int] | None:
        """The week after a weekday: "Thursday last week"."""
        weeks = self._calendar.spans.at(self._texts, at)
        if weeks is None:
            return None
        first = self._today - timedelta(days=self._today.weekday()) + timedelta(weeks=weeks.meaning[0])
        return Days(((first, first + timedelta(days=6)),)), weeks.end

    def _literal_at(self, at: int) -> tuple[Days, int] | None:
        if at < len(self._tokens) and self._tokens[at].kind == "date":
            return self._literal(self._text(at), at)
        return None

    def _is_one_of(self, at: int, *keys: str) -> bool:
        return any(self._words.has(f"calendar.{key}", self._text(at)) for key in keys)

    def _near(self, weekday: int, at: int, start: int) -> tuple[tuple[date, date], ...]:
        ahead = self._today + timedelta(days=(weekday - self._today.weekday()) % 7)
        week = timedelta(weeks=1)
        choices = [ahead - week, ahead] if ahead != self._today else [ahead - week, ahead, ahead + week]
        if start != at and self._is_one_of(at, "next"):
            choices = [ahead, ahead + week] if ahead != self._today else [ahead + week]
        elif start != at and self._is_one_of(at, "last"):
            choices = [ahead - week, ahead - 2 * week]
        elif start != at:
            choices = [ahead]
        return tuple((day, day) for day in choices)

    def _named(self, at: int) -> tuple[Days, int] | None:
        """Reads "the twenty-fourth of November", "24 November", "November 24th, 2026"."""
        months = self._calendar.months
        if month := months.get(self._text(at)):
            start = at + 1
            while self._text(start) in self._words.sets["calendar.of"]:
                start += 1
            if day := self._day_number(start):
                return self._dated(month, *day)
            if (run := self._numbers.run(start)) and _is_year(run[0].digits):
                return _whole_month(int(run[0].digits), month), run[0].end
            if years := self._calendar.years.at(self._texts, start):
                return _whole_month(self._today.year + years.meaning, month), years.end
            if self._words.has("calendar.before_month", self._text(at - 1)):
                return _month(self._today, (month - self._today.month + 3) % 12 - 3), at + 1
            return None
        if (day := self._day_number(self._after_article(at))) is None:
            return None
        value, end = day
        while self._text(end) in self._words.sets["calendar.of"]:
            end += 1
        month = months.get(self._text(end))
        return self._dated(month, value, end + 1) if month else None

    def _after_article(self, at: int) -> int:
        return at + 1 if self._text(at) in self._words.sets["calendar.of"] else at

    def _dated(self, month: int, day: int, end: int) -> tuple[Days, int]:
        start = end + 1 if self._text(end) in {",", "."} else end
        run = self._numbers.run(start)
        years = [str(number.value) for number in run[:2]]
        if run and len(years[0]) == 4 and years[0].startswith(("19", "20")):
            return _on(int(years[0]), month, day), run[0].end
        if len(run) >= 2 and years[0] in {"19", "20"} and len(years[1]) == 2:
            return _on(int("".join(years)), month, day), run[1].end
        spans = [span for year in (-1, 0, 1) for span in _on(self._today.year + year, month, day).ranges]
        near = [span for span in spans if abs((span[0] - self._today).days) <= 200]
        return Days(tuple(near or spans)), end

    def _day_number(self, at: int) -> tuple[int, int] | None:
        """1 to 31, with or without an ending."""
        if ordinal := self._ordinal(at):
            return ordinal
        number = self._numbers.number(at)
        if number is None or number.places or not 1 <= number.value <= 31:
            return None
        end = number.end
        if self._text(end) in self._words.sets["ordinals.endings"]:
            end += 1
        return int(number.value), end

    def _ordinal(self, at: int) -> tuple[int, int] | None:
        word = self._text(at)
        ten = self._words.digits.tens.get(word)
        unit = self._words.ordinals.get(self._text(at + 1), 0)
        if ten in {20, 30} and 0 < unit < 10:
            return ten + unit, at + 2
        if value := self._words.ordinals.get(word):
            return value, at + 1
        if self._numbered(at) and self._text(at + 1) in self._words.sets["ordinals.endings"]:
            return int(word), at + 2
        return None

    def _numbered(self, at: int) -> bool:
        return self._text(at).isdecimal() and 1 <= int(self._text(at)) <= 31

    def _day_of_month(self, at: int) -> tuple[Days, int] | None:
        """Reads "the twenty-fourth"; small ordinals after "on the" only, for "the second" is often no day."""
        article = self._text(at) in self._words.sets["calendar.of"]
        ordinal = self._ordinal(at + 1 if article else at)
        if ordinal is None or not article:
            return None
        value, end = ordinal
        if value < 4 and not self._words.has("calendar.before_day", self._text(at - 1)):
            return None
        first = self._today - timedelta(days=_NEAR_DAYS)
        days = (first + timedelta(days=ahead) for ahead in range(2 * _NEAR_DAYS))
        return Days(tuple((day, day) for day in days if day.day == value)), end


def _on(year: int, month: int, day: int) -> Days:
    """A date that there is not is no day at all."""
    try:
        value = date(year, month, day)
    except ValueError:
        return Days(())
    return Days(((value, value),))


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and digits.startswith(("19", "20"))


def _daily(days: Days) -> tuple[tuple[date, date], ...]:
    """Each day of the ranges by itself."""
    return tuple(
        (day, day)
        for first, last in days.ranges
        for day in (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    )


def _whole_month(year: int, month: int) -> Days:
    return Days(((date(year, month, 1), date(year, month, monthrange(year, month)[1])),))


def _month(today: date, ahead: int) -> Days:
    months = today.year * 12 + today.month - 1 + ahead
    year, month = divmod(months, 12)
    return _whole_month(year, month + 1)
