"""Every value that a sentence states: amounts, days, times, counts and identifiers, in all their readings."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from domain.truth.calendar import DayReader
from domain.truth.clock_times import ClockReader, hours_of
from domain.truth.joining import joined
from domain.truth.numbers import Number, NumberReader
from domain.truth.tokens import Token
from domain.truth.values import ClockTime, Code, Count, Days, Mention, Money, Value, code_of
from domain.truth.words import Words


def mentions_in(tokens: Sequence[Token], words: Words, today: date) -> list[Mention]:
    return _MentionReader(tokens, words, today).read()


class _MentionReader:
    """Walks a sentence once."""

    def __init__(self, tokens: Sequence[Token], words: Words, today: date) -> None:
        self._tokens = tokens
        self._texts = [token.text for token in tokens]
        self._words = words
        self._numbers = NumberReader(tokens, words)
        self._days = DayReader(tokens, words, self._numbers, today)
        self._clock = ClockReader(self._texts, words, self._numbers)
        self._today = today

    def read(self) -> list[Mention]:
        mentions: list[Mention] = []
        at = 0
        while at < len(self._tokens):
            if (skipped := self._talk(at)) is not None:
                at = skipped
                continue
            mention = self._mention(at)
            if mention is None:
                at += 1
                continue
            mentions.append(mention)
            at = mention.end
        return joined(mentions, self._texts, self._words)

    def _text(self, at: int) -> str:
        return self._texts[at] if 0 <= at < len(self._texts) else ""

    def _has(self, name: str, at: int) -> bool:
        return self._text(at) in self._words.sets[name]

    def _talk(self, at: int) -> int | None:
        """Past numbers that say how to talk: "one moment", "press one", "four digits"."""
        phrases = self._words.phrases
        if found := phrases["talk.phrases"].at(self._texts, at):
            return None if self._words.currencies.get(self._text(found.end)) else found.end
        if found := phrases["talk.before"].at(self._texts, at):
            run = self._numbers.run(found.end)
            return run[-1].end if run else None
        number = self._numbers.number(at)
        after = phrases["talk.after"].at(self._texts, number.end) if number is not None else None
        if number is not None and after is not None and number.value <= 12:
            return None if self._words.units.at(self._texts, after.end) else number.end + 1
        return None

    def _mention(self, at: int) -> Mention | None:
        token = self._tokens[at]
        match token.kind:
            case "mail":
                return Mention(start=at, end=at + 1, readings=(Code(token.text.lower()),))
            case "code":
                return Mention(start=at, end=at + 1, readings=(Code(code_of(token.text)),))
            case "clock":
                return self._clock.literal(at)
            case "sign" if token.text != "%" and (number := self._numbers.number(at + 1)):
                currency = self._words.currencies[token.text][0]
                return self._amount(at, number.end, number.value, currency)
        code = self._words.currencies.get(token.text, ("", True))
        if not code[1] and token.kind == "word" and self._numbers.text(at + 1)[:1].isdecimal():
            written = self._numbers.number(at + 1)
            return self._amount(at, written.end, written.value, code[0]) if written else None
        return (
            self._ahead(at)
            or self._day(at)
            or self._clock.read(at)
            or self._spelled_out(at)
            or self._numeric(at)
            or self._one_of_unit(at)
        )

    # -- days -------------------------------------------------------------------------------------

    def _day(self, at: int) -> Mention | None:
        """With "by" or "until" before it, any day from today on is meant."""
        if (found := self._days.read(at)) is None:
            return None
        days, end = found
        if self._words.phrases["calendar.until"].any(self._texts[max(0, at - 3) : at]):
            last = max((span[1] for span in days.ranges if span[1] >= self._today), default=None)
            if last is not None:
                days = Days(
                    ((self._today, last), *days.ranges),
                    weekday=days.weekday,
                    is_now=days.is_now,
                    is_bound=True,
                )
        return Mention(start=at, end=end, readings=(days,))

    def _ahead(self, at: int) -> Mention | None:
        """Reads "in three days", "two weeks ago" and "within an hour"."""
        start = at
        before = self._words.phrases["calendar.within"].at(self._texts, at)
        is_ago = self._has("calendar.before_ago", at)
        is_in = is_ago or self._has("calendar.ahead", at)
        if before is not None:
            start = before.end
        elif is_in:
            start = at + 1
        if (
            before is not None
            and self._has("numbers.the", start)
            and (whole := self._words.units.at(self._texts, start + 1))
        ):
            name, count = whole.meaning  # "within the hour"
            return Mention(start=start, end=whole.end, readings=(Count(Decimal(count), name),))
        if (counted := self._counted(start)) is None:
            return None
        lowest, highest, unit, end = counted
        ago = self._has("calendar.ago", end)
        if not (before or is_in or ago):
            return None
        end += 1 if ago else 0
        ago = ago or is_ago
        days = self._span(lowest, highest, unit, ago=ago, within=before is not None)
        if ago and days is not None:
            return Mention(start=start, end=end, readings=(days,))
        readings: list[Value] = [Count(highest, unit), Count(lowest, unit), *([days] if days else [])]
        return Mention(start=start, end=end, readings=tuple(dict.fromkeys(readings)))

    def _counted(self, at: int) -> tuple[Decimal, Decimal, str, int] | None:
        """(from, to, unit, end) of "two to three working days", "an hour" or "half an hour"."""
        half = self._has("numbers.half", at)
        if half:
            at += 1
        if self._has("numbers.one", at) and (unit := self._words.units.at(self._texts, at + 1)):
            name, count = unit.meaning
            value = Decimal(count) / (2 if half else 1)
            return value, value, name, unit.end
        number = self._numbers.number(at)
        if number is None:
            return None
        second = self._numbers.number(number.end + 1) if self._has("numbers.range", number.end) else None
        last = second or number
        unit = self._words.units.at(self._texts, last.end)
        if unit is None:
            return None
        name, count = unit.meaning
        return number.value * count, last.value * count, name, unit.end

    def _span(self, lowest: Decimal, highest: Decimal, unit: str, *, ago: bool, within: bool) -> Days | None:
        lengths = {"day": 1, "week": 7, "month": 30, "year": 365}
        if unit not in lengths or highest * lengths[unit] > 3660:
            return None
        near, far = (timedelta(days=int(count * lengths[unit])) for count in (lowest, highest))
        if ago:
            return Days(((self._today - far, self._today - near),))
        if within:
            return Days(((self._today, self._today + far),), is_bound=True)
        return Days(((self._today + near, self._today + far),))

    # -- numbers ----------------------------------------------------------------------------------

    def _spelled_out(self, at: int) -> Mention | None:
        """An e-mail address aloud: "anna at larkfield dot example"."""
        says_dot, says_at = "identifiers.says_dot", "identifiers.says_at"
        if not (self._has(says_at, at + 1) and self._has(says_dot, at + 3)):
            return None
        end, parts = at + 3, [self._text(at), "@", self._text(at + 2)]
        while self._has(says_dot, end) and end + 1 < len(self._tokens):
            parts += [".", self._text(end + 1)]
            end += 2
        return Mention(start=at, end=end, readings=(Code("".join(parts)),))

    def _numeric(self, at: int) -> Mention | None:
        run = self._numbers.run(at)
        if not run:
            return None
        hedged = self._words.phrases["numbers.about"].any(self._texts[max(0, at - 4) : at])
        end = run[-1].end
        if money := self._money(at, run, hedged=hedged):
            return money
        if unit := self._words.units.at(self._texts, end):
            name, count = unit.meaning
            value = run[-1].value if len(run) == 1 else Decimal("".join(n.digits for n in run))
            return Mention(start=at, end=unit.end, readings=(Count(value * count, name),), is_hedged=hedged)
        return Mention(start=at, end=end, readings=tuple(self._readings(at, run)), is_hedged=hedged)

    def _readings(self, at: int, run: Sequence[Number]) -> list[Value]:
        """What a number without a unit may be."""
        digits = "".join(number.digits for number in run)
        if len(run) == 1:
            return self._readings_of_one(at, run[0])
        readings: list[Value] = [Code(digits)]
        if len(run) == 2 and not run[1].places and len(run[1].digits) == 2:
            whole, part = run
            readings += [Money(int(whole.value) * 100 + int(part.value))]
            if whole.value <= 24 and part.value < 60:
                hour, minute = int(whole.value), int(part.value)
                hours = hours_of(hour)
                readings.append(ClockTime(frozenset(each * 60 + minute for each in hours)))
            readings.append(Count(Decimal(digits)))
        return readings

    def _readings_of_one(self, at: int, number: Number) -> list[Value]:
        """The likeliest first, by the word before it."""
        value, is_whole = number.value, not number.places
        readings: list[Value] = [Count(value), Money(int(value * 100))]
        if is_whole and value <= 24 and self._has("clock.before", at - 1):
            time = ClockTime(frozenset(hour * 60 for hour in hours_of(int(value))))
            is_time = self._has("clock.only_after", at - 1)
            readings = [time, *readings] if is_time else [*readings, time]
        if self._has("identifiers.words", at - 1):
            return [Code(number.digits), *readings]
        return [*readings, Code(number.digits)] if is_whole and len(number.digits) >= 3 else readings

    def _money(self, at: int, run: Sequence[Number], *, hedged: bool) -> Mention | None:
        end = run[-1].end
        named = self._words.currencies.get(self._text(end))
        if named is None:
            return None
        currency, is_hundredth = named
        value = _decimal_of(run)
        if is_hundredth:
            return Mention(start=at, end=end + 1, readings=(Money(int(value), currency),), is_hedged=hedged)
        value, end = self._with_hundredths(value, end + 1)
        return self._amount(at, end, value, currency, hedged=hedged)

    def _with_hundredths(self, whole: Decimal, at: int) -> tuple[Decimal, int]:
        """Adds what is said after the currency: "forty-nine euros ninety"."""
        has_and = self._has("numbers.and", at)
        part = self._numbers.number(at + 1 if has_and else at)
        if part is None or part.places or part.value >= 100 or whole != whole.to_integral_value():
            return whole, at
        named = self._words.currencies.get(self._text(part.end), ("", False))
        if named[1]:
            return whole + part.value / 100, part.end + 1
        alone = not has_and and not named[0] and not self._words.units.at(self._texts, part.end)
        return (whole + part.value / 100, part.end) if alone and part.value >= 5 else (whole, at)

    def _amount(
        self, start: int, end: int, value: Decimal, currency: str, *, hedged: bool | None = None
    ) -> Mention:
        if hedged is None:
            hedged = self._words.phrases["numbers.about"].any(self._texts[max(0, start - 4) : start])
        if self._words.currencies.get(self._text(end), ("", True))[0] == currency:
            end += 1  # "EUR 20 euros"
        return Mention(
            start=start, end=end, readings=(Money(round(value * 100), currency),), is_hedged=hedged
        )

    def _one_of_unit(self, at: int) -> Mention | None:
        """Reads "an hour", "a euro" and "twice"."""
        times = self._words.table["numbers"]["twice"].get(self._text(at))
        ends = at + 1 == len(self._tokens) or self._tokens[at + 1].kind == "stop"
        if times is not None and (times > 1 or ends):
            return Mention(start=at, end=at + 1, readings=(Count(Decimal(times), "time"),))
        start = at + 1 if self._has("numbers.half", at) else at
        if not self._has("numbers.one", start):
            return None
        if named := self._words.currencies.get(self._text(start + 1)):
            minor = 1 if named[1] else 100
            return Mention(start=at, end=start + 2, readings=(Money(minor, named[0]),))
        counted = self._counted(at)
        if counted is None or counted[2] in {"piece", "order", "parcel", "point", "time", "percent"}:
            return None
        value, _, unit, end = counted
        return Mention(start=at, end=end, readings=(Count(value, unit),))


def _decimal_of(run: Sequence[Number]) -> Decimal:
    """The value of a run: "forty-nine ninety" is 49.90; other runs are keyed in as they stand."""
    if len(run) == 1:
        return run[0].value
    if len(run) == 2 and len(run[1].digits) == 2:
        return run[0].value + run[1].value / 100
    return Decimal("".join(number.digits for number in run))
