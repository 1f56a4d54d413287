"""The forms in which models write numbers, and how each is read aloud, the most telling form first."""

# ruff: noqa: E501 - a table reads better with its rows whole

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from functools import lru_cache

from domain.money import places
from prompts.spoken.amounts import digits, money, number, ordinal, year
from prompts.spoken.days import absolute_day, day_of_month, month_names, relative_day, time_of_day
from prompts.spoken.tongues import Tongue

_SYMBOLS = {"\u20ac": "EUR", "$": "USD", "\u00a3": "GBP", "\u00a5": "JPY"}
_SCALES = {"C": "Celsius", "F": "Fahrenheit"}


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Whose ear it is for, and on which day."""

    tongue: Tongue
    today: date


Say = Callable[[re.Match[str], Reading], str]
Rules = tuple[tuple[re.Pattern[str], Say], ...]


@lru_cache(maxsize=8)
def rules_for(tongue: Tongue) -> Rules:
    """In order: an address before its dots, a date before its digits, an amount before its number."""
    months = "|".join(f"{name}|{name[:3]}" for name in month_names(tongue.tag))
    symbol = "|".join([re.escape(sign) for sign in _SYMBOLS] + [rf"\b{code}\b" for code in tongue.currencies])
    amount = r"\d[\d.,']*\d|\d"
    before = "|".join(tongue.before_day)
    names = "|".join(tongue.identifiers)
    units = "|".join(sorted(map(re.escape, tongue.units), key=len, reverse=True))
    between = r"\s?(?:-|\u2013|\u2014|\bto\b|\bbis\b)\s?"
    hour = r"(?:[01]?\d|2[0-4]):[0-5]\d"
    half = r"(?:\s?(?P<half>[AaPp])\.?[Mm]\b\.?(?!\w))?(?:\s?Uhr\b)?"
    written: list[tuple[str, Say]] = [
        (r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", _address),
        (r"(?:https?://|www\.)[^\s,;()<>]+[^\s,;()<>.!?:]", _address),
        (r"(?<![\w@])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|de|io|eu|ie|example)(?:/[\w/-]*\w)?(?!\w)", _address),
        (rf"(?:\b(?:{before})\s+)?\b(?P<y>\d{{4}})-(?P<m>\d\d)-(?P<d>\d\d)(?!\d)", _date),
        (rf"(?:\b(?:{before})\s+)?(?<!\d)(?P<d>\d\d?)\.(?P<m>\d\d?)\.(?P<y>\d{{4}})(?!\d)", _date),
        (rf"\b(?P<m>{months})\.? (?P<d>\d\d?)(?:st|nd|rd|th)?\b(?:,? (?P<y>\d{{4}})\b)?", _named_day),
        (rf"\b(?:the )?(?P<d>\d\d?)(?:st|nd|rd|th|\.)? (?:of )?(?P<m>{months})\b\.?(?:,? (?P<y>\d{{4}})\b)?", _named_day),
        (rf"(?<!\d)(?P<a>{hour}){between}(?={hour})", lambda m, r: f"{m['a']} {r.tongue.to} "),
        (r"T(?P<h>[01]?\d|2[0-4]):(?P<min>[0-5]\d)(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?", _clock),
        (rf"(?<!\d)(?P<h>[01]?\d|2[0-4]):(?P<min>[0-5]\d)(?::\d\d)?{half}", _clock),
        (r"\b(?P<h>1[0-2]|[1-9])\s?(?P<half>[AaPp])\.?[Mm]\b\.?", _clock),
        (r"(?<!\w)\+\d[\d ()./-]{6,}\d|\(\d{3}\) ?\d{3}[ -]\d{4}|\b\d{3}-\d{3}-\d{4}\b|\b0\d{2,4}[ /-]\d[\d /-]{3,}\d",
         _telephone),
        (rf"(?P<w>\b(?i:(?:{names})(?:\s(?:number|no\.|id|code|nummer))?(?:\s(?:is|are|ist|sind))?):?\s*)#?"
         rf"(?P<n>\d[\d -]*\d(?:(?:,| and| und| or| oder) #?\d{{3,}}\b)*)\b", _identifier),
        (r"#\s?(?P<n>\d+)\b", _numbered),
        (r"\b24/7\b", lambda _, r: f"{number(24, r.tongue.tag)} {number(7, r.tongue.tag)}"),
        (rf"(?P<s>{symbol})\s?(?P<a>{amount}){between}(?:{symbol})?\s?(?P<b>{amount})", _amounts),
        (rf"(?P<a>{amount}){between}(?P<b>{amount})", _range),
        (rf"(?P<minus>(?<!\w)-\s?)?(?P<s>{symbol})\s?(?P<n>-?(?:{amount}))", _amount),
        (rf"(?P<minus>(?<!\w)-)?(?P<n>{amount})\s?(?P<s>{symbol})", _amount),
        (r"\u00b0\s?(?P<u>[CF])\b", lambda m, r: f" {r.tongue.signs[m.group()[0]]} {_SCALES[m['u']]}"),
        (rf"(?P<n>{amount})\s?(?P<u>{units})\b", _measure),
        (rf"(?P<n>{amount})\s?%", _percentage),
        (r"\b(?P<n>\d{1,3})(?:st|nd|rd|th)\b", lambda m, r: ordinal(int(m["n"]), r.tongue.tag)),
        (r"\b(?P<w>(?i:der|die|das|den|dem|am|zum|vom)) (?P<n>\d{1,2})\.(?= )", _german_ordinal),
        (r"\b(?=[\w-]*\d)(?=[\w-]*[A-Z])[A-Z0-9]+(?:[-_/][A-Z0-9]+)*\b|\b[A-Za-z]+\d\w*|\b\d+[A-Za-z]\w*", _code),
        (r"(?P<w>\b(?i:in|since|until|of|for|from|seit|bis|vom|jahr)\s)(?P<n>19\d\d|20\d\d)\b(?![.,]?\d)", _year),
        (r"\b0\d+\b|\b\d{7,}\b", lambda m, r: digits(m.group(), r.tongue.tag)),
        (r"\b(?P<a>[^\W\d]+)/(?P<b>[^\W\d]+)\b", _either),
        (r"(?:\b(?:about|around|etwa|circa) )?~\s?(?=\d)", lambda _, r: f"{r.tongue.signs['~']} "),
        (rf"(?P<n>(?<![\w.,])-?(?:{amount})|\d+)", lambda m, r: _spoken_number(m["n"], r)),
    ]  # fmt: skip
    return tuple((re.compile(pattern), say) for pattern, say in written)


def _value(written: str, tongue: Tongue) -> Decimal | None:
    """The number that was written, or None where the signs between its digits make no sense."""
    thousands = "," if tongue.decimal == "." else "."
    bare = written.strip("'").replace("'", "")
    if re.fullmatch(
        rf"-?\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+(?:{re.escape(tongue.decimal)}\d+)?", bare
    ):
        bare = bare.replace(thousands, "")
    bare = bare.replace(",", ".")
    return Decimal(bare) if re.fullmatch(r"-?\d+(?:\.\d+)?", bare) else None


def _spoken_number(written: str, reading: Reading) -> str:
    value = _value(written, reading.tongue)
    tag = reading.tongue.tag
    if value is None:
        return digits(written, tag)
    return number(int(value) if value == value.to_integral_value() else value, tag)


def _amount(found: re.Match[str], reading: Reading) -> str:
    value, currency = _value(found["n"], reading.tongue), _SYMBOLS.get(found["s"], found["s"])
    if value is None:
        return f"{digits(found['n'], reading.tongue.tag)} {reading.tongue.currencies[currency][1]}"
    minor = round(value.scaleb(places(currency)))
    return money(-minor if found["minus"] else minor, currency, reading.tongue.tag)


def _amounts(found: re.Match[str], reading: Reading) -> str:
    """The currency is named once, with the second amount, which the next rule reads."""
    return f"{_spoken_number(found['a'], reading)} {reading.tongue.to} {found['s']}{found['b']}"


def _range(found: re.Match[str], reading: Reading) -> str:
    """The unit after it is read by the rule that knows units, so the second number stays written."""
    return f"{_spoken_number(found['a'], reading)} {reading.tongue.to} {found['b']}"


def _measure(found: re.Match[str], reading: Reading) -> str:
    one, many = reading.tongue.units[found["u"]]
    if _value(found["n"], reading.tongue) == 1:
        ein = "eine" if one.endswith("e") else "ein"  # Stunde and Minute are feminine, the others are not
        return f"{'one' if reading.tongue.tag == 'en' else ein} {one}"
    return f"{_spoken_number(found['n'], reading)} {many}"


def _percentage(found: re.Match[str], reading: Reading) -> str:
    return f"{_spoken_number(found['n'], reading)} {reading.tongue.percent}"


def _date(found: re.Match[str], reading: Reading) -> str:
    tag = reading.tongue.tag
    try:
        value = date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:
        return digits(found.group(), tag)
    if near := relative_day(value, tag, reading.today):
        return near
    first = min(found.start("y"), found.start("d"))
    return f"{found.string[found.start() : first]}{absolute_day(value, tag, reading.today)}"


def _named_day(found: re.Match[str], reading: Reading) -> str:
    tag = reading.tongue.tag
    month = next(at for at, name in enumerate(month_names(tag), 1) if name.startswith(found["m"][:3]))
    if not 1 <= int(found["d"]) <= 31:
        return f"{found['m']} {number(int(found['d']), tag)}"
    said = day_of_month(int(found["d"]), month, tag)
    return said if found["y"] in {None, str(reading.today.year)} else f"{said} {year(int(found['y']), tag)}"


def _clock(found: re.Match[str], reading: Reading) -> str:
    groups = found.groupdict()
    hour, half = int(groups["h"]), (groups.get("half") or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    said = time_of_day(time(hour % 24, int(groups.get("min") or 0)), reading.tongue.tag)
    stop = "." if half and found.group().endswith(".") and found.end() == len(found.string) else ""
    if found.group()[0] == "T":
        return f" {'um' if reading.tongue.tag == 'de' else 'at'} {said}{stop}"
    return f"{said}{stop}"


def _telephone(found: re.Match[str], reading: Reading) -> str:
    return digits(found.group(), reading.tongue.tag)


def _identifier(found: re.Match[str], reading: Reading) -> str:
    """Two digits after "orders" are a quantity's neighbour, not a name."""
    said = re.sub(
        r"#?(\d[\d -]*\d)",
        lambda n: digits(n[1], reading.tongue.tag) if len(n[1]) > 2 else _spoken_number(n[1], reading),
        found["n"],
    )
    return f"{found['w']}{said}"


