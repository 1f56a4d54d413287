"""What a tool gave back, and the words for it."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from simulator.brain.dialogue import Dialogues
from simulator.brain.passages import for_the_ear
from simulator.brain.spoken import say_date, say_digits, say_list
from simulator.brain.transcript import UNFINISHED

Fields = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Result:
    """A tool's answer, read liberally."""

    outcome: Literal["found", "not_found", "failed", "cancelled", "unfinished"]
    """What `name` comes to."""
    name: str = ""
    """The outcome as the tool calls it, lower case."""
    say: str
    """The words that the tool itself offers, or empty."""
    data: object


def read_result(text: str) -> Result:
    if text == UNFINISHED:
        return Result(outcome="unfinished", say="", data={})
    if text.startswith("CANCELLED"):
        return Result(outcome="cancelled", say="", data={})
    try:
        raw = json.loads(text)
    except ValueError:
        raw = text
    if isinstance(raw, str):
        return Result(outcome="found", say="" if raw == "COMPLETED" else for_the_ear(raw), data={})
    if not isinstance(raw, dict):
        return Result(outcome="found" if raw else "not_found", say="", data=raw)
    say = next((raw[key] for key in ("say", "spoken", "message") if isinstance(raw.get(key), str)), "")
    data = raw.get("facts", raw.get("data", raw))
    return Result(
        name=str(raw.get("outcome", "")).lower(),
        outcome=_outcome(raw),
        say=_filled(for_the_ear(say) if "{" not in say else say, data),
        data=data,
    )


def _outcome(raw: Fields) -> Literal["found", "not_found", "failed"]:
    named = str(raw.get("outcome", raw.get("result", ""))).lower()
    if re.search(r"not.?found|nothing|none|empty|no_|unknown", named):
        return "not_found"
    if raw.get("error") or re.search(
        r"fail|error|unavailable|time|refused|den(?:y|ied)|broken|invalid", named
    ):
        return "failed"
    return "found"


def _filled(say: str, data: object) -> str:
    if "{" not in say or not isinstance(data, dict):
        return say
    known = {key: str(value) for key, value in data.items()}
    return for_the_ear(re.sub(r"\{(\w+)\}", lambda match: known.get(match[1], ""), say))


class Wording:
    """Sentences out of fields, by one company's templates."""

    def __init__(self, dialogues: Dialogues) -> None:
        self._dialogues = dialogues

    def order(self, data: object, *, number: str = "") -> str:
        """Where an order is; empty if the fields do not tell."""
        status = re.sub(r"[-_]", " ", str(self.field(data, "status") or "").lower())
        if not status:
            return ""
        templates = self._dialogues.answers["order_by_number"]
        same = (name for name, said in self._dialogues.statuses.items() if status in said)
        return self._render(templates[next(same, "other")], data, number)

    def contents(self, data: object, *, number: str = "", last: bool = False) -> str:
        """What is in an order; empty if the fields do not tell."""
        if not self.field(data, "items"):
            return ""
        template = (
            self._dialogues.answers["list_orders"]["one_contents"]
            if last
            else self._dialogues.answers["order_by_number"]["contents"]
        )
        return self._render(template, data, number)

    def orders(self, data: object) -> list[Fields]:
        """The orders in a result, those still under way first."""
        found = [item for item in dicts_in_lists(data) if self.field(item, "number")]
        over = {
            status
            for name in ("delivered", "cancelled", "returned")
            for status in self._dialogues.statuses[name]
        }
        return sorted(found, key=lambda order: str(self.field(order, "status") or "").lower() in over)

    def lines(self, data: object) -> list[dict[str, str]]:
        """The lines of one order: `name`, `line_id` and `sku`, as far as they are told."""
        listed = _listed(self.field(data, "items"))
        return [
            {str(key): str(value) for key, value in line.items() if key in {"name", "line_id", "sku"}}
            for line in listed
            if isinstance(line, dict)
        ]

    def variants(self, data: object) -> list[str]:
        """The numbers of the same article in other sizes or colours."""
        found = next((level["variants"] for level in _levels(data) if "variants" in level), None)
        return [str(variant) for variant in _listed(found)]

    def number(self, order: Fields) -> str:
        return re.sub(r"\D", "", str(self.field(order, "number") or ""))

    def field(self, data: object, name: str) -> object:
        """The first value under one of the field's names, outer levels first."""
        names = self._dialogues.fields[name]
        for level in _levels(data):
            for key in names:
                value = level.get(key)
                if value and (name == "items" or isinstance(value, str | int | float)):
                    return value
        return None

    def _render(self, template: str, data: object, number: str) -> str:
        known: dict[str, str] = {}
        for name in self._dialogues.fields:
            value = self.field(data, name)
            if name == "number":
                known[name] = say_digits(re.sub(r"\D", "", str(value or "")) or number)
            elif name == "items":
                known[name] = say_list([item for item in map(_item, _listed(value)) if item])
            elif value:
                known[name] = say_date(str(value)).replace("_", " ")
        text = re.sub(
            r"\[([^\]]*)\]",
            lambda part: part[1] if all(known.get(key) for key in re.findall(r"\{(\w+)\}", part[1])) else "",
            template,
        )
        return re.sub(r"\{(\w+)\}", lambda match: known.get(match[1], ""), text)


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else [value] if value else []


def _item(item: object) -> str:
    if not isinstance(item, dict):
        return str(item)
    name = next((str(item[key]) for key in ("name", "title", "product", "description") if item.get(key)), "")
    count = next((item[key] for key in ("quantity", "count", "qty") if isinstance(item.get(key), int)), 1)
    return f"{count} times {name}" if name and isinstance(count, int) and count > 1 else name


def _levels(data: object) -> Iterator[Fields]:
    waiting = [data]
    while waiting:
        level = waiting.pop(0)
        if isinstance(level, dict):
            yield level
            waiting += [value for value in level.values() if isinstance(value, dict)]


def dicts_in_lists(data: object) -> Iterator[Fields]:
    """The things that a result lists, but not the parts of one."""
    if isinstance(data, list):
        yield from (item for item in data if isinstance(item, dict))
    elif isinstance(data, dict):
        for key, value in data.items():
            if key not in {"items", "lines", "products"}:
                yield from dicts_in_lists(value)
