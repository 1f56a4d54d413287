"""The processes that run durable jobs, as they see each other: who lives, and who looks after the dead."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Workers(Protocol):
    """Leases of workers by name, on the database's own clock."""

    async def beat(self, name: str) -> None:
        """Say that this worker lives."""
        ...

    async def leave(self, name: str) -> None:
        """Say that it will not beat again."""
        ...

    async def alive(self, *, within_s: float) -> frozenset[str]:
        """Those who said so within this time."""
        ...

    def watch(self) -> AbstractAsyncContextManager[bool]:
        """True for one worker at a time, and free at once when that one dies."""
        ...
