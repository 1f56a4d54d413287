"""What the back office's OpenAPI document offers, as far as a company's actions name it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from adapters.company_folder.problems import Findings
from adapters.company_folder.yaml_file import read_text
from adapters.openapi.document import Document, DocumentRefused
from adapters.openapi.document import Operation as Described
from adapters.openapi.requests import fields_of

FILE = "backoffice.openapi.json"


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation and what it takes, wherever it takes it."""

    id: str
    method: str
    reads: bool
    parameters: Mapping[str, frozenset[str]]
    """Name of a parameter or body field to its JSON types; none where anything goes."""
    required: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Operations:
    """All of them; `known` is false where the document could not be read."""

    known: bool
    by_id: Mapping[str, Operation]

    def get(self, name: str) -> Operation | None:
        return self.by_id.get(name)

    def names(self) -> Iterable[str]:
        return self.by_id


def read_operations(folder: Path, findings: Findings, *, needed: bool) -> Operations:
    """A company whose actions are bound to other things needs no document."""
    if not needed and not (folder / FILE).exists():
        return Operations(known=True, by_id={})
    text = read_text(folder, FILE, findings, "the OpenAPI document of the company's back office")
    if text is None:
        return Operations(known=False, by_id={})
    try:
        document = Document(json.loads(text))
        found = [_operation(document, operation) for operation in document.operations.values()]
    except json.JSONDecodeError as error:
        findings.add(FILE, error.lineno, f"not valid JSON: {error.msg}", "the OpenAPI document as JSON")
    except DocumentRefused as error:
        findings.add(FILE, 1, str(error), "`paths` with operations that have an `operationId`")
    else:
        return Operations(known=True, by_id={operation.id: operation for operation in found})
    return Operations(known=False, by_id={})


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
    )
