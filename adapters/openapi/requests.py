"""Puts the arguments of an operation where its document wants them: path, query, header or body."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

from adapters.failures import Unsendable
from adapters.openapi.document import FORM_BODY, Body, Document, Operation, Parameter, is_json

WHOLE_BODY = "body"
"""The argument that is the whole body, where the body is not an object with fields."""
BODY_PREFIX = "body."
"""Before the name of a field, where a parameter has the same name."""
_HEADER_VALUE = re.compile(r"[\x20-\x7e]*")


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is sent; its representation shows nothing that a caller said."""

    method: str
    path: str
    """Escaped, with the query."""
    headers: Mapping[str, str] = field(repr=False)
    content: bytes | None = field(repr=False)


def request(
    document: Document, operation: Operation, arguments: Mapping[str, object], extra_query: Mapping[str, str]
) -> Request:
    """Raises `Unsendable`, naming arguments and never their values."""
    path, query, headers = operation.path, [*extra_query.items()], {"Accept": "application/json"}
    fields: dict[str, object] = {}
    for name, value in arguments.items():
        parameter = operation.parameter(name)
        if parameter is None:
            bare = name.removeprefix(BODY_PREFIX)
            fields[bare if operation.parameter(bare) else name] = value
        elif parameter.where == "path":
            path = path.replace(f"{{{name}}}", _segment(operation, name, value))
        elif parameter.where == "query":
            query += _query(operation, parameter, value)
        elif parameter.where == "header":
            headers[name] = _header(operation, name, value)
        else:
            raise Unsendable(f"{operation.id}: {name} is a cookie, which is not supported")
    _check_required(operation, arguments)
    content, media_type = _content(document, operation, fields)
    if media_type:
        headers["Content-Type"] = media_type
    address = f"{path}?{urlencode(query, quote_via=quote)}" if query else path
    return Request(method=operation.method.upper(), path=address, headers=headers, content=content)


def fields_of(document: Document, body: Body) -> tuple[dict[str, Any], frozenset[str]]:
    """(Arguments that the body takes, the required ones); a body that is no object is one argument."""
    fields, required = document.properties(body.schema)
    if fields:
        return fields, required if body.required else frozenset()
    return {WHOLE_BODY: body.schema}, frozenset({WHOLE_BODY} if body.required else ())


def _check_required(operation: Operation, arguments: Mapping[str, object]) -> None:
    key = operation.key_header
    missing = [
        each.name
        for each in operation.parameters
        if each.required and each.name not in arguments and each.name != key
    ]
    if missing:
        raise Unsendable(f"{operation.id} needs {', '.join(missing)}")


def _content(
    document: Document, operation: Operation, fields: Mapping[str, object]
) -> tuple[bytes | None, str]:
    body = operation.body
    if body is None:
        if fields:
            raise Unsendable(f"{operation.id} takes no {', '.join(sorted(fields))}")
        return None, ""
    if not fields and not body.required:
        return None, ""
    known, required = fields_of(document, body)
    if missing := sorted(name for name in required if not _is_filled(name, fields)):
        raise Unsendable(f"{operation.id} needs {', '.join(missing)}")
    content: object
    if WHOLE_BODY in known and WHOLE_BODY in fields and len(known) == 1:
        content = fields[WHOLE_BODY]
    else:
        content = _nested(document, operation, body.schema, known, fields)
    if is_json(body.media_type):
        return json.dumps(_plain(content), ensure_ascii=False).encode(), body.media_type
    if body.media_type.lower().startswith(FORM_BODY) and isinstance(content, dict):
        return urlencode(_form("", content)).encode(), FORM_BODY
    raise Unsendable(
        f"{operation.id} wants {body.media_type[:60]}, which is not supported: JSON or a form is"
    )


def _is_filled(name: str, fields: Mapping[str, object]) -> bool:
    return name in fields or any(given.startswith(f"{name}.") for given in fields)


def _nested(
    document: Document,
    operation: Operation,
    schema: Any,
    known: Mapping[str, Any],
    fields: Mapping[str, object],
) -> dict[str, Any]:
    """`address.city` goes into the field `city` of the field `address`."""
    free = "properties" not in document.resolved(schema) and WHOLE_BODY in known
    body: dict[str, Any] = {}
    for name, value in fields.items():
        steps = [name] if name in known else name.split(".")
        at, here = body, schema
        for step in steps[:-1]:
            here = _below(document, operation, name, here, step, free=free)
            at = at.setdefault(step, {})
        _below(document, operation, name, here, steps[-1], free=free)
        at[steps[-1]] = value
    return body


def _below(document: Document, operation: Operation, name: str, schema: Any, step: str, *, free: bool) -> Any:
    fields = document.properties(schema)[0]
    if step in fields:
        return fields[step]
    if free or (not fields and document.types(schema) <= {"object"}):
        return {}
    raise Unsendable(f"{operation.id} has no parameter or field {name}")


def _segment(operation: Operation, name: str, value: object) -> str:
    """One segment and no more: dots alone would climb to another operation."""
    text = _text(value)
    if text in {"", ".", ".."}:
        raise Unsendable(f"{operation.id}: {name} is no name of a resource")
    return quote(text, safe="")


def _query(operation: Operation, parameter: Parameter, value: object) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        raise Unsendable(f"{operation.id}: {parameter.name} cannot be an object")
    if not isinstance(value, list | tuple):
        return [(parameter.name, _text(value))]
    texts = [_text(each) for each in value]
    return (
        [(parameter.name, each) for each in texts]
        if parameter.explode
        else [(parameter.name, ",".join(texts))]
    )


def _header(operation: Operation, name: str, value: object) -> str:
    text = _text(value)
    if not _HEADER_VALUE.fullmatch(text):
        raise Unsendable(f"{operation.id}: {name} holds signs that no header can carry")
    return text


def _form(above: str, fields: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Objects in brackets, lists repeated: as forms are commonly read."""
    pairs: list[tuple[str, str]] = []
    for name, value in fields.items():
        place = f"{above}[{name}]" if above else name
        if isinstance(value, dict):
            pairs += _form(place, value)
        elif isinstance(value, list | tuple):
            pairs += [(place, _text(each)) for each in value]
        elif value is not None:
            pairs.append((place, _text(value)))
    return pairs


def _text(value: object) -> str:
    plain = _plain(value)
    return plain if isinstance(plain, str) else json.dumps(plain)


def _plain(value: object) -> Any:
    """JSON's own types. An amount of money has to be given as units and currency: nothing here guesses."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case datetime() | date():
            return value.isoformat()
        case Mapping():
            return {str(name): _plain(each) for name, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case _:
            raise Unsendable(f"a {type(value).__name__} cannot be sent: give a field of it")