def _numbered(found: re.Match[str], reading: Reading) -> str:
    return f"{reading.tongue.number_sign} {digits(found['n'], reading.tongue.tag)}"


def _german_ordinal(found: re.Match[str], reading: Reading) -> str:
    ending = "" if found["w"].lower() in {"der", "die", "das"} else "n"
    return f"{found['w']} {ordinal(int(found['n']), reading.tongue.tag)}{ending}"


def _code(found: re.Match[str], reading: Reading) -> str:
    """Letters and digits mixed are a name of some thing; its groups end where its kind of sign changes."""
    groups = re.findall(r"\d+|[A-Za-z]+", found.group())
    said = (
        digits(group, reading.tongue.tag) if group.isdecimal() else " ".join(group.upper())
        for group in groups
    )
    return ", ".join(said)


def _year(found: re.Match[str], reading: Reading) -> str:
    return f"{found['w']}{year(int(found['n']), reading.tongue.tag)}"


def _either(found: re.Match[str], reading: Reading) -> str:
    if found["a"].lower() in {"and", "und"}:
        return f"{found['a']} {found['b']}"
    return f"{found['a']} {'oder' if reading.tongue.tag == 'de' else 'or'} {found['b']}"


def _address(found: re.Match[str], reading: Reading) -> str:
    tongue = reading.tongue
    bare = re.sub(r"^(?:https?://)?(?:www\.)?", "", found.group())
    names = {
        "@": tongue.at,
        ".": tongue.dot,
        "/": tongue.slash,
        "-": tongue.dash,
        "_": tongue.dash,
        "+": tongue.plus,
    }
    words = re.findall(r"[^\W\d_]+|\d+|[@./_+-]", bare)
    said = (digits(word, tongue.tag) if word.isdecimal() else names.get(word, word) for word in words)
    return " ".join(said)
