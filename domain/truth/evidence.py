"""What is true in this call: everything that its sentences may lean on, gathered as the call goes on."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from domain.company import OpeningHours
from domain.truth.deeds import Deed, Deeds, DeedStatus, families_of_deed
from domain.truth.documents import read_passage, values_of
from domain.truth.known import ON_THE_ROAD, Known, Reading, Record, Source
from domain.truth.mentions import mentions_in
from domain.truth.passages import PassageSentence
from domain.truth.records import RecordReader
from domain.truth.things import Things
from domain.truth.tokens import Token, tokens_of
from domain.truth.values import ClockTime, Code, Count, Days, Money, Value
from domain.truth.words import Words

__all__ = ["Deed", "DeedStatus", "Evidence", "folded"]

_TELLING: frozenset[DeedStatus] = frozenset({"done", "under_way", "waiting", "approved"})
_PART = 5
"""Letters from which a word counts as part of a compound."""
_WORD = re.compile(r"[^\W\d_]+")
_FOLDED = {"week": ("day", 7), "year": ("month", 12), "hour": ("minute", 60)}


class Evidence:
    """Grows only; what was true stays readable, and a later record of the same thing stands beside the first.

    `names` are words that anybody may hear: the company's name, its products. `inner` are the names of
    tools and sentences of the prompt, which nobody may. `forbidden` are topics or words that the company
    forbids.
    """

    def __init__(
        self,
        *,
        today: date,
        zone: ZoneInfo,
        words: Words,
        hours: OpeningHours | None = None,
        names: Iterable[str] = (),
        inner: Iterable[str] = (),
        forbidden: Iterable[str] = (),
    ) -> None:
        self.today = today
        self.hours = hours
        self.words = words
        self.inner = tuple(text.lower() for text in inner)
        self.forbidden = tuple(text.lower() for text in forbidden)
        self.records: list[Record] = []
        self.passages: list[PassageSentence] = []
        self._zone = zone
        self.deeds = Deeds()
        self.things = Things(words.plain)
        self._money: dict[int, list[Known]] = {}
        self._days: list[Known] = []
        self._minutes: dict[int, list[Known]] = {}
        self._counts: dict[Decimal, list[Known]] = {}
        self._codes: set[str] = set()
        self._said_codes: set[str] = set()
        self._heard: list[Value] = []
        self._names: set[str] = set()
        self._roots: set[str] = set()
        self._keys: set[str] = set()
        self._did: set[str] = set()
        self.stated_kinds: dict[str, set[str]] = {}
        """Of words that exclude each other, those that records and deeds hold."""
        for name in names:
            self._hear(name)
        if hours is not None:
            self._learn_hours(hours)

    # -- learning -----------------------------------------------------------------------------------

    def learn_facts(self, facts: Mapping[str, Any]) -> None:
        """What an action answered; its `passages` count as cited."""
        self._take(self._read(facts, "record"))

    def learn_deed(self, deed: Deed) -> None:
        """A deed that is undone or failed vouches for nothing that it would have brought about."""
        families = families_of_deed(deed)
        kinds = frozenset(map(self.words.plain.root, deed.kind.lower().split("_")))
        self._roots |= kinds
        if deed.status == "done":
            self._did |= kinds
        codes: set[str] = set()
        first = len(self.records)
        if deed.status in _TELLING:
            role = next((name for name in ("refund", "credit", "visit") if name in families), "")
            role = "visit" if families & {"book", "move"} else role
            reading = self._read(deed.facts, "deed", role=role)
            for record in reading.records:
                codes |= record.codes
                record.done &= {"free", *ON_THE_ROAD}
            self._take(reading)
        elif deed.status != "undone":
            asked = self._read(deed.facts, "asked")
            self._roots.update(map(self.words.plain.root, asked.words | asked.keys))
            for known in asked.known:
                self._index(known)
        self.deeds.learn(deed, codes, range(first, len(self.records)))

    def learn_passage(self, text: str) -> None:
        """A passage of the company's documents that this call cited."""
        self._hear(text)
        for sentence in read_passage(text, self.words, self.today):
            self.passages.append(sentence)
            for known in values_of(sentence, len(self.passages) - 1):
                self._index(known)

    def learn_said(self, text: str) -> None:
        """The caller's words: numbers and names may be given back, but prove nothing."""
        tokens = self._hear(text)
        for mention in mentions_in(tokens, self.words, self.today):
            self._heard += mention.readings
            self._said_codes.update(value.text for value in mention.readings if isinstance(value, Code))

    def learn_company(self, text: str) -> None:
        """What the company says of itself: values in it may be said to anybody."""
        tokens = self._hear(text)
        for mention in mentions_in(tokens, self.words, self.today):
            for value in mention.readings:
                self._index(Known(value, "", -1, "company"))

    def _read(self, facts: Mapping[str, Any], source: Source, *, role: str = "") -> Reading:
        first = len(self.records)
        reader = RecordReader(first=first, source=source, today=self.today, zone=self._zone, role=role)
        return reader.read(facts)

    def _take(self, reading: Reading) -> None:
        self.records += reading.records
        self._names |= reading.words
        for value, record in reading.texts:
            self._learn_numbers(value, record, reading.source)
            for found in self.words.kinds.all(_WORD.findall(value.lower())):
                kind, name = found.meaning
                self.stated_kinds.setdefault(kind, set()).add(name)
        self._keys.update(map(self.words.plain.root, reading.keys))
        self._roots.update(map(self.words.plain.root, reading.words))
        self._roots |= self._keys
        for known in reading.known:
            self._index(known)
        self.things.learn(reading.things)
        for passage in reading.passages:
            self.learn_passage(passage)

    def _learn_numbers(self, text: str, record: int, source: Source) -> None:
        """What a record says in words counts as what it says in numbers: "three months at twenty percent"."""
        if " " not in text:
            return
        for mention in mentions_in(tokens_of(text, self.words), self.words, self.today):
            for value in mention.readings:
                if not isinstance(value, Code):
                    self._index(Known(value, "", record, source))

    def _hear(self, text: str) -> list[Token]:
        """Its words may be spoken from now on, names among them."""
        tokens = tokens_of(text, self.words)
        spoken = [token.text for token in tokens if token.kind == "word"]
        self._names.update(spoken)
        self._roots.update(map(self.words.plain.root, spoken))
        return tokens

    def _learn_hours(self, hours: OpeningHours) -> None:
        for weekday, spans in hours.weekly.items():
            near = tuple(
                (self.today + timedelta(days=ahead), self.today + timedelta(days=ahead)) for ahead in range(7)
            )
            days = tuple(span for span in near if span[0].weekday() == weekday)
            self._index(Known(Days(days, weekday=weekday), "hours", -1, "company"))
            for moment in (moment for span in spans for moment in span):
                minutes = ClockTime(frozenset({moment.hour * 60 + moment.minute}))
                self._index(Known(minutes, "hours", -1, "company"))

    def _index(self, known: Known) -> None:
        match known.value:
            case Money(minor=minor):
                self._money.setdefault(minor, []).append(known)
            case Days():
                self._days.append(known)
            case ClockTime(minutes=minutes):
                for minute in minutes:
                    self._minutes.setdefault(minute, []).append(known)
            case Count() as count:
                self._counts.setdefault(folded(count).value, []).append(known)
            case Code(text=text):
                self._codes.add(text)

    # -- asking ---------------------------------------------------------------------------------------

    def money(self, minor: int) -> list[Known]:
        return self._money.get(minor, [])

    def all_money(self) -> Iterator[Known]:
        return (known for entries in self._money.values() for known in entries)

    def days(self) -> list[Known]:
        return self._days

    def tells_times(self, records: Collection[int]) -> bool:
        """Whether one of these records names a time of day."""
        return any(known.record in records for entries in self._minutes.values() for known in entries)

    def minutes(self, minute: int) -> list[Known]:
        return self._minutes.get(minute, [])

    def counts(self, count: Count) -> list[Known]:
        """The same number with the same unit, or with none on either side."""
        wanted = folded(count)
        return [
            known
            for known in self._counts.get(wanted.value, ())
            if isinstance(known.value, Count) and _same_unit(folded(known.value).unit, wanted.unit)
        ]

    def all_counts(self) -> Iterator[Known]:
        return (known for entries in self._counts.values() for known in entries)

    def knows_name(self, word: str) -> bool:
        return word in self._names

    def asks_of_callers(self, root: str) -> bool:
        """Whether a record names what the caller does: `send_by`."""
        return root in self._keys

    def holds_part_of(self, root: str) -> bool:
        """For compounds: who knows of a parcel may speak of a parcel's label."""
        return any(len(known) >= _PART and (known in root or root in known) for known in self._roots)

    def did(self, root: str) -> bool:
        """Whether a deed that is done is called so."""
        return root in self._did

    def has_role(self, role: str) -> bool:
        """Whether a record states a day or an amount in this role."""
        if role == "order":
            return any(record.codes for record in self.records)
        return any(known.role == role and known.source in {"record", "deed"} for known in self._days)

    def knows_root(self, root: str) -> bool:
        return root in self._roots

    def heard(self, value: Value) -> bool:
        """The caller said it in this call."""
        if isinstance(value, Days):
            return any(
                isinstance(said, Days) and set(said.ranges) & set(value.ranges) for said in self._heard
            )
        if isinstance(value, Count):
            return any(isinstance(said, Count) and said.value == value.value for said in self._heard)
        return value in self._heard

    def knows_code(self, text: str) -> bool:
        known = self._codes | self._said_codes
        if text in known or (len(text) >= 6 and any(code.endswith(text) for code in known)):
            return True
        return _is_made_of(text, known)

    def ends_code(self, text: str) -> bool:
        """For "the card ending in 4711"."""
        return len(text) >= 3 and any(
            code.endswith(text) or code.startswith(text) for code in self._codes | self._said_codes
        )

    def records_of(self, codes: Iterable[str]) -> list[Record]:
        """The records that these identifiers name; all, where they name none."""
        named = set(codes)
        return [record for record in self.records if record.codes & named] or self.records


def folded(count: Count) -> Count:
    """Weeks as days, years as months, hours as minutes, so that "two weeks" are "fourteen days"."""
    unit, times = _FOLDED.get(count.unit, (count.unit, 1))
    return Count(count.value * times, unit)


_MEASURED = frozenset({"time", "day", "month", "minute", "percent", "kilogram", "kilometre"})


def _same_unit(one: str, other: str) -> bool:
    if one == other:
        return True
    return not other or (not one and other not in _MEASURED)


def _is_made_of(text: str, codes: set[str]) -> bool:
    """Two identifiers said one after the other."""
    return any(len(code) >= 3 and text.startswith(code) and (text[len(code) :] in codes) for code in codes)
