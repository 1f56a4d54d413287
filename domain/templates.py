"""A company's sentence with places for facts: `{state}` takes the fact as it is, `{total|money}` says how.

A dotted name goes into a record, and through a list into each of its items (`{items.name|list}`) or, by its
place, into one (`{results.0.state}`). Which forms there are is for whoever speaks or writes the sentence.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

PLAIN = "plain"
_PLACE = re.compile(r"\{(?P<path>[\w.]+)(?:\|(?P<form>\w+))?\}")
Form = Callable[[Any], str]


class FactMissing(LookupError):
    """The answer lacks a fact that the sentence needs."""


def places_in(sentence: str) -> tuple[tuple[str, str], ...]:
    """(fact, form) of each place."""
    return tuple((place["path"], place["form"] or PLAIN) for place in _PLACE.finditer(sentence))


def filled(sentence: str, facts: Mapping[str, Any], form_named: Callable[[str], Form]) -> str:
    """Raises `FactMissing` where a fact is not there or has another shape, and what `form_named` raises."""

    def put(place: re.Match[str]) -> str:
        value, form = find(facts, place["path"]), form_named(place["form"] or PLAIN)
        try:
            return form(value)
        except (TypeError, ValueError, KeyError, AttributeError, ArithmeticError) as error:
            raise FactMissing(f"{place.group()} cannot be said of a {type(value).__name__}") from error

    return _PLACE.sub(put, sentence)


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
