"""A company's sentence (`domain.templates`) filled with the facts of an answer, each in its spoken form."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from domain.money import Money
from domain.templates import FactMissing, Form, filled, places_in
from prompts.spoken.amounts import digits, money, number, spelled
from prompts.spoken.days import day, time_of_day
from prompts.spoken.ear import for_the_ear
from prompts.spoken.tongues import tongue_for

__all__ = ["FactMissing", "UnknownForm", "fill", "forms_in"]


class UnknownForm(ValueError):
    """A sentence asks for a spoken form that there is not."""


def fill(sentence: str, facts: Mapping[str, Any], language: str, today: date) -> str:
    """Raises `UnknownForm`, or `FactMissing` where a fact is not there or has another shape."""

    def form_named(name: str) -> Form:
        form = _form(name)
        return lambda value: form(value, language, today)

    return filled(sentence, facts, form_named)


def forms_in(sentence: str) -> tuple[tuple[str, str], ...]:
    """(fact, form) of each place in the sentence. Raises `UnknownForm`."""
    places = places_in(sentence)
    for _, form in places:
        _form(form)
    return places


def _form(name: str) -> Callable[[Any, str, date], str]:
    form = _FORMS.get(name)
    if form is None:
        raise UnknownForm(f"no spoken form {name!r}: write one of {', '.join(sorted(_FORMS))}")
    return form


def _plain(value: Any, language: str, today: date) -> str:
    return for_the_ear(str(value), language, today)


def _money(value: Any, language: str, today: date) -> str:
    """Money, or a record of `minor` (a back office may write `amount_minor`) and `currency`."""
    del today
    if isinstance(value, Money):
        return money(value.minor, value.currency, language)
    minor = value["minor"] if "minor" in value else value["amount_minor"]
    if not isinstance(minor, int):
        raise TypeError
    return money(minor, str(value["currency"]), language)


def _moment(value: Any, language: str, today: date) -> str:
    moment = datetime.fromisoformat(value)
    at = " um " if tongue_for(language).tag == "de" else " at "
    return day(moment.date(), language, today) + at + time_of_day(moment.timetz(), language)


def _list(value: Any, language: str, today: date) -> str:
    if not isinstance(value, list):
        raise TypeError
    said = [_plain(item, language, today) for item in value]
    if len(said) < 2:
        return "".join(said)
    return f"{', '.join(said[:-1])} {tongue_for(language).and_} {said[-1]}"


_FORMS: Mapping[str, Callable[[Any, str, date], str]] = {
    "plain": _plain,
    "money": _money,
    "moment": _moment,
    "list": _list,
    "digits": lambda value, language, _: digits(str(value), language),
    "spelled": lambda value, language, _: spelled(str(value), language),
    "day": lambda value, language, today: day(date.fromisoformat(str(value)[:10]), language, today),
    "time": lambda value, language, _: time_of_day(datetime.fromisoformat(value).time(), language),
    "number": lambda value, language, _: number(value, language),
    "count": lambda value, language, _: number(len(value), language),
}
