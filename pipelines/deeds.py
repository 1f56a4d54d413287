"""What the gate does for one call: what has begun is finished, whoever speaks over it or hangs up."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Deeds:
    """Outlives the call's sockets, as the deeds do."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    async def finish(self, deed: Coroutine[Any, Any, None]) -> None:
        """Whoever waits may be cancelled; the deed is not."""
        await asyncio.shield(self.begin(deed))

    def begin(self, deed: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(deed)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def settle(self) -> None:
        """Return when nothing is being done any more; each deed bounds its own time."""
        while self._running:
            await asyncio.wait(self._running)
