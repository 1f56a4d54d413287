"""The words of one language for money, days and events, read from its file and compiled once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal, NamedTuple

from domain.language import language_for
from domain.spoken_digits import DigitWords
from domain.truth.phrases import GAP, Phrases
from domain.truth.plain import Plain, plain_words

Form = Literal["done", "base", "doing", "says", "coming"]
_FORMS: tuple[Form, ...] = ("done", "base", "doing", "says", "coming")


class Sense(NamedTuple):
    """What a phrase says: of which family of events, and in which form."""

    family: str
    form: Form
    denies: bool
    """The phrase has a negation of its own: "did not go through"."""


@dataclass(frozen=True, kw_only=True)
class Family:
    """One kind of event, as far as the language knows which days and amounts belong to it."""

    name: str
    days: frozenset[str]
    """Roles of a day said with the event when it has happened; empty: any."""
    coming_days: frozenset[str]
    amounts: frozenset[str]
    is_ours: bool
    """We do it, so that the call's own ledger knows whether it was done."""


@dataclass(frozen=True, kw_only=True)
class Months:
    """Names of months and weekdays, and words that stand for days counted from today."""

    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    relative: Phrases[int]
    spans: Phrases[tuple[int, int]]
    """Weeks from this one, first and last."""
    month_spans: Phrases[int]
    years: Phrases[int]
    ends: Phrases[str]
    """The end of which unit: "week" or "month"."""
    weekend: Phrases[bool]


@dataclass(frozen=True, kw_only=True)
class Words:
    """One language, compiled. `table` is the file itself, for what is looked up as it stands."""

    tag: str
    table: Mapping[str, Any]
    digits: DigitWords
    ordinals: Mapping[str, int]
    currencies: Mapping[str, tuple[str, bool]]
    """Word or sign to (ISO 4217, whether it names the hundredth)."""
    units: Phrases[tuple[str, int]]
    """(unit, how many of it): "fortnight" is ("day", 14)."""
    calendar: Months
    families: Mapping[str, Family]
    senses: Phrases[Sense]
    sense_words: frozenset[str]
    """Every word with which an event may be told."""
    plain: Plain
    kinds: Phrases[tuple[str, str]]
    """(kind, which of it): of one kind a thing is only one, such as silver and not gold."""
    harmless: Phrases[bool]
    sets: Mapping[str, frozenset[str]]
    """Single words by "section.key"."""
    phrases: Mapping[str, Phrases[bool]]
    """Phrases by "section.key"."""
    topics: Mapping[str, Phrases[bool]]

    def has(self, name: str, word: str) -> bool:
        return word in self.sets[name]


def words_for(tag: str) -> Words:
    """By BCP 47 tag. Raises `LanguageUnknown` where the language has no file."""
    return _load(language_for(tag).tag)


@cache
def _load(primary: str) -> Words:
    file = resources.files("domain.truth") / f"words_{primary}.toml"
    return parse_words(primary, file.read_text(encoding="utf-8"))


def parse_words(tag: str, toml: str) -> Words:
    """Raises KeyError where the file lacks a part."""
    table = tomllib.loads(toml)
    families = table["families"]
    negations = set(table["clauses"]["negations"])
    return Words(
        tag=tag,
        table=table,
        digits=(digits := language_for(tag).digit_words),
        ordinals=_ordinals(table["ordinals"], digits),
        currencies=_currencies(table["money"]),
        units=_units(table["units"]),
        calendar=_months(table["calendar"]),
        families={name: _family(name, entry) for name, entry in families.items()},
        senses=Phrases(
            (phrase, Sense(name, form, bool(negations & set(phrase.split()))))
            for form in ("says", "coming", "done", "base", "doing")
            for name, entry in families.items()
            for phrase in entry[form]
        ),
        sense_words=frozenset(
            word
            for entry in families.values()
            for form in _FORMS
            for phrase in entry[form]
            for word in phrase.split()
            if word != GAP
        ),
        plain=plain_words(tag, _spoken_words(table)),
        kinds=Phrases(
            (phrase, (kind, name))
            for kind, names in table["kinds"].items()
            for name, phrases in names.items()
            for phrase in phrases
        ),
        harmless=_phrases(table["harmless"]["phrases"]),
        sets={
            f"{section}.{key}": frozenset(words)
            for section in ("numbers", "clock", "calendar", "identifiers", "clauses", "ordinals")
            for key, words in table[section].items()
            if isinstance(words, list)
        },
        phrases={
            f"{section}.{key}": _phrases(words)
            for section in ("numbers", "talk", "clauses", "never", "calendar", "clock")
            for key, words in table[section].items()
            if isinstance(words, list)
        },
        topics={name: _phrases(words) for name, words in table["topics"].items()},
    )


