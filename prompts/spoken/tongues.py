"""The words that turn writing into speech, by language."""

# ruff: noqa: E501 - a table reads better with its rows whole

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, eq=False)
class Tongue:
    """How one language reads signs, units and short forms aloud; compared by identity, as a key of caches."""

    tag: str
    decimal: str
    """The sign before decimals; the other of "." and "," groups thousands."""
    to: str
    """Between the ends of a range."""
    and_: str
    at: str
    dot: str
    slash: str
    dash: str
    plus: str
    minus: str
    number_sign: str
    percent: str
    signs: Mapping[str, str]
    currencies: Mapping[str, tuple[str, str, str, str]]
    """ISO 4217 to (one, many, one hundredth, many hundredths)."""
    units: Mapping[str, tuple[str, str]]
    """Written unit to (one, many)."""
    short_forms: Mapping[str, str]
    identifiers: tuple[str, ...]
    """Words before a number that is read digit by digit."""
    before_day: tuple[str, ...]
    """Prepositions that a relative day swallows: "on today" is nobody's English."""
    today: str
    tomorrow: str
    yesterday: str


ENGLISH = Tongue(
    tag="en",
    decimal=".",
    to="to",
    and_="and",
    at="at",
    dot="dot",
    slash="slash",
    dash="dash",
    plus="plus",
    minus="minus",
    number_sign="number",
    percent="percent",
    signs={"&": "and", "%": "percent", "+": "plus", "=": "equals", "@": "at", "~": "about", "/": "slash", "\u00b0": "degrees"},
    currencies={
        "EUR": ("euro", "euros", "cent", "cents"),
        "USD": ("dollar", "dollars", "cent", "cents"),
        "GBP": ("pound", "pounds", "penny", "pence"),
        "CHF": ("franc", "francs", "centime", "centimes"),
    },
    units={
        "kg": ("kilogram", "kilograms"),
        "g": ("gram", "grams"),
        "km": ("kilometre", "kilometres"),
        "m": ("metre", "metres"),
        "cm": ("centimetre", "centimetres"),
        "mm": ("millimetre", "millimetres"),
        "l": ("litre", "litres"),
        "lb": ("pound", "pounds"),
        "lbs": ("pound", "pounds"),
        "h": ("hour", "hours"),
        "hr": ("hour", "hours"),
        "hrs": ("hour", "hours"),
        "min": ("minute", "minutes"),
        "mins": ("minute", "minutes"),
        "x": ("time", "times"),
        "GB": ("gigabyte", "gigabytes"),
        "W": ("watt", "watts"),
    },
    short_forms={
        "e.g.": "for example",
        "i.e.": "that is",
        "etc.": "and so on",
        "approx.": "about",
        "incl.": "including",
        "excl.": "excluding",
        "vs.": "versus",
        "w/": "with",
        "w/o": "without",
    },
    identifiers=(
        "order", "orders", "invoice", "parcel", "tracking", "shipment", "ticket", "case", "reference", "code",
        "account", "subscription", "booking", "appointment", "customer", "number", "pin", "postcode", "zip",
    ),
    before_day=("on",),
    today="today",
    tomorrow="tomorrow",
    yesterday="yesterday",
)  # fmt: skip

GERMAN = Tongue(
    tag="de",
    decimal=",",
    to="bis",
    and_="und",
    at="\u00e4t",
    dot="Punkt",
    slash="Schr\u00e4gstrich",
    dash="Strich",
    plus="plus",
    minus="minus",
    number_sign="Nummer",
    percent="Prozent",
    signs={"&": "und", "%": "Prozent", "+": "plus", "=": "gleich", "@": "\u00e4t", "~": "etwa", "/": "Schr\u00e4gstrich", "\u00b0": "Grad"},
    currencies={
        "EUR": ("Euro", "Euro", "Cent", "Cent"),
        "USD": ("Dollar", "Dollar", "Cent", "Cent"),
        "GBP": ("Pfund", "Pfund", "Penny", "Pence"),
        "CHF": ("Franken", "Franken", "Rappen", "Rappen"),
    },
    units={
        "kg": ("Kilogramm", "Kilogramm"),
        "g": ("Gramm", "Gramm"),
        "km": ("Kilometer", "Kilometer"),
        "m": ("Meter", "Meter"),
        "cm": ("Zentimeter", "Zentimeter"),
        "mm": ("Millimeter", "Millimeter"),
        "l": ("Liter", "Liter"),
        "h": ("Stunde", "Stunden"),
        "min": ("Minute", "Minuten"),
        "x": ("Mal", "Mal"),
        "GB": ("Gigabyte", "Gigabyte"),
        "W": ("Watt", "Watt"),
    },
    short_forms={
        "z.B.": "zum Beispiel",
        "z. B.": "zum Beispiel",
        "d.h.": "das hei\u00dft",
        "d. h.": "das hei\u00dft",
        "usw.": "und so weiter",
        "ca.": "etwa",
        "inkl.": "inklusive",
        "zzgl.": "zuz\u00fcglich",
        "bzw.": "beziehungsweise",
        "ggf.": "gegebenenfalls",
        "evtl.": "eventuell",
        "Nr.": "Nummer",
        "Tel.": "Telefon",
    },
    identifiers=(
        "bestellung", "bestellnummer", "rechnung", "rechnungsnummer", "paket", "sendung", "sendungsnummer", "ticket",
        "vorgang", "code", "konto", "kundennummer", "nummer", "pin", "postleitzahl", "auftrag", "auftragsnummer",
    ),
    before_day=("am", "zum"),
    today="heute",
    tomorrow="morgen",
    yesterday="gestern",
)  # fmt: skip

_BY_TAG = {tongue.tag: tongue for tongue in (ENGLISH, GERMAN)}


def tongue_for(language: str) -> Tongue:
    """By BCP 47 tag; a language without words of its own reads signs in English rather than not at all."""
    return _BY_TAG.get(language.split("-", 1)[0].lower(), ENGLISH)
