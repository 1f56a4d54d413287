"""A company's message filled with facts as people write them: amounts, days and times by the line's locale.

The sentence and its forms are those that are spoken (`prompts.spoken.fill`); only
the forms differ. A day is never "tomorrow": nobody knows when a message is read.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal

from domain.money import Money, places
from domain.templates import Form, filled

_HARD_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " "})
"""CLDR's no-break spaces are outside the alphabet of SMS: one would more than halve what fits into a part."""
Written = Callable[[Any, Locale, date], str]


def fill(sentence: str, facts: Mapping[str, Any], language: str, today: date) -> str:
    """Raises `LookupError` where a fact is not there or has another shape, or a form is unknown.

    `language`: a BCP 47 tag; its region decides on the order of day and month. Another year than that of
    `today` is written.
    """
    locale = _locale(language)

    def form_named(name: str) -> Form:
        form = _FORMS[name]
        return lambda value: form(value, locale, today)

    return filled(sentence, facts, form_named)


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    """A language that CLDR does not know is written as international English is."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_001")


def _money(value: Any, locale: Locale, today: date) -> str:
    """Money, or a record of `minor` (a back office may write `amount_minor`) and `currency`."""
    del today
    if isinstance(value, Money):
        minor, currency = value.minor, value.currency
    else:
        minor = value["minor"] if "minor" in value else value["amount_minor"]
        currency = str(value["currency"])
    if isinstance(minor, bool) or not isinstance(minor, int):
        raise TypeError
    amount = Decimal(minor).scaleb(-places(currency))
    written = format_currency(amount, currency, locale=locale, decimal_quantization=False)
    return str(written).translate(_HARD_SPACES)


def _day(value: Any, locale: Locale, today: date) -> str:
    day = value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    same_year = day.year == today.year
    written = format_skeleton("MMMMd", day, locale=locale) if same_year else format_date(day, "long", locale)
    return str(written).translate(_HARD_SPACES)


def _time(value: Any, locale: Locale, today: date) -> str:
    """As it stands in the record: its own zone's hour."""
    del today
    clock = datetime.fromisoformat(value).time()
    return str(format_time(clock, "short", locale=locale)).translate(_HARD_SPACES)


def _moment(value: Any, locale: Locale, today: date) -> str:
    return f"{_day(value, locale, today)}, {_time(value, locale, today)}"


def _list(value: Any, locale: Locale, today: date) -> str:
    del today
    if not isinstance(value, list):
        raise TypeError
    return str(format_list([str(item) for item in value], locale=locale))


def _number(value: Any, locale: Locale) -> str:
    if isinstance(value, bool):
        raise TypeError
    written = format_decimal(value, locale=locale, decimal_quantization=False)
    return str(written).translate(_HARD_SPACES)


_FORMS: Mapping[str, Written] = {
    "plain": lambda value, *_: str(value),
    "digits": lambda value, *_: str(value),
    "spelled": lambda value, *_: str(value),
    "money": _money,
    "day": _day,
    "time": _time,
    "moment": _moment,
    "list": _list,
    "number": lambda value, locale, _: _number(value, locale),
    "count": lambda value, locale, _: _number(len(value), locale),
}
