"""What the back office's OpenAPI document and the tool servers offer, as far as actions name it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from adapters.company_folder.problems import Findings
from adapters.company_folder.yaml_file import read_text
from adapters.openapi.document import Document, DocumentRefused
from adapters.openapi.document import Operation as Described
from adapters.openapi.requests import fields_of

FILE = "backoffice.openapi.json"
_KEY_ARGUMENT = "idempotency_key"
"""The argument that makes a write happen once; whoever calls the tool fills it."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation and what it takes, wherever it takes it."""

    id: str
    method: str
    reads: bool
    parameters: Mapping[str, frozenset[str]]
    """Name of a parameter or body field to its JSON types; none where anything goes."""
    required: frozenset[str]
    takes_key: bool = False
    """Sent again under the same key, it is done once, and answers as it did."""
    beside_body: frozenset[str] = frozenset()
    """Parameters in the address or a header, where servers write them into their logs."""


@dataclass(frozen=True, kw_only=True)
class Operations:
    """All of them; `known` is false where the document could not be read."""

    known: bool
    by_id: Mapping[str, Operation]
    tools: Mapping[str, Operation] = field(default_factory=dict)
    """By `server.tool`, of the servers that were reached: none while only the folder is read."""

    def get(self, name: str) -> Operation | None:
        return self.by_id.get(name)

    def of(self, bound: "Bound") -> Operation | None:
        """What it names, where that is known."""
        return self.tools.get(bound.mcp) if bound.mcp else self.by_id.get(bound.openapi or "")

    def names(self) -> Iterable[str]:
        return self.by_id


class Tool(Protocol):
    """A tool as its server describes it."""

    @property
    def name(self) -> str:
        """`server.tool`."""
        ...

    @property
    def reads(self) -> bool: ...

    @property
    def takes(self) -> Mapping[str, Any]:
        """Argument to its JSON schema."""
        ...

    @property
    def needs(self) -> frozenset[str]: ...


class Bound(Protocol):
    """Whatever names an operation and fills it."""

    @property
    def openapi(self) -> str | None: ...

    @property
    def mcp(self) -> str | None: ...

    @property
    def given(self) -> dict[str, str]: ...


def read_operations(
    folder: Path, findings: Findings, offered: Mapping[str, Tool], *, needed: bool
) -> Operations:
    """A company whose actions are bound to other things needs no document."""
    tools = {name: _tool(tool) for name, tool in offered.items()}
    if not needed and not (folder / FILE).exists():
        return Operations(known=True, by_id={}, tools=tools)
    text = read_text(folder, FILE, findings, "the OpenAPI document of the company's back office")
    if text is None:
        return Operations(known=False, by_id={}, tools=tools)
    try:
        document = Document(json.loads(text))
        found = [_operation(document, operation) for operation in document.operations.values()]
    except json.JSONDecodeError as error:
        findings.add(FILE, error.lineno, f"not valid JSON: {error.msg}", "the OpenAPI document as JSON")
    except DocumentRefused as error:
        findings.add(FILE, 1, str(error), "`paths` with operations that have an `operationId`")
    else:
        return Operations(known=True, by_id={operation.id: operation for operation in found}, tools=tools)
    return Operations(known=False, by_id={}, tools=tools)


def _operation(document: Document, operation: Described) -> Operation:
    beside = [each for each in operation.parameters if each.name != operation.key_header]
    fields, required = fields_of(document, operation.body) if operation.body else ({}, frozenset())
    return Operation(
        id=operation.id,
        method=operation.method,
        reads=operation.reads,
        parameters={name: document.types(schema) for name, schema in fields.items()}
        | {each.name: document.types(each.schema) for each in beside},
        required=required | {each.name for each in beside if each.required},
        takes_key=operation.key_header is not None,
        beside_body=frozenset(each.name for each in beside),
    )


def _tool(tool: Tool) -> Operation:
    return Operation(
        id=tool.name,
        method="look" if tool.reads else "change",
        reads=tool.reads,
        parameters={name: _types(schema) for name, schema in tool.takes.items() if name != _KEY_ARGUMENT},
        required=tool.needs - {_KEY_ARGUMENT},
        takes_key=_KEY_ARGUMENT in tool.takes,
    )


def _types(schema: Any) -> frozenset[str]:
    """The JSON types of a plain schema or of its alternatives; none where it says nothing."""
    if not isinstance(schema, dict):
        return frozenset()
    if alternatives := schema.get("anyOf") or schema.get("oneOf"):
        kinds = [_types(each) for each in alternatives]
        return frozenset().union(*kinds) - {"null"} if all(kinds) else frozenset()
    named = schema.get("type", [])
    return frozenset([named] if isinstance(named, str) else named)
