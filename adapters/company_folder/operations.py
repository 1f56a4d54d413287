"""The operations that the back office's OpenAPI document offers, as far as a company's actions name them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.company_folder.problems import Findings
from adapters.company_folder.yaml_file import read_text

FILE = "backoffice.openapi.json"
_METHODS = ("get", "put", "post", "delete", "patch", "head", "options")


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation and what it takes."""

    id: str
    method: str
    parameters: Mapping[str, str | None]
    """Name to JSON type, None where the document does not say a single one."""
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
    """A company whose actions are all built in needs no document."""
    if not needed and not (folder / FILE).exists():
        return Operations(known=True, by_id={})
    text = read_text(folder, FILE, findings, "the OpenAPI document of the company's back office")
    if text is None:
        return Operations(known=False, by_id={})
    try:
        document = json.loads(text)
        found = [
            _operation(method, {"parameters": [], **item}, operation)
            for item in document["paths"].values()
            for method, operation in item.items()
            if method in _METHODS and "operationId" in operation
        ]
    except json.JSONDecodeError as error:
        findings.add(FILE, error.lineno, f"not valid JSON: {error.msg}", "the OpenAPI document as JSON")
    except (KeyError, TypeError, AttributeError):
        findings.add(
            FILE, 1, "this is no OpenAPI document", "`paths` with operations that have an `operationId`"
        )
    else:
        return Operations(known=True, by_id={operation.id: operation for operation in found})
    return Operations(known=False, by_id={})


def _operation(method: str, item: Mapping[str, Any], operation: Mapping[str, Any]) -> Operation:
    parameters = [each for each in (*item["parameters"], *operation.get("parameters", ())) if "name" in each]
    types = {each["name"]: each.get("schema", {}).get("type") for each in parameters}
    return Operation(
        id=operation["operationId"],
        method=method,
        parameters={name: kind if isinstance(kind, str) else None for name, kind in types.items()},
        required=frozenset(each["name"] for each in parameters if each.get("required")),
    )
