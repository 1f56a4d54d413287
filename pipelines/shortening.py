"""Long calls: the oldest turns are told to the model as a summary that keeps facts and promises."""

import asyncio
from collections.abc import Awaitable, Callable

from domain.events import ContextShortened, Event
from pipelines.context import Context


class Shortening:
    """At most one summary in the making; it replaces what it stands for when it is there."""

    def __init__(
        self,
        context: Context,
        *,
        facts: Callable[[str], str],
        write: Callable[[Event], None],
    ) -> None:
        self._context = context
        self._facts = facts
        self._write = write
        self._task: asyncio.Task[None] | None = None

    def begin_if_long(self, summarise: Callable[[], Awaitable[str]]) -> None:
        if self._context.too_long() and self._task is None:
            self._task = asyncio.create_task(self._shorten(summarise), name="shorten the context")

    def stop(self) -> None:
        if self._task:
            self._task.cancel()

    async def _shorten(self, summarise: Callable[[], Awaitable[str]]) -> None:
        replaced = len(self._context.oldest())
        if summary := await summarise():
            self._context.shorten(replaced, self._facts(summary))
            self._write(ContextShortened(turns=replaced, summary=summary))
        self._task = None
