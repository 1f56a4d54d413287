"""What a record of a system says: its values, what each stands for, and which events have happened."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from domain.truth.known import Known, Reading, Record, Source
from domain.truth.things import Thing
from domain.truth.values import ClockTime, Code, Count, Days, Money, Value, code_of
from domain.truth.words import RecordWords, record_words

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_CLOCK = re.compile(r"\b([01]?\d|2[0-4]):([0-5]\d)\b")
_CODE = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\+?\w*\d[\w-]*")
_WORD = re.compile(r"[^\W\d_]+")
_UNITS = {
    "days": "day",
    "weeks": "week",
    "months": "month",
    "hours": "hour",
    "minutes": "minute",
    "percent": "percent",
}
_STATE_KEYS = frozenset({"state", "status", "outcome"})
_KIND_KEYS = ("kind", "type", "purpose")
_OCCASIONS = frozenset({"payments", "charges", "refunds", "attempts", "disputes"})
"""Lists whose length says how many times something happened."""
_NO_STATE: Mapping[str, frozenset[str]] = dict.fromkeys(("done", "coming", "maybe"), frozenset())
_TEXT_IS_PASSAGE = frozenset({"passages"})


class RecordReader:
    """Reads the JSON of one answer into records."""

    def __init__(self, *, first: int, source: Source, today: date, zone: ZoneInfo, role: str = "") -> None:
        self._next = first
        self._source = source
        self._today = today
        self._zone = zone
        self._role = role
        self._table: RecordWords = record_words()
        self._read = Reading(source=source)
        self._thing = ""

    def read(self, facts: Mapping[str, Any]) -> Reading:
        """A list of things at the top is as many records."""
        lists = {key: value for key, value in facts.items() if isinstance(value, list)}
        own = {key: value for key, value in facts.items() if key not in lists}
        things = [item for value in lists.values() for item in value if isinstance(item, Mapping)]
        if lists and not any(key.endswith("_id") or key in _STATE_KEYS for key in own):
            shared = self._record()
            self._walk(own, (), shared)
            for key, value in lists.items():
                self._count(key, value, shared)
                if key in _TEXT_IS_PASSAGE:
                    self._read.passages += [str(text) for item in value for text in _texts(item)]
                    continue
                for item in value:
                    self._walk(item, (), self._record() if item in things else shared)
        else:
            self._walk(facts, (), self._record())
        for record in self._read.records:
            if self._day(record, "expected", "delivered") > self._day(record, "promised") > date.min:
                record.done.add("delay")
        return self._read

    def _day(self, record: Record, *roles: str) -> date:
        """The latest day of the record in one of these roles."""
        days = (
            known.value for known in self._read.known if known.record == record.number and known.role in roles
        )
        return max((day.ranges[0][0] for day in days if isinstance(day, Days)), default=date.min)

    def _record(self) -> Record:
        record = Record(number=self._next, source=self._source)
        self._next += 1
        self._read.records.append(record)
        return record

    def _walk(self, node: Any, path: tuple[str, ...], record: Record, *, is_part: bool = False) -> None:
        match node:
            case {"amount_minor": int(minor), "currency": str(currency)}:
                self._amount(Money(minor, currency), path, record)
            case Mapping():
                self._mapping(node, path, record, is_part=is_part)
            case list():
                self._count(path[-1] if path else "", node, record)
                for item in node:
                    self._walk(item, path, record, is_part=True)
            case bool() | None:
                pass
            case int() | float() | Decimal():
                self._number(Decimal(str(node)), path, record)
            case str():
                self._text(node, path, record, is_part=is_part)

    def _mapping(
        self, node: Mapping[str, Any], path: tuple[str, ...], record: Record, *, is_part: bool
    ) -> None:
        kind = next((str(node[key]) for key in _KIND_KEYS if isinstance(node.get(key), str)), "")
        outer, self._thing = self._thing, self._thing_of(node, record, is_part=is_part)
        inner = (*path, kind) if kind in self._table.roles else path
        currency = str(node.get("currency", ""))
        for key, value in node.items():
            self._read.keys.update(key.lower().split("_"))
            if key.startswith("free_") and value:
                record.done.add("free")
            named = key.removesuffix("_minor").removesuffix("_cents")
            if isinstance(value, int) and not isinstance(value, bool) and named != key:
                self._amount(Money(value, currency), (*inner, named), record)
            elif currency and isinstance(value, int | float | Decimal) and not isinstance(value, bool):
                self._amount(Money(round(Decimal(str(value)) * 100), currency), (*inner, key), record)
            else:
                self._walk(value, (*inner, key), record, is_part=is_part)
        price, quantity = node.get("unit_price"), node.get("quantity")
        if isinstance(price, Mapping) and isinstance(quantity, int) and "amount_minor" in price:
            minor = int(price["amount_minor"]) * quantity
            self._amount(Money(minor, str(price.get("currency", ""))), (*inner, "total"), record)
        if isinstance(available := node.get("available"), int | bool):
            record.is_known = True
            record.done.add("in_stock" if available else "sold_out")
        self._thing = outer

    def _thing_of(self, node: Mapping[str, Any], record: Record, *, is_part: bool) -> str:
        """A line or an article with a name, which is kept; without one it belongs to what surrounds it."""
        name, available = node.get("name"), node.get("available")
        if not isinstance(name, str) or not (is_part or "available" in node):
            return self._thing
        words = " ".join(_WORD.findall(name.lower()))
        state = str(node.get("state", ""))
        if isinstance(available, int):
            state = "in_stock" if available else "sold_out"
        known = self._table.states.get(_state_name(state), _NO_STATE)
        quantity = node.get("quantity")
        self._read.things.append(
            Thing(
                name=words,
                record=record.number,
                quantity=quantity if isinstance(quantity, int) else available,
                done=known["done"],
                coming=known["coming"],
                maybe=known["maybe"],
                state=state,
            )
        )
        return words

    def role_of(self, path: tuple[str, ...]) -> str:
        """The last telling word of the path decides: `totals.refunded` is a refund."""
        for key in reversed(path):
            words = key.lower().split("_")
            if self._table.roles.get(words[0]) == "previous":
                return "previous"
            pairs = ["_".join(words[at : at + 2]) for at in range(len(words) - 1)]
            for word in (*pairs, *words):
                if role := self._table.roles.get(word):
                    return role
        return self._role

    def _add(self, value: Value, role: str, record: Record) -> None:
        self._read.known.append(Known(value, role, record.number, self._source, thing=self._thing))

    def _amount(self, value: Money, path: tuple[str, ...], record: Record) -> None:
        role = self.role_of(path)
        self._add(value, role, record)
        if role == "refund" and value.minor > 0 and self._source == "record":
            record.done.add("refund")

    def _count(self, key: str, value: list[Any], record: Record) -> None:
        unit = "time" if key in _OCCASIONS else ""
        self._add(Count(Decimal(len(value)), unit), "", record)
        quantities = [item.get("quantity") for item in value if isinstance(item, Mapping)]
        numbers = [quantity for quantity in quantities if isinstance(quantity, int)]
        if numbers:
            self._add(Count(Decimal(sum(numbers))), "", record)

    def _number(self, value: Decimal, path: tuple[str, ...], record: Record) -> None:
        words = path[-1].lower().split("_") if path else []
        unit = next((_UNITS[word] for word in words if word in _UNITS), "")
        self._add(Count(value, unit), "", record)
        if self.role_of(path[-1:]) in {"price", "refund", "fee", "credit", "delivery_cost"}:
            self._amount(Money(round(value * 100)), path, record)

    def _text(self, text: str, path: tuple[str, ...], record: Record, *, is_part: bool) -> None:
        key = path[-1].lower() if path else ""
        if key in _STATE_KEYS or key.endswith("_state"):
            self._state(text, record, is_part=is_part)
        if _DAY.match(text):
            self._moment(text, path, record)
            return
        for hour, minute in _CLOCK.findall(text):
            minutes = frozenset({(int(hour) * 60 + int(minute)) % (24 * 60)})
            self._add(ClockTime(minutes), self.role_of(path), record)
        for found in _CODE.findall(text):
            code = found.lower() if "@" in found else code_of(found)
            self._add(Code(code), "", record)
            if key == "id" or key.endswith(("_id", "number")):
                record.codes.add(code)
        joined = code_of(text)
        if joined.isalnum() and any(sign.isdecimal() for sign in joined) and len(joined) <= 24:
            self._add(Code(joined), "", record)
        self._read.texts.append((text, record.number))
        self._read.words.update(word.lower() for word in _WORD.findall(text))
        try:
            if self.role_of(path[-1:]) in {"price", "refund", "fee", "credit"}:
                self._amount(Money(round(Decimal(text) * 100)), path, record)
        except InvalidOperation:
            pass

    def _moment(self, text: str, path: tuple[str, ...], record: Record) -> None:
        role = self.role_of(path)
        try:
            day = date.fromisoformat(text[:10])
            if len(text) > 10:
                moment = datetime.fromisoformat(text)
                local = moment.astimezone(self._zone) if moment.tzinfo else moment
                day = local.date()
                minutes = frozenset({local.hour * 60 + local.minute})
                self._add(ClockTime(minutes), role, record)
        except ValueError:
            return
        self._add(Days(((day, day),)), role, record)
        if (event := self._table.events.get(role)) and day <= self._today:
            record.done.add(event)
        if event := self._table.stated.get(role):
            record.done.add(event)
        if (event := self._table.announced.get(role)) and day >= self._today:
            record.coming.add(event)

    def _state(self, state: str, record: Record, *, is_part: bool) -> None:
        name = _state_name(state)
        known = self._table.states.get(name)
        self._read.words.update(name.split("_"))
        if known is None:
            return
        if is_part:
            record.partly_done |= known["done"]
            return
        record.is_known = True
        record.done |= known["done"]
        record.coming |= known["coming"]
        record.maybe |= known["maybe"]


def _state_name(state: str) -> str:
    return state.lower().replace(" ", "_").replace("-", "_")


def _texts(item: Any) -> Iterator[str]:
    match item:
        case str():
            yield item
        case Mapping():
            yield from (str(item[key]) for key in ("title", "section", "text") if key in item)
