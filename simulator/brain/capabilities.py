"""Which of the offered tools can do what is needed: told by description and parameters, never by a name."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from simulator.brain.dialogue import Dialogues
from simulator.brain.spoken import words

ENOUGH = 0.22
"""From this likeness of its description on, a tool counts as offering a capability."""
_NEVER_ASKED = frozenset({"question", "customer"})
_NO_REASON = frozenset({"other", "not_said"})


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A function that the request offers."""

    name: str
    description: str
    parameters: Mapping[str, Mapping[str, object]]
    required: frozenset[str]

    @property
    def about(self) -> str:
        """What can be read of it; its name counts only where nothing else is said."""
        described = [str(schema.get("description", "")) for schema in self.parameters.values()]
        return " ".join([self.description, *described]).strip() or _as_words(self.name)

    def choices(self) -> tuple[str, list[str]]:
        """The first parameter that takes one of several values, with these; empty where none does."""
        for name, schema in self.parameters.items():
            if isinstance(choices := schema.get("enum"), list):
                return name, [str(choice) for choice in choices]
        return "", []


class Toolbox:
    """The tools of one request, sorted by what they are for."""

    def __init__(self, tools: Sequence[Tool], dialogues: Dialogues) -> None:
        self._dialogues = dialogues
        self._by_capability: dict[str, tuple[float, Tool]] = {}
        self._capability_of: dict[str, str] = {}
        for tool in tools:
            scores = dialogues.tool_descriptions.scores(tool.description or tool.about)
            fitting = {name: score for name, score in scores.items() if self._takes_what_it_needs(tool, name)}
            best = max(fitting, key=lambda name: (fitting[name], name), default=None)
            if best is None or fitting[best] < ENOUGH:
                continue
            self._capability_of[tool.name] = best
            if best not in self._by_capability or fitting[best] > self._by_capability[best][0]:
                self._by_capability[best] = (fitting[best], tool)

    def offering(self, capability: str) -> Tool | None:
        found = self._by_capability.get(capability)
        return found[1] if found else None

    def capability_of(self, tool: str, arguments: Iterable[str] = ()) -> str | None:
        """What a tool that was called is for; of one not offered any more, name and arguments are left."""
        if tool in self._capability_of:
            return self._capability_of[tool]
        scores = self._dialogues.tool_descriptions.scores(_as_words(tool))
        order = self._dialogues.slots["order_number"].parameter
        if any(re.search(order, _as_words(name)) for name in arguments):
            scores.pop("list_orders", None)
        best = max(scores, key=lambda name: (scores[name], name), default="")
        return best if scores.get(best, 0.0) >= ENOUGH else None

    def _takes_what_it_needs(self, tool: Tool, capability: str) -> bool:
        needs = self._dialogues.capabilities[capability].needs
        if not all(any(self._fits(tool, name, slot) for name in tool.parameters) for slot in needs):
            return False
        match capability:
            case "order_by_number":
                return any(self._fits(tool, name, "order_number") for name in tool.parameters)
            case "list_orders":
                return not any(self._fits(tool, name, "order_number") for name in tool.required)
            case "search_documents" | "take_message":
                return bool(tool.parameters)
            case "end_call" | "opening_hours":
                return not any(self._fits(tool, name, "order_number") for name in tool.parameters)
            case "begin_goal":
                return len(tool.choices()[1]) > 1
            case _:
                return True

    def _fits(self, tool: Tool, parameter: str, slot: str) -> bool:
        pattern = self._dialogues.slots[slot].parameter
        described = str(tool.parameters[parameter].get("description", ""))
        return bool(re.search(pattern, _as_words(parameter)) or re.search(pattern, described.lower()))

    def slot_of(self, tool: Tool, parameter: str, capability: str) -> str | None:
        """What belongs into a parameter: its name decides before its description does."""
        slots = self._dialogues.capabilities[capability].slots
        described = str(tool.parameters[parameter].get("description", "")).lower()
        for text in (_as_words(parameter), described):
            for slot in slots:
                if re.search(self._dialogues.slots[slot].parameter, text):
                    return slot
        return slots[0] if len(slots) == 1 and len(tool.required) <= 1 else None

    def choose(self, choices: Sequence[str], said: str) -> str | None:
        """The choice that the caller's words mean; None where they mean none of them."""
        spoken = f" {' '.join(words(said))} "

        def likeness(choice: str) -> int:
            ways = (_as_words(choice), *self._dialogues.meanings.get(choice, ()))
            return max(len(way) if f" {way} " in spoken else 0 for way in ways)

        best = max(choices, key=likeness, default=None)
        return best if best is not None and likeness(best) else None


def fill(toolbox: Toolbox, tool: Tool, capability: str, known: Mapping[str, str]) -> dict[str, object] | str:
    """The arguments; or the name of a slot that a required parameter still lacks."""
    arguments: dict[str, object] = {}
    for parameter, schema in tool.parameters.items():
        slot = toolbox.slot_of(tool, parameter, capability)
        value = known.get(slot) if slot else None
        choices = schema.get("enum")
        if isinstance(choices, list):
            listed = [str(choice) for choice in choices]
            value = toolbox.choose(listed, f"{known.get('said', '')} {value or ''}")
            value = value or next((choice for choice in listed if choice in _NO_REASON), None)
        if value:
            arguments[parameter] = _typed(value, schema)
        elif parameter in tool.required:
            if slot and slot not in _NEVER_ASKED:
                return slot
            arguments[parameter] = _made_up(schema, known)
    return arguments


def _as_words(name: str) -> str:
    return " ".join(re.split(r"[_\W]+|(?<=[a-z])(?=[A-Z])", name)).lower()


def _typed(value: str, schema: Mapping[str, object]) -> object:
    if schema.get("type") == "integer" and value.isdigit():
        return int(value)
    return value


def _made_up(schema: Mapping[str, object], known: Mapping[str, str]) -> object:
    """A required parameter that nobody asked us to know: the least committing value of its type."""
    choices = schema.get("enum")
    if isinstance(choices, list) and choices:
        return choices[0]
    match schema.get("type"):
        case "boolean":
            return False
        case "integer" | "number":
            return 0
        case "array":
            return []
        case "object":
            return {}
        case _:
            return known.get("utterance", "")
