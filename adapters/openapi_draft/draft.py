"""From operations to drafted actions: what can be read from a document, and what a person must decide."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.company_folder.patterns import flaw_of
from adapters.openapi.document import Document, Operation
from adapters.openapi.requests import BODY_PREFIX, fields_of
from adapters.openapi_draft.names import snake, words_in
from adapters.openapi_draft.pairs import Pairs
from adapters.openapi_draft.risk import Assessment, answer_fields, assess, is_personal

MOST_OPTIONAL = 6
"""A model fills in few arguments well; the rest is named for a person to choose from."""
MOST_FACTS = 10
_TYPES = ("integer", "number", "boolean", "string")


@dataclass(frozen=True, kw_only=True)
class DraftedArgument:
    """An argument, and the parameter or field that it fills."""

    name: str
    fills: str
    type: str
    description: str
    required: bool
    pattern: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DraftedAction:
    """One operation as an action, with what a person must decide."""

    name: str
    operation: Operation
    assessment: Assessment
    tier: str
    offered: bool
    identity: str
    purpose: str
    arguments: tuple[DraftedArgument, ...]
    facts: tuple[str, ...] = ()
    personal_facts: tuple[str, ...] = ()
    record: Operation | None = None
    """What reads the thing that is changed: for the read-back, the owner and to reconcile."""
    undo: str | None = None
    """The name of another drafted action."""
    left_out: tuple[str, ...] = ()
    """Optional parameters that nobody chose yet."""
    unfilled: tuple[str, ...] = ()
    """Required parameters that are no plain values."""


@dataclass
class _Names:
    """One name each, in the manner of `find_order`."""

    taken: set[str] = field(default_factory=set)

    def of(self, name: str) -> str:
        bare = snake(name)
        found, count = bare, 2
        while found in self.taken:
            found, count = f"{bare}_{count}", count + 1
        self.taken.add(found)
        return found


def draft(document: Document) -> tuple[DraftedAction, ...]:
    """In the document's order."""
    names, pairs = _Names(), Pairs(document)
    named = {operation.id: names.of(operation.id) for operation in document.operations.values()}
    return tuple(_action(document, operation, named, pairs) for operation in document.operations.values())


def _action(
    document: Document, operation: Operation, named: Mapping[str, str], pairs: Pairs
) -> DraftedAction:
    assessment = assess(document, operation)
    admin = "admin" in assessment.reasons
    every = list(_arguments(document, operation))
    required = [argument for argument in every if argument.required and argument.type]
    optional = [argument for argument in every if not argument.required and argument.type]
    fields = [snake_path for snake_path, plain in _facts(document, operation) if plain]
    undo = pairs.undo_of(operation) if assessment.writes else None
    return DraftedAction(
        name=named[operation.id],
        operation=operation,
        assessment=assessment,
        tier="lookup" if not assessment.writes else "draft" if admin else "execute",
        offered=not admin and not operation.deprecated,
        identity="verified" if assessment.writes or "personal data" in assessment.reasons else "unknown",
        purpose=_sentence(operation.summary or operation.description) or " ".join(words_in(operation.id)),
        arguments=(*required, *optional[:MOST_OPTIONAL]),
        facts=tuple(name for name in fields if not is_personal(name))[:MOST_FACTS],
        personal_facts=tuple(name for name in fields if is_personal(name)),
        record=pairs.record_of(operation) if assessment.writes else None,
        undo=named[undo.id] if undo else None,
        left_out=tuple(it.fills for it in every if not it.required and it not in optional[:MOST_OPTIONAL]),
        unfilled=tuple(argument.fills for argument in every if argument.required and not argument.type),
    )


def _arguments(document: Document, operation: Operation) -> Iterator[DraftedArgument]:
    """All that the operation takes; `type` is empty for what is no plain value."""
    names = _Names()
    for each in {each.name: each for each in operation.parameters}.values():
        if each.where != "cookie" and each.name != operation.key_header:
            yield _argument(document, names, each.name, each.schema, each.description, required=each.required)
    if operation.body is None:
        return
    fields, required = fields_of(document, operation.body)
    # Many documents forget to say that the body itself is required; its fields are where it is sent.
    required |= document.properties(operation.body.schema)[1]
    for name, schema in fields.items():
        if operation.parameter(name) is not None:
            # One name for two things: a person has to tell them apart.
            yield replace(
                _argument(document, names, f"{BODY_PREFIX}{name}", schema, "", required=name in required),
                type="",
            )
            continue
        inner, needed = document.properties(schema)
        if not inner:
            yield _argument(document, names, name, schema, "", required=name in required)
        for below, shape in inner.items():
            must = name in required and below in needed
            yield _argument(document, names, f"{name}.{below}", shape, "", required=must)


def _argument(
    document: Document, names: _Names, fills: str, schema: Any, said: str, *, required: bool
) -> DraftedArgument:
    shape = document.resolved(schema)
    shape = shape if isinstance(shape, dict) else {}
    kinds = document.types(shape)
    kind = next((each for each in _TYPES if each in kinds), "" if kinds else "string")
    if kinds & {"array", "object"}:
        kind = ""
    if kind == "string" and shape.get("format") == "date":
        kind = "date"
    choices = shape.get("enum", [shape["const"]] if "const" in shape else None)
    return DraftedArgument(
        name=names.of(fills),
        fills=fills,
        type=kind,
        description=_sentence(said or str(shape.get("description", ""))) or " ".join(words_in(fills)),
        required=required,
        pattern=_whole(shape.get("pattern")) if kind == "string" else None,
        choices=tuple(str(each) for each in choices if each is not None)
        if kind == "string" and isinstance(choices, list)
        else (),
    )


def _facts(document: Document, operation: Operation) -> Iterator[tuple[str, bool]]:
    """(Field of the answer, whether it is a plain value)."""
    listed = any(
        document.types(schema) == {"array"}
        for status, schema in operation.responses.items()
        if status.startswith("2") and schema is not None
    )
    for name, schema in answer_fields(document, operation).items():
        yield f"results.{name}" if listed else name, not document.types(schema) & {"array", "object"}


def _sentence(text: str) -> str:
    """The first one, on one line."""
    plain = " ".join(re.sub(r"<[^>]*>|\[([^]]*)\]\([^)]*\)", r"\1", text).split())
    first = re.split(r"(?<=[.!?])\s", plain, maxsplit=1)[0]
    return first if len(first) <= 200 else f"{first[:199].rsplit(' ', 1)[0]} …"


def _whole(pattern: object) -> str | None:
    """A pattern that a company's file can hold: there it always matches the whole value."""
    if isinstance(pattern, str) and pattern.startswith("^") and pattern.endswith("$"):
        return pattern if flaw_of(pattern) is None else None
    return None
