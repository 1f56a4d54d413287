"""A company's sentence filled with the facts of an answer, each in its spoken form.

`{state}` reads the fact as it is; `{total|money}` says how. A dotted name goes into a record, and through a
list into each of its items (`{items.name|list}`) or, by its place, into one (`{results.0.state}`).
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from prompts.spoken.amounts import digits, money, number, spelled
from prompts.spoken.days import day, time_of_day
from prompts.spoken.ear import for_the_ear
from prompts.spoken.tongues import tongue_for

_PLACE = re.compile(r"\{(?P<path>[\w.]+)(?:\|(?P<form>\w+))?\}")


class UnknownForm(ValueError):
    """A sentence asks for a spoken form that there is not."""


class FactMissing(LookupError):
    """The answer lacks a fact that the sentence needs."""


def fill(sentence: str, facts: Mapping[str, Any], language: str, today: date) -> str:
    """Raises `UnknownForm`, or `FactMissing` where a fact is not there or has another shape."""

    def say(place: re.Match[str]) -> str:
        value, form = find(facts, place["path"]), _form(place["form"])
        try:
            return form(value, language, today)
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise FactMissing(f"{place.group()} cannot be said of a {type(value).__name__}") from error

    return _PLACE.sub(say, sentence)


def forms_in(sentence: str) -> tuple[tuple[str, str], ...]:
    """(fact, form) of each place in the sentence. Raises `UnknownForm`."""
    places = tuple((place["path"], place["form"] or "plain") for place in _PLACE.finditer(sentence))
    for _, form in places:
        _form(form)
    return places


def find(facts: Any, path: str) -> Any:
    """What lies at a dotted path, through lists; raises `FactMissing`."""
    at = facts
    for name in path.split("."):
        if isinstance(at, list) and name.isdecimal() and int(name) < len(at):
            at = at[int(name)]
        elif isinstance(at, list):
            at = [find(item, name) for item in at]
        elif isinstance(at, Mapping) and name in at and at[name] is not None:
            at = at[name]
        else:
            raise FactMissing(f"the answer has no {path}")
    return at


def _form(name: str | None) -> Callable[[Any, str, date], str]:
    form = _FORMS.get(name or "plain")
    if form is None:
        raise UnknownForm(f"no spoken form {name!r}: write one of {', '.join(sorted(_FORMS))}")
    return form


def _plain(value: Any, language: str, today: date) -> str:
    return for_the_ear(str(value), language, today)


def _money(value: Any, language: str, today: date) -> str:
    """A record of `amount_minor` and `currency`."""
    del today
    return money(int(value["amount_minor"]), str(value["currency"]), language)


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
