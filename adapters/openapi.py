"""The company's back office over HTTP, by the operations of its OpenAPI document."""

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
from jsonschema import Draft202012Validator, ValidationError

from domain.ports.back_office import BackOfficeFailed, Json

_LARGEST_ANSWER = 256 * 1024  # bytes; more than a telephone call can use
_CONNECT_ATTEMPTS = 2
_METHODS = frozenset({"get", "put", "post", "delete", "patch"})
_POINTER_ESCAPES = {"~": "~0", "/": "~1"}


class OperationRefused(Exception):
    """A mistake in the program or the company's folder, which its check finds at start."""


@dataclass(frozen=True, kw_only=True)
class _Operation:
    method: str
    path: str
    parameters: Mapping[str, str]
    """Name to where it goes: `path`, `query` or `header`."""
    validators: Mapping[int, Draft202012Validator]
    """By status."""


class OpenApiBackOffice:
    """Implements the `BackOffice` port. The client is shared, and its owner closes it."""

    def __init__(
        self,
        document: Mapping[str, Any],
        *,
        client: httpx.AsyncClient,
        base_url: str,
        api_key: str,
        timeout_s: float = 10.0,
    ) -> None:
        self._client = client
        self._base_url = base_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {api_key}", "Accept": "application/json"}
        self._timeout_s = timeout_s
        self._timeout = httpx.Timeout(timeout_s, connect=min(3.0, timeout_s))
        self._operations = _operations(document)

    async def read(self, operation: str, arguments: Mapping[str, object]) -> tuple[int, Json]:
        known = self._operations.get(operation)
        if known is None:
            raise OperationRefused(f"the back office's document has no operation {operation}")
        if known.method != "get":
            raise OperationRefused(f"{operation} is a {known.method.upper()}: only GET is open")
        url, query = _place(operation, known, arguments)
        status, content_type, body = await self._fetch(operation, f"{self._base_url}{url}", query)
        return status, _answer(operation, known, status, content_type, body)

    async def _fetch(self, operation: str, url: str, query: Mapping[str, str]) -> tuple[int, str, bytes]:
        """Asks again only where nothing was sent: the connection was refused or never came about."""
        for attempt in range(1, _CONNECT_ATTEMPTS + 1):
            try:
                async with asyncio.timeout(self._timeout_s):
                    return await self._fetch_once(operation, url, query)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                if attempt == _CONNECT_ATTEMPTS:
                    raise BackOfficeFailed(f"{operation}: no connection to the back office") from error
            except (httpx.HTTPError, TimeoutError) as error:
                raise BackOfficeFailed(f"{operation}: {type(error).__name__}") from error
        raise AssertionError("the last attempt returns or raises")

    async def _fetch_once(self, operation: str, url: str, query: Mapping[str, str]) -> tuple[int, str, bytes]:
        request = self._client.stream(
            "GET",
            url,
            params=query,
            headers=self._headers,
            timeout=self._timeout,
            follow_redirects=False,
        )
        async with request as response:
            body = bytearray()
            async for chunk in response.aiter_bytes(16 * 1024):
                body += chunk
                if len(body) > _LARGEST_ANSWER:
                    raise BackOfficeFailed(f"{operation}: the answer is larger than {_LARGEST_ANSWER} bytes")
            return response.status_code, response.headers.get("content-type", ""), bytes(body)


def _place(operation: str, known: _Operation, arguments: Mapping[str, object]) -> tuple[str, dict[str, str]]:
    path, query = known.path, {}
    for name, value in arguments.items():
        match known.parameters.get(name):
            case "path":
                path = path.replace(f"{{{name}}}", _path_segment(operation, name, value))
            case "query":
                query[name] = _text(value)
            case _:
                raise OperationRefused(f"{operation} has no path or query parameter {name}")
    if left := re.findall(r"\{(\w+)\}", path):
        raise OperationRefused(f"{operation} needs {', '.join(left)}")
    return path, query


def _path_segment(operation: str, name: str, value: object) -> str:
    """One segment and no more: dots alone would climb to another operation."""
    text = _text(value)
    if text in {"", ".", ".."}:
        raise BackOfficeFailed(f"{operation}: {name} is no name of a resource")
    return quote(text, safe="")


def _text(value: object) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _answer(operation: str, known: _Operation, status: int, content_type: str, body: bytes) -> Json:
    if "json" not in content_type.lower():
        raise BackOfficeFailed(
            f"{operation}: status {status} with {content_type.split(';', maxsplit=1)[0] or 'no'} content"
        )
    try:
        answer: Json = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BackOfficeFailed(f"{operation}: the answer is not JSON") from error
    if (validator := known.validators.get(status)) is not None:
        wrong: ValidationError | None = next(validator.iter_errors(answer), None)
        if wrong is not None:
            where = "/".join(str(step) for step in wrong.absolute_schema_path)
            raise BackOfficeFailed(f"{operation}: the answer is not as its document says ({where})")
    return answer


def _operations(document: Mapping[str, Any]) -> dict[str, _Operation]:
    found = {}
    for path, item in document["paths"].items():
        for method in _METHODS & item.keys():
            operation = item[method]
            if "operationId" not in operation:
                continue
            parameters = [*item.get("parameters", ()), *operation.get("parameters", ())]
            found[operation["operationId"]] = _Operation(
                method=method,
                path=path,
                parameters={each["name"]: each["in"] for each in parameters if "name" in each},
                validators={
                    int(status): _validator(document, ("paths", path, method, "responses", status))
                    for status, response in operation.get("responses", {}).items()
                    if status.isdecimal() and "application/json" in response.get("content", {})
                },
            )
    return found


def _validator(document: Mapping[str, Any], response: tuple[str, ...]) -> Draft202012Validator:
    """The whole document is the schema's root, so that its own references resolve."""
    pointer = (*response, "content", "application/json", "schema")
    escaped = ("".join(_POINTER_ESCAPES.get(sign, sign) for sign in step) for step in pointer)
    return Draft202012Validator({**document, "$ref": "#/" + quote("/".join(escaped))})
