"""Days and times as people say them."""

from datetime import date, time
from functools import lru_cache

from babel.dates import format_date

from prompts.spoken.amounts import number, ordinal, year
from prompts.spoken.tongues import tongue_for


def day(value: date, language: str, today: date) -> str:
    """Relative where people speak so, else "Tuesday the twenty-fourth of November"; another year is said."""
    return relative_day(value, language, today) or absolute_day(value, language, today)


def relative_day(value: date, language: str, today: date) -> str | None:
    tongue = tongue_for(language)
    near = {-1: tongue.yesterday, 0: tongue.today, 1: tongue.tomorrow}
    return near.get((value - today).days)


def absolute_day(value: date, language: str, today: date) -> str:
    tag = tongue_for(language).tag
    weekday = format_date(value, "EEEE", locale=tag)
    said = f"{weekday}{', den' if tag == 'de' else ''} {day_of_month(value.day, value.month, language)}"
    return said if value.year == today.year else f"{said} {year(value.year, language)}"


@lru_cache(maxsize=1024)
def day_of_month(number_of_day: int, month: int, language: str, *, article: bool = True) -> str:
    """German keeps the ending it has after "am" and "den"."""
    tag = tongue_for(language).tag
    name = month_names(tag)[month - 1]
    if tag == "de":
        return f"{ordinal(number_of_day, tag)}n {name}"
    return f"{'the ' if article else ''}{ordinal(number_of_day, tag)} of {name}"


@lru_cache(maxsize=8)
def month_names(tag: str) -> tuple[str, ...]:
    return tuple(format_date(date(2000, month, 1), "MMMM", locale=tag) for month in range(1, 13))


def time_of_day(value: time, language: str) -> str:
    """12-hour in English, 24-hour in German."""
    return _german_time(value) if tongue_for(language).tag == "de" else _english_time(value)


def _english_time(value: time) -> str:
    if value.minute == 0 and value.hour in {0, 12}:
        return "midnight" if value.hour == 0 else "noon"
    said = number((value.hour + 11) % 12 + 1, "en")
    if value.minute:
        said += f" {'oh ' if value.minute < 10 else ''}{number(value.minute, 'en')}"
    return f"{said} {'AM' if value.hour < 12 else 'PM'}"


def _german_time(value: time) -> str:
    hour = "ein" if value.hour == 1 else number(value.hour, "de")
    return f"{hour} Uhr" + (f" {number(value.minute, 'de')}" if value.minute else "")
