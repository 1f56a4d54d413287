"""What a server offers, and whether it still offers what was agreed when we started."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mcp_types import Tool


@dataclass(frozen=True, kw_only=True)
class ToolDescription:
    """One tool as its server describes it."""

    name: str
    """`server.tool`."""
    description: str
    input_schema: Mapping[str, Any]
    reads: bool
    """The server says that the tool changes nothing; what it does not say counts as a change."""
    idempotent: bool
    """The server says that doing it twice with the same arguments does no more than once."""

    @property
    def takes(self) -> Mapping[str, Any]:
        properties = self.input_schema.get("properties")
        return properties if isinstance(properties, dict) else {}

    @property
    def needs(self) -> frozenset[str]:
        required = self.input_schema.get("required")
        return frozenset(required) if isinstance(required, list) else frozenset()


def described(server: str, tool: Tool) -> ToolDescription:
    hints = tool.annotations
    reads = hints is not None and hints.read_only_hint is True
    return ToolDescription(
        name=f"{server}.{tool.name}",
        description=tool.description or "",
        input_schema=tool.input_schema,
        reads=reads,
        idempotent=reads or (hints is not None and hints.idempotent_hint is True),
    )


def drift(agreed: ToolDescription, offered: ToolDescription | None) -> str:
    """In which way calls that suited the agreed tool no longer suit the offered one; empty where they do."""
    if offered is None:
        return "the server no longer offers it"
    if gone := sorted(agreed.takes.keys() - offered.takes.keys()):
        return f"it no longer takes {', '.join(gone)}"
    if more := sorted(offered.needs - agreed.needs):
        return f"it now needs {', '.join(more)}"
    if other := sorted(
        name for name, schema in agreed.takes.items() if _narrower(schema, offered.takes[name])
    ):
        return f"it takes {', '.join(other)} in another shape"
    if agreed.reads and not offered.reads:
        return "it no longer only reads"
    return ""


def _narrower(agreed: Any, offered: Any) -> bool:
    """As far as types and choices tell."""
    if not (isinstance(agreed, dict) and isinstance(offered, dict)):
        return bool(agreed != offered)
    if agreed.get("type") != offered.get("type"):
        return True
    choices = offered.get("enum")
    return choices is not None and not set(map(repr, agreed.get("enum", [None]))) <= set(map(repr, choices))
