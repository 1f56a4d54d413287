"""Whether what the model wrote are the arguments that the company declared, and their one canonical form."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import re2

from domain.actions import Action, Argument
from domain.company import Company
from domain.money import Money, NotMoney
from tools.policy.snapshot import Value

_UNSAID = "[secret]"
_LARGEST = 10**15  # what a float counts exactly
_LONGEST = 500  # characters; a caller's sentence, not a document
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_SPACES_IN_NUMBER = re.compile(r"(?<=\d)\s+(?=\d)", re.ASCII)
_DASHES_IN_NUMBER = re.compile(r"(?<=\d)[\s-]+(?=\d)", re.ASCII)
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AMOUNT = re.compile(r"(?P<major>[0-9]{1,15}(\.[0-9]{1,3})?)( (?P<currency>[A-Z]{3}))?")
_SPOKEN_SPACE = re.compile(r"[ \t\r\n\u00a0]+")
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
"""Unicode categories of what nobody hears: controls, zero-width and direction marks, lone surrogates."""


@dataclass(frozen=True, kw_only=True)
class Refused:
    """Why an argument does not do; `rule` names it without quoting it."""

    rule: str


def check(
    action: Action, given: Mapping[str, object], *, by_code: bool = False
) -> dict[str, Value] | Refused:
    """The arguments in their declared types and nothing else, or the first thing wrong with them.

    `by_code`: of a step or an undo, or read from the ledger; only there is money a record.
    """
    declared = {argument.name: argument for argument in action.arguments if not argument.secret}
    for name in given:
        if name not in declared:
            return Refused(rule="argument.undeclared")
    checked: dict[str, Value] = {}
    for name, argument in declared.items():
        raw = given.get(name)
        if raw is None or raw == "":
            if argument.required:
                return Refused(rule=f"argument.missing:{name}")
            continue
        value = _typed(argument, raw, by_code=by_code)
        if value is None:
            return Refused(rule=f"argument.type:{name}")
        value = _fitting(argument, value)
        if value is None:
            return Refused(rule=f"argument.value:{name}")
        checked[name] = value
    return checked


def as_noted(company: Company, action: Action | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """What the model wrote, as the journal may hold it.

    Of what only the caller types, of what proves who they are, and of what nobody declared: the name alone.
    """
    declared = {argument.name for argument in action.arguments if not argument.secret} if action else set()
    noted = declared - _proofs(company, action)
    return {name: value if name in noted else _UNSAID for name, value in given.items()}


def _proofs(company: Company, action: Action | None) -> frozenset[str]:
    """The arguments that prove who calls."""
    match action and action.binding.name:
        case "check_code":
            return frozenset({"code"})
        case "verify_identity" if company.verification:
            return frozenset(company.verification.facts)
        case _:
            return frozenset()


def canonical(arguments: Mapping[str, Value]) -> dict[str, Any]:
    """JSON in which the same checked arguments always look the same: for the ledger, rules and paths."""
    return {name: _plain(arguments[name]) for name in sorted(arguments)}


def money_in(record: object) -> Money | None:
    """The amount that a record is: ours says `minor`, a back office also `amount_minor`."""
    match record:
        case Money():
            return record
        case {"minor": minor, "currency": str() as currency}:
            pass
        case {"amount_minor": minor, "currency": str() as currency}:
            pass
        case _:
            return None
    try:
        return Money(minor=minor, currency=currency) if type(minor) is int else None
    except NotMoney:
        return None


def _plain(value: Value) -> Any:
    match value:
        case Money():
            return {"minor": value.minor, "currency": value.currency}
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


def _typed(argument: Argument, raw: object, *, by_code: bool) -> Value | None:
    """Models write numbers as text and text as numbers; what is lossless is taken, nothing else."""
    match argument.type:
        case "money":
            return _money(argument, raw, by_code=by_code)
        case "boolean":
            return raw if isinstance(raw, bool) else None
        case _ if isinstance(raw, bool):
            return None
        case "string":
            return _text(raw)
        case "integer":
            return _integer(raw)
        case "number":
            return _number(raw)
        case "date":
            return _iso_day(raw)


def _text(raw: object) -> str | None:
    if isinstance(raw, int) and abs(raw) < _LARGEST:
        return str(raw)
    if not isinstance(raw, str) or len(raw) > _LONGEST:
        return None
    text = unicodedata.normalize("NFC", _SPOKEN_SPACE.sub(" ", raw).strip())
    return text if text and all(map(_is_plain, text)) else None


def _is_plain(sign: str) -> bool:
    """No sign that is unseen, and no digit that only looks like one of ours."""
    return unicodedata.category(sign) not in _UNSEEN and (sign.isascii() or not sign.isdigit())


def _integer(raw: object) -> int | None:
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if isinstance(raw, int):
        return raw if abs(raw) < _LARGEST else None
    return int(raw) if isinstance(raw, str) and _WHOLE.fullmatch(raw) else None


def _number(raw: object) -> int | float | None:
    if isinstance(raw, str) and _DECIMAL.fullmatch(raw):
        raw = float(raw)
    if not isinstance(raw, (int, float)) or not -_LARGEST < raw < _LARGEST:  # so is no NaN
        return None
    return int(raw) if raw == int(raw) else raw


def _iso_day(raw: object) -> str | None:
    if not isinstance(raw, str) or not _DAY.fullmatch(raw):
        return None
    try:
        day = date.fromisoformat(raw)
    except ValueError:
        return None
    return raw if _FIRST_YEAR <= day.year <= _LAST_YEAR else None


def _money(argument: Argument, raw: object, *, by_code: bool) -> Money | None:
    """In major units of the argument's currency: 25, 25.5, "25.50" or "25.50 EUR". A comma is ambiguous."""
    currency = argument.currency or ""
    if isinstance(raw, float):
        raw = repr(raw)  # the shortest that gives the same float: what the model wrote
    try:
        match raw:
            case bool():
                return None
            case int() if 0 <= raw < _LARGEST:
                return Money.of(raw, currency)
            case str() if (found := _AMOUNT.fullmatch(raw)) and found["currency"] in {None, currency}:
                return Money.of(Decimal(found["major"]), currency)
            case Money() if by_code and raw.currency == currency:
                return raw
            case {"currency": str() as of} if by_code and of == currency:
                return money_in(raw)
            case _:
                return None
    except NotMoney:
        return None


def _fitting(argument: Argument, value: Value) -> Value | None:
    if argument.choices:
        return _choice(argument.choices, value)
    if argument.pattern is None or isinstance(value, Money):
        return value
    return _matching(argument.pattern, value)


def _choice(choices: tuple[str, ...], value: Value) -> Value | None:
    written = str(value)
    if not written.isascii():
        return value if written in choices else None
    chosen = next((choice for choice in choices if choice.lower() == written.lower()), None)
    return None if chosen is None else chosen if isinstance(value, str) else value


def _matching(pattern: str, value: Value) -> Value | None:
    """Numbers are said in groups and codes in either case: of all ways to write one, always the same."""
    written = str(value)
    joined = _SPACES_IN_NUMBER.sub("", written)
    for form in (joined, written, _DASHES_IN_NUMBER.sub("", written)):
        for cased in (form, form.upper(), form.lower()):
            if cased.isascii() and re2.fullmatch(pattern, cased):
                return cased if isinstance(value, str) else value
    return None
