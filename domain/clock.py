"""The only place where the product reads a clock or waits on one."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Time as an argument, so that a test can own it."""

    def now(self) -> datetime:
        """Wall time in UTC, timezone aware."""
        ...

    def monotonic(self) -> float:
        """Seconds that never run backwards; the origin means nothing."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait on the same clock that `monotonic` reads."""
        ...


class SystemClock:
    """The machine's clock; `monotonic` is the event loop's own time while a loop runs.

    A test that jumps the loop's clock therefore moves everything that is measured with it.
    """

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        try:
            return asyncio.get_running_loop().time()
        except RuntimeError:
            return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
