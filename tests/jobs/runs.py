"""A run of a job without DBOS: finished steps are remembered, and one can die where a story wants it to."""

from collections.abc import Awaitable, Callable

from tests.tools.world import StillClock


class Died(BaseException):
    """The process is gone."""


class RememberedRun:
    """Implements `jobs.work.Run`. Begin it anew with the same memory to resume it."""

    def __init__(self, clock: StillClock, *, dies_after: int | None = None) -> None:
        """`dies_after`: so many steps have done their work, and the last of them is not remembered."""
        self._clock = clock
        self._memory: list[str] = []
        self._replayed = 0
        self._left = dies_after
        self.paused: list[float] = []

    def resumed(self) -> "RememberedRun":
        again = RememberedRun(self._clock)
        again._memory = self._memory
        return again

    async def step(self, name: str, work: Callable[[], Awaitable[str]], *, waits: bool = False) -> str:
        if self._replayed < len(self._memory):
            self._replayed += 1
            return self._memory[self._replayed - 1]
        word = await work()
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                raise Died
        self._memory.append(word)
        self._replayed += 1
        return word

    async def pause(self, seconds: float) -> None:
        self.paused.append(seconds)
        self._clock.passed += seconds
