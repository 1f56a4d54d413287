"""Numbers, money and identifiers as people say them."""

from decimal import Decimal
from functools import lru_cache

from babel.core import UnknownLocaleError
from babel.numbers import get_currency_name
from num2words import num2words

from domain.money import places
from prompts.spoken.tongues import Tongue, tongue_for

_LONGEST_NUMBER = 12  # digits; beyond it nobody hears a quantity


@lru_cache(maxsize=4096)
def number(value: int | Decimal, language: str) -> str:
    """A quantity: 4712 is "four thousand seven hundred and twelve"."""
    if abs(value) >= 10**_LONGEST_NUMBER:
        return digits(str(value), language)
    said = str(num2words(value, lang=tongue_for(language).tag))
    return said.replace(",", "")


@lru_cache(maxsize=512)
def ordinal(value: int, language: str) -> str:
    return str(num2words(value, to="ordinal", lang=tongue_for(language).tag)).replace(",", "")


@lru_cache(maxsize=256)
def year(value: int, language: str) -> str:
    """2026 is "twenty twenty-six"."""
    return str(num2words(value, to="year", lang=tongue_for(language).tag))


def percent(value: int | Decimal, language: str) -> str:
    return f"{number(value, language)} {tongue_for(language).percent}"


def money(minor: int, currency: str, language: str) -> str:
    """`minor` counts cents, or whole units where the currency has none."""
    tongue = tongue_for(language)
    decimals = places(currency)  # ISO 4217's; CLDR counts what is paid in cash and would say a hundredfold
    whole, part = divmod(abs(minor), 10**decimals)
    sign = f"{tongue.minus} " if minor < 0 else ""
    if (names := tongue.currencies.get(currency)) is None:
        value = Decimal(minor).scaleb(-decimals)
        plain = int(value) if value == value.to_integral_value() else value
        return f"{number(plain, language)} {_currency_name(currency, tongue)}"
    said = f"{_one(whole, language)} {names[0] if whole == 1 else names[1]}"
    if part:
        cents = f"{_one(part, language)} {names[2] if part == 1 else names[3]}"
        said = cents if whole == 0 else f"{said} {tongue.and_} {cents}"
    return sign + said


def _one(value: int, language: str) -> str:
    """German counts "eins" and owes "einen"; before a noun it is "ein"."""
    return "ein" if value == 1 and tongue_for(language).tag == "de" else number(value, language)


def _currency_name(currency: str, tongue: Tongue) -> str:
    try:
        return get_currency_name(currency, count=2, locale=tongue.tag)
    except UnknownLocaleError:
        return currency


def digits(text: str, language: str) -> str:
    """Digit by digit, with a short pause between groups: for orders and telephone numbers.

    Signs and spaces in `text` are where its own groups end; a group of more than four is cut.
    """
    tongue = tongue_for(language)
    groups: list[list[str]] = [[]]
    for sign in text:
        if sign.isdecimal():
            groups[-1].append(number(int(sign), language))
        elif sign == "+" and not any(groups):
            groups[-1].append(tongue.plus)
        elif sign.isalpha():
            groups[-1].append(sign.upper())
        else:
            groups.append([])
    return ", ".join(" ".join(cut) for group in groups for cut in _cut(group))


def _cut(group: list[str]) -> list[list[str]]:
    """At most four at once; the rest in threes, as numbers are dictated; no digit stands alone."""
    cuts = []
    while len(group) > 4:
        cuts.append(group[:3])
        group = group[3:]
    return [*cuts, group] if group else cuts


def spelled(name: str, language: str) -> str:
    """Letter by letter: "Ng" is "N, G"."""
    tongue = tongue_for(language)
    names = {"-": tongue.dash, ".": tongue.dot, "@": tongue.at, "'": "apostrophe"}
    said = [
        number(int(s), language) if s.isdecimal() else names.get(s, s.upper())
        for s in name
        if not s.isspace()
    ]
    return ", ".join(said)
