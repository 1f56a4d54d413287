"""Whether what a server offers still suits the calls that were agreed."""

from dataclasses import replace
from typing import Any

import pytest

from adapters.mcp_tools.listing import ToolDescription, drift

AGREED = ToolDescription(
    name="shop.look",
    description="",
    input_schema={
        "type": "object",
        "properties": {"id": {"type": "string"}, "size": {"enum": ["s", "m"]}},
        "required": ["id"],
    },
    reads=True,
    idempotent=True,
)


def offering(**schema: Any) -> ToolDescription:
    return replace(AGREED, input_schema={**AGREED.input_schema, **schema})


BOTH = {"id": {"type": "string"}, "size": {"enum": ["s", "m"]}}


@pytest.mark.parametrize(
    ("offered", "why"),
    [
        (AGREED, ""),
        (replace(AGREED, description="other words"), ""),
        (offering(properties={**BOTH, "more": {"type": "string"}}), ""),
        (offering(required=[]), ""),
        (offering(properties={**BOTH, "size": {"enum": ["s", "m", "l"]}}), ""),
        (None, "no longer offers it"),
        (offering(properties={"id": {"type": "string"}}), "no longer takes size"),
        (offering(required=["id", "size"]), "now needs size"),
        (offering(properties={**BOTH, "id": {"type": "integer"}}), "takes id in another shape"),
        (offering(properties={**BOTH, "size": {"enum": ["s"]}}), "takes size in another shape"),
        (offering(properties={**BOTH, "id": {"type": "string", "enum": ["1"]}}), "takes id in another shape"),
        (replace(AGREED, reads=False), "no longer only reads"),
    ],
)
def test_drift(offered: ToolDescription | None, why: str) -> None:
    found = drift(AGREED, offered)
    assert why in found
    assert bool(found) == bool(why)
