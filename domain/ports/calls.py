"""Where calls are kept: one row a call, replaced only by whoever saw its latest version."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.call import Call


class CallExists(Exception):
    """A call with this id or this carrier's id is there already: the carrier asked twice."""


class CallStore(Protocol):
    """Compare-and-set storage. A call that was created or replaced is durable when the method returns."""

    async def create(self, call: Call) -> None:
        """Raises `CallExists`; `id` and `carrier_call_id` are each unique."""
        ...

    async def load(self, call_id: str) -> Call | None: ...

    async def by_carrier_call_id(self, carrier_call_id: str) -> Call | None: ...

    async def replace(self, call: Call, expected_version: int) -> bool:
        """Store `call` if the stored version is `expected_version`; False when somebody was faster."""
        ...

    async def unfinished(self, before: datetime) -> Sequence[Call]:
        """Calls that are not over and whose `deadline` is at or before this time, oldest first."""
        ...
