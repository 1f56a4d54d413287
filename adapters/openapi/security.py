"""How a request proves who we are: the document's security schemes, filled with secrets from outside."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.openapi.document import Document, Operation

Secrets = Callable[[str], str | None]
"""A security scheme's name to its secret: a key, a token, or `name:password` for http basic."""


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What is added to a request; its representation shows nothing."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)


class NoProof(Exception):
    """None of an operation's alternatives can be met; says what is missing."""


def proof(document: Document, operation: Operation, secrets: Secrets) -> Proof:
    """For the first alternative whose secrets are all there. Raises `NoProof`."""
    missing: list[str] = []
    for alternative in sorted(operation.security, key=lambda each: not each):
        parts = [_part(name, document.security_schemes.get(name, {}), secrets) for name in alternative]
        wrong = [part for part in parts if isinstance(part, str)]
        if not wrong:
            proofs = [part for part in parts if isinstance(part, Proof)]
            return Proof(
                headers={name: value for each in proofs for name, value in each.headers.items()},
                query={name: value for each in proofs for name, value in each.query.items()},
            )
        missing += wrong
    if not operation.security:
        return Proof()
    raise NoProof(f"{operation.id}: {'; or '.join(dict.fromkeys(missing))}")


def _part(name: str, scheme: Mapping[str, Any], secrets: Secrets) -> Proof | str:
    """What one scheme adds, or what is wrong with it."""
    kind = (str(scheme.get("type", "")), str(scheme.get("scheme") or scheme.get("in") or "").lower())
    if kind not in {("apiKey", "header"), ("apiKey", "query"), ("http", "bearer"), ("http", "basic")}:
        return (
            f"the security scheme `{name}` ({' '.join(filter(None, kind)) or 'not in the document'}) is not"
            " supported: use an API key, http bearer or http basic"
        )
    secret = secrets(name)
    if not secret:
        return f"there is no secret for the security scheme `{name}`"
    if not secret.isascii() or not secret.isprintable():
        return f"the secret for the security scheme `{name}` holds signs that no header can carry"
    match kind:
        case ("apiKey", "query"):
            return Proof(query={str(scheme.get("name", "")): secret})
        case ("apiKey", _):
            return Proof(headers={str(scheme.get("name", "")): secret})
        case ("http", "basic"):
            return Proof(headers={"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"})
        case _:
            return Proof(headers={"Authorization": f"Bearer {secret}"})
