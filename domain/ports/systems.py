"""The company's own systems, whatever language they speak: operations by name, with what came of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from domain.actions import Binding


@dataclass(frozen=True, kw_only=True)
class Answered:
    """The system answered."""

    status: int
    """HTTP's, or its nearest kin: 200 done, 404 no such thing, 409 not in this state, 422 not like this."""
    body: Any
    """JSON, checked against the operation's document where that says something."""


class NotDone(Exception):
    """It was certainly not done: never sent, or refused before anything happened."""


class MaybeDone(Exception):
    """It may or may not have been done: sent, and no answer that can be trusted."""


class Withdrawn(NotDone):
    """The operation failed too often, or no longer matches its document; it is not tried for a while."""


class Systems(Protocol):
    """Calls one operation; every call is bounded in time and size."""

    def reads(self, binding: Binding) -> bool:
        """The operation only reads: it may be repeated at will."""
        ...

    def available(self, binding: Binding) -> bool:
        """False while its breaker is open."""
        ...

    async def call(
        self, binding: Binding, arguments: Mapping[str, object], *, key: str, timeout_s: float
    ) -> Answered:
        """`key`: idempotency key of a write. Retried only where that is safe.

        Raises `NotDone`, `Withdrawn` or, of a write only, `MaybeDone`.
        """
        ...