def _spoken_words(table: Mapping[str, Any]) -> tuple[str, ...]:
    """Words that are read as grammar, number or time, and so say nothing by themselves."""
    lists = (
        *(table["units"][key] for key in table["units"] if key != "fold"),
        *(
            words
            for section in ("numbers", "clock", "calendar", "identifiers", "clauses", "talk")
            for key, words in table[section].items()
            if isinstance(words, list | dict) and key != "short_months"
        ),
    )
    return tuple(word for words in lists for phrase in words for word in str(phrase).split())


def _phrases(phrases: list[str]) -> Phrases[bool]:
    return Phrases((phrase, True) for phrase in phrases)


def _ordinals(table: Mapping[str, Any], digits: DigitWords) -> dict[str, int]:
    """German makes them of its numbers and an ending: "vierundzwanzig" + "sten"."""
    made = {
        f"{word}{ending}": value
        for ending in table["of_cardinals"]
        for word, value in {**digits.small, **digits.tens}.items()
        if 0 < value < 32
    }
    return made | {str(word): int(value) for word, value in table["words"].items()}


def _currencies(table: Mapping[str, Any]) -> dict[str, tuple[str, bool]]:
    """A hundredth that several currencies share, such as the cent, names none of them."""
    named: dict[str, tuple[str, bool]] = {}
    for code, entry in table.items():
        for key in ("many", "hundredth"):
            for word in entry[key]:
                named[word] = ("" if word in named else code, key == "hundredth")
    return named


def _units(table: Mapping[str, Any]) -> Phrases[tuple[str, int]]:
    plain = [(word, (unit, 1)) for unit, words in table.items() if isinstance(words, list) for word in words]
    return Phrases(plain + [(word, (unit, int(count))) for word, (count, unit) in table["fold"].items()])


def _months(table: Mapping[str, Any]) -> Months:
    months = {name: at for key in ("short_months", "months") for at, name in enumerate(table[key], start=1)}
    return Months(
        months=months,
        weekdays={name: at for at, name in enumerate(table["weekdays"])},
        relative=Phrases(table["relative"].items()),
        spans=Phrases((phrase, (first, last)) for phrase, (first, last) in table["spans"].items()),
        month_spans=Phrases(table["month_spans"].items()),
        years=Phrases(table["years"].items()),
        ends=Phrases(table["ends"].items()),
        weekend=_phrases(table["weekend"]),
    )


def _family(name: str, entry: Mapping[str, Any]) -> Family:
    return Family(
        name=name,
        days=frozenset(entry["days"]),
        coming_days=frozenset(entry.get("coming_days", entry["days"])),
        amounts=frozenset(entry["amounts"]),
        is_ours=entry["ours"],
    )


@dataclass(frozen=True, kw_only=True)
class RecordWords:
    """What states and keys of records say, from `families.toml`."""

    states: Mapping[str, Mapping[str, frozenset[str]]]
    roles: Mapping[str, str]
    """Word of a key to its role."""
    deeds: Phrases[frozenset[str]]
    """Words of an action's name to the families that it brings about."""
    nouns: Mapping[str, frozenset[str]]
    """The same for names that hold no verb."""
    objects: tuple[frozenset[str], ...]
    """What a deed can be done to: whole things, and parts of them."""
    brings: Mapping[str, frozenset[str]]
    """Family to those that may be announced once it is done."""
    events: Mapping[str, str]
    """Role of a day to the event that happened on it."""
    stated: Mapping[str, str]
    """The same, whenever that day is."""
    announced: Mapping[str, str]
    """Role of a day to the event that is to come on it."""
    past: tuple[str, ...]
    sending: frozenset[str]
    """Families that reach the caller by a channel."""

    def bare(self, text: str) -> str:
        """A word of a deed's name without the ending of the past: "moved" is "move"."""
        bare = (text.removesuffix(ending) for ending in self.past if text.endswith(ending))
        return next((word for word in bare if self.deeds.at((word,), 0)), text)


@cache
def record_words() -> RecordWords:
    table = tomllib.loads((resources.files("domain.truth") / "families.toml").read_text(encoding="utf-8"))
    return RecordWords(
        states={
            state: {part: frozenset(families) for part, families in parts.items()}
            for state, parts in table["states"].items()
        },
        roles={word: role for role, words in table["keys"].items() for word in words},
        brings={family: frozenset(others) for family, others in table["brings"].items()},
        events=table["events"],
        stated=table["stated"],
        announced=table["announced"],
        deeds=Phrases(_turned(table["deeds"]).items()),
        nouns=_turned(table["nouns"]),
        objects=tuple(frozenset(nouns) for nouns in table["objects"].values()),
        sending=frozenset(table["sending"]["families"]),
        past=tuple(table["past"]["endings"]),
    )


def _turned(table: Mapping[str, list[str]]) -> dict[str, frozenset[str]]:
    """From each word to the families under which it stands."""
    return {
        word: frozenset(family for family, words in table.items() if word in words)
        for each in table.values()
        for word in each
    }
