"""Reads an answer against the document: JSON of the described shape, or it cannot be trusted."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Protocol

import re2
from jsonschema import Draft4Validator, Draft202012Validator, ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.exceptions import Unresolvable

from adapters.openapi.document import Document, Operation, is_json


class Untrustworthy(Exception):
    """Says in which way, and where in the schema; never what the answer held."""


class _Validator(Protocol):
    def iter_errors(self, instance: Any) -> Iterator[ValidationError]: ...


def _unless_null(keyword: str) -> Any:
    """OpenAPI 3.0 says `nullable` for the type `null`; documents put it beside references too."""
    checked = Draft4Validator.VALIDATORS[keyword]

    def check(
        validator: Any, value: Any, instance: Any, schema: Mapping[str, Any]
    ) -> Iterator[ValidationError]:
        if not (instance is None and schema.get("nullable") is True):
            yield from checked(validator, value, instance, schema) or ()

    return check


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:
    """None for a pattern in a dialect that RE2 does not read: it proves nothing."""
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error:
        return None


def _pattern(_: Any, pattern: str, instance: Any, __: Mapping[str, Any]) -> Iterator[ValidationError]:
    """In linear time, whatever the document and the answer hold."""
    compiled = _compiled(pattern)
    if compiled is not None and isinstance(instance, str) and not compiled.search(instance):
        yield ValidationError("the pattern does not match")


_OAS30 = extend(  # type: ignore[no-untyped-call]  # its stubs leave it out
    Draft4Validator,
    {word: _unless_null(word) for word in ("type", "enum", "allOf", "oneOf", "anyOf", "$ref")}
    | {"pattern": _pattern},
)
_OAS31 = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]  # as above
_NO_NETWORK: Registry[Any] = Registry()


class AnswerReader:
    """The answers that one operation gives; its schemas are compiled once."""

    def __init__(self, document: Document, operation: Operation) -> None:
        kind: Any = _OAS30 if document.version == "3.0" else _OAS31
        self._described = set(operation.responses)
        self._validators: dict[str, _Validator] = {
            # The document's own keys mean nothing to a validator, and make its references resolve.
            status: kind({**document.tree, **schema}, registry=_NO_NETWORK)
            for status, schema in operation.responses.items()
            if schema is not None
        }

    def read(self, status: int, content_type: str, content: bytes) -> Any:
        """The JSON; None where there is no content and none is described. Raises `Untrustworthy`."""
        validator = self._validators.get(self._nearest(status))
        media_type = content_type.partition(";")[0].strip().lower()
        if not is_json(media_type):
            if validator is None and not media_type.endswith("html"):
                return None
            raise Untrustworthy(f"status {status} with {media_type[:60] or 'no'} content")
        try:
            answer = json.loads(content)
            wrong = next(validator.iter_errors(answer), None) if validator else None
        except ValueError:
            raise Untrustworthy("the answer is not JSON") from None
        except Unresolvable:
            raise Untrustworthy("the document refers to a schema that is not in it") from None
        except RecursionError:
            raise Untrustworthy("the answer is nested too deep") from None
        if wrong is not None:
            where = "/".join(str(step) for step in wrong.absolute_schema_path)
            raise Untrustworthy(f"the answer is not as its document says ({where[-200:]})")
        return answer

    def _nearest(self, status: int) -> str:
        choices = (str(status), f"{status // 100}XX", "default")
        return next((each for each in choices if each in self._described), "")
