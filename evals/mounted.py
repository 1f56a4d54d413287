"""A JSON-schema tool with a Python executor, as one action of the gate: arguments there and back again."""

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from domain.actions import Action, Argument, ArgumentType, Binding, Identity, Limit, Path, Read, Undo
from domain.money import places
from domain.ports.systems import Answered, MaybeDone, NotDone

Executor = Callable[[str, Mapping[str, Any]], Any]
"""(tool, arguments) to what it answers, or to an awaitable of it; raises what it refuses."""
ANSWER = "answer"
"""Under this name an executor's answer leaves the gate."""
ASKED = "asked"
"""In a read-back: all arguments, one after another."""
_PLAIN: frozenset[str] = frozenset({"string", "integer", "number", "boolean"})
_EMPTY = '""'
"""How a required text that is empty goes through the gate, which takes an empty text for none."""
_ACT, _LOOK = "tool", "record"
REFUSED, MISSING = 422, 404


@dataclass(frozen=True, kw_only=True)
class Tool:
    """One tool of a benchmark, and what the gate is to know of it beside its schema."""

    schema: Mapping[str, Any]
    """As a chat-completions request takes it."""
    run: Executor
    writes: bool
    """It changes something: read back, agreed to, done once. One that reaches a person does not."""
    records: Mapping[str, tuple[str, Mapping[str, Path]]] = field(default_factory=dict)
    """What rules, owner and amount look at: name to the tool that reads it, and what fills its arguments."""
    owner: Path | None = None
    """Where the customer's id stands in a record."""
    identifies: Path | None = None
    """Of a look-up that proves who the user is: where their id stands, `answer` or `answer.user_id`."""
    money: Mapping[str, str] = field(default_factory=dict)
    """Arguments that are amounts, to their currency."""
    amount: Path | None = None
    once_per: tuple[Path, ...] = ()
    limits: tuple[Limit, ...] = ()
    undo: Undo | None = None
    read_back: str = ""
    """All that is asked, where it is empty."""

    @property
    def name(self) -> str:
        return str(self._function["name"])

    @property
    def action(self) -> Action:
        return Action(
            name=self.name,
            purpose=str(self._function.get("description", "")),
            tier="execute" if self.writes else "lookup",
            arguments=tuple(self._argument(name, schema) for name, schema in self._properties.items()),
            binding=Binding(kind="mcp", name=f"{_ACT}.{self.name}"),
            outcomes={},
            facts=(ANSWER,),
            identity=Identity.VERIFIED if self.owner else Identity.UNKNOWN,
            reads=tuple(
                Read(name=name, binding=Binding(kind="mcp", name=f"{_LOOK}.{tool}", given=dict(given)))
                for name, (tool, given) in self.records.items()
            ),
            owner=self.owner,
            amount=self.amount,
            read_back=(self.read_back or self._everything) if self.writes else None,
            once_per=self.once_per,
            limits=self.limits,
            undo=self.undo,
        )

    def for_gate(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What a model wrote, as the gate takes it: lists and records as JSON text."""
        return {
            name: _EMPTY if value == "" and name in self._required else self._packed(name, value)
            for name, value in given.items()
        }

    def for_executor(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._unpacked(name, value) for name, value in arguments.items()}

    # -- the schema ------------------------------------------------------------------------------

    @property
    def _function(self) -> Mapping[str, Any]:
        return cast("Mapping[str, Any]", self.schema.get("function", self.schema))

    @property
    def _parameters(self) -> Mapping[str, Any]:
        return cast("Mapping[str, Any]", self._function.get("parameters", {}))

    @property
    def _properties(self) -> Mapping[str, Any]:
        return cast("Mapping[str, Any]", self._parameters.get("properties", {}))

    @property
    def _required(self) -> Sequence[str]:
        return cast("Sequence[str]", self._parameters.get("required", ()))

    @property
    def _everything(self) -> str:
        deed = f"I would now {self.name.replace('_', ' ')}"
        return f"{deed}: {{{ASKED}}}. Shall I do that?" if self._properties else f"{deed}. Shall I do that?"

    def _argument(self, name: str, schema: Any) -> Argument:
        plain = self._resolved(schema)
        currency = self.money.get(name)
        return Argument(
            name=name,
            type="money" if currency else self._type(name),
            description=str(plain.get("description", "")),
            required=name in self._required,
            choices=tuple(map(str, plain.get("enum", ()))),
            currency=currency,
        )

    def _type(self, name: str) -> ArgumentType:
        kind = self._resolved(self._properties.get(name, {})).get("type")
        return cast("ArgumentType", kind if kind in _PLAIN else "string")

    def _is_packed(self, name: str) -> bool:
        return self._resolved(self._properties.get(name, {})).get("type") not in _PLAIN

    def _resolved(self, schema: Any) -> Mapping[str, Any]:
        """The one thing that an optional value or a reference can be."""
        found = dict(schema) if isinstance(schema, Mapping) else {}
        reference = str(found.get("$ref", "")).rpartition("/")[2]
        if reference:
            return self._resolved(self._parameters.get("$defs", {}).get(reference, {}))
        some = [each for each in found.get("anyOf", ()) if each.get("type") != "null"]
        return self._resolved({**found, "anyOf": (), **some[0]}) if len(some) == 1 else found

    # -- values ----------------------------------------------------------------------------------

    def _packed(self, name: str, value: Any) -> Any:
        if name not in self._properties or value is None or not self._is_packed(name):
            return value
        return json.dumps(value, sort_keys=True, ensure_ascii=False)

    def _unpacked(self, name: str, value: Any) -> Any:
        if name in self.money:
            return value["minor"] / 10 ** places(value["currency"])
        if value == _EMPTY:
            return ""
        return json.loads(value) if self._is_packed(name) else value


class Executors:
    """Implements `domain.ports.systems.Systems`: the tools of one tenant are its systems of record."""

    def __init__(self, tools: Mapping[str, Tool]) -> None:
        self._tools = tools
        self.refused = ""
        """What the tool asked last has said against it."""

    def reads(self, binding: Binding) -> bool:
        looks, _, name = binding.name.partition(".")
        return looks == _LOOK or not self._tools[name].writes

    def available(self, binding: Binding) -> bool:
        del binding
        return True

    async def call(
        self, binding: Binding, arguments: Mapping[str, object], *, key: str, timeout_s: float
    ) -> Answered:
        """What a tool raises is its own word that it did nothing."""
        del key, timeout_s
        looks, _, name = binding.name.partition(".")
        tool = self._tools[name]
        self.refused = ""
        try:
            answer = tool.run(name, tool.for_executor(arguments))
            if inspect.isawaitable(answer):
                answer = await answer
        except (NotDone, MaybeDone):
            raise
        except Exception as refusal:  # a benchmark's tools refuse with whatever they like
            self.refused = str(refusal) or type(refusal).__name__
            return Answered(status=MISSING if looks == _LOOK else REFUSED, body={"why": self.refused})
        plain = _plain(answer)
        return Answered(status=200, body=_record(plain) if looks == _LOOK else {ANSWER: plain})


def _plain(answer: Any) -> Any:
    """JSON, and nothing of the executor's own that it could change later."""
    return json.loads(json.dumps(answer, default=_dumped))


def _dumped(value: Any) -> Any:
    """A pydantic model is what it dumps."""
    dump = getattr(value, "model_dump", None)
    return dump(mode="json") if dump else str(value)


def _record(answer: Any) -> Any:
    """Some tools answer with JSON as a text."""
    try:
        return json.loads(answer) if isinstance(answer, str) else answer
    except ValueError:
        return answer
