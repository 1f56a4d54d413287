"""An event loop whose clock jumps to the next timer when nothing else is left to do."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar

T = TypeVar("T")


class _Selector(selectors.DefaultSelector):
    """Never waits: says how long the loop wanted to, and lets the clock jump instead."""

    loop: "VirtualTimeLoop"

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is not None and timeout > 0:
            self.loop.jump(timeout)
        return list(ready)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Seconds cost nothing. Work for an executor runs inline: a thread would let the clock run away."""

    def __init__(self) -> None:
        selector = _Selector()
        self._now = 1000.0
        super().__init__(selector)
        selector.loop = self

    def time(self) -> float:
        return self._now

    def jump(self, seconds: float) -> None:
        self._now += seconds

    def run_in_executor(  # type: ignore[override]  # the base declares a wider protocol
        self, _executor: Executor | None, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        future: asyncio.Future[T] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future


def run(story: Coroutine[Any, Any, T]) -> T:
    """Play a coroutine to its end in virtual time; leaves no task behind."""
    loop = VirtualTimeLoop()
    asyncio.set_event_loop(loop)
    try:
        result = loop.run_until_complete(story)
        left = [task for task in asyncio.all_tasks(loop) if not task.done()]
        assert not left, f"tasks left behind: {left}"
        return result
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
        asyncio.set_event_loop(None)
