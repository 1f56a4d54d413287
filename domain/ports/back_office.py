"""The company's own systems, by the operations of their OpenAPI document."""

from collections.abc import Mapping
from typing import Protocol

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


class BackOfficeFailed(Exception):
    """The system did not answer, or not as its document says."""


class BackOffice(Protocol):
    """Reads one operation. Raises `BackOfficeFailed`; bounded by the caller's time-out."""

    async def read(self, operation: str, arguments: Mapping[str, object]) -> tuple[int, Json]:
        """(HTTP status, body) of a safe (GET) operation."""
        ...
