"""What an operation could do to somebody, as far as its words tell: classes of risk, each with its reason."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from adapters.openapi.document import Document, Operation
from adapters.openapi.requests import fields_of
from adapters.openapi_draft.names import words_in

Risk = Literal["read", "write", "money", "irreversible", "contacts a person", "personal data", "admin"]

_DEEDS: tuple[Risk, ...] = ("money", "irreversible", "contacts a person", "admin")
_PERSONAL_PAIRS = (
    "first name",
    "last name",
    "full name",
    "card number",
    "account number",
    "tax id",
    "post code",
)


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """Classes of risk to the words that tell of each."""

    reasons: Mapping[Risk, str]

    @property
    def writes(self) -> bool:
        return "write" in self.reasons

    @property
    def seems_to_search(self) -> bool:
        return self.writes and "search" in self.reasons["write"]


def assess(document: Document, operation: Operation) -> Assessment:
    words = words_in(operation.id, operation.path, operation.summary)
    names = _names(document, operation)
    reasons: dict[Risk, str] = {}
    if operation.reads:
        reasons["read"] = operation.method.upper()
    else:
        found = sorted(_telling("search") & set(words_in(operation.id, operation.path.rpartition("/")[2])))
        hint = f", though `{found[0]}` sounds like a search" if found and operation.method == "post" else ""
        reasons["write"] = f"{operation.method.upper()}{hint}"
        fields = words_in(*names)
        for risk in _DEEDS:
            heard = [*words, *fields] if risk == "money" else words
            if told := sorted(_telling(risk) & set(heard)):
                reasons[risk] = _quoted(told)
        if operation.method == "delete":
            reasons["irreversible"] = "DELETE"
    answered = _answer_names(document, operation)
    spoken = " ".join(words_in(*names, *answered))
    personal = sorted(_telling("personal data") & set(spoken.split())) + [
        pair for pair in _PERSONAL_PAIRS if pair in spoken
    ]
    if personal:
        reasons["personal data"] = _quoted(personal)
    return Assessment(reasons=reasons)


def is_personal(name: str) -> bool:
    spoken = " ".join(words_in(name))
    return bool(_telling("personal data") & set(spoken.split())) or any(
        pair in spoken for pair in _PERSONAL_PAIRS
    )


def _names(document: Document, operation: Operation) -> list[str]:
    """Of parameters, fields of the body, and what is one level below those."""
    body = fields_of(document, operation.body)[0] if operation.body else {}
    below = (name for schema in body.values() for name in document.properties(schema)[0])
    return [*(each.name for each in operation.parameters), *body, *below]


def _answer_names(document: Document, operation: Operation) -> Iterable[str]:
    return answer_fields(document, operation).keys()


def answer_fields(document: Document, operation: Operation) -> dict[str, object]:
    """Fields of the answer to a success, of each of its items where it is a list."""
    for status, schema in operation.responses.items():
        if status.startswith("2") and schema is not None:
            shape = document.resolved(schema)
            if isinstance(shape, dict) and "items" in shape and "properties" not in shape:
                shape = shape["items"]
            return dict(document.properties(shape)[0])
    return {}


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in list(words)[:4])


@cache
def _words() -> Mapping[str, frozenset[str]]:
    text = (resources.files(__package__) / "words.toml").read_text("utf-8")
    return {risk: frozenset(words.split()) for risk, words in tomllib.loads(text).items()}


def _telling(risk: str) -> frozenset[str]:
    return _words()[risk]
