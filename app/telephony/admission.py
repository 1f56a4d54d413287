"""How many calls this process takes: beyond its capacity it refuses new ones, for the sake of the running."""

from collections.abc import Callable
from typing import Literal

from app.metrics import Metrics
from domain.clock import Clock

LAG_PROBE_S = 0.02
LAG_WINDOW_S = 1.0


class LoopLag:
    """Measures how late the event loop is: the worst of the probes of the last second."""

    def __init__(
        self, clock: Clock, metrics: Metrics, *, tell: Callable[[float], None] | None = None
    ) -> None:
        """`tell` is given each second's worst lateness, in seconds."""
        self.worst_s = 0.0
        self._tell = tell
        self._clock = clock
        self._metrics = metrics

    async def watch(self) -> None:
        while True:
            worst, window_ends = 0.0, self._clock.monotonic() + LAG_WINDOW_S
            while (asked := self._clock.monotonic()) < window_ends:
                await self._clock.sleep(LAG_PROBE_S)
                late = self._clock.monotonic() - asked - LAG_PROBE_S
                worst = max(worst, late)
                self.worst_s = max(self.worst_s, late)
            self.worst_s = worst
            self._metrics.loop_lag.set(worst)
            if self._tell:
                self._tell(worst)


class Admission:
    """Counts calls that talk here and calls that were just told to come."""

    def __init__(
        self,
        *,
        clock: Clock,
        lag: LoopLag,
        live: Callable[[], int],
        max_calls: int,
        max_lag_s: float = 0.25,
        expected_for_s: float = 20.0,
    ) -> None:
        """`expected_for_s`: how long a place is kept for a call whose stream has not come."""
        self.draining = False
        self._clock = clock
        self._lag = lag
        self._live = live
        self._max_calls = max_calls
        self._max_lag_s = max_lag_s
        self._expected_for_s = expected_for_s
        self._expected: dict[str, float] = {}

    def refusal(self, call_id: str) -> Literal["capacity", "draining"] | None:
        """Why a new call cannot be taken at this moment; of one that can, the place is kept from now on.

        Calls that ring in the same instant would else all find the same place free.
        """
        if self.draining:
            return "draining"
        taken = self.taken
        if call_id not in self._expected and (
            taken >= self._max_calls or self._lag.worst_s > self._max_lag_s
        ):
            return "capacity"
        self.expect(call_id)
        return None

    @property
    def taken(self) -> int:
        """Calls that talk here, and calls that were told to come."""
        now = self._clock.monotonic()
        self._expected = {call_id: until for call_id, until in self._expected.items() if until > now}
        return self._live() + len(self._expected)

    def drain(self) -> None:
        self.draining = True

    def expect(self, call_id: str) -> None:
        """The call was told to open a stream."""
        self._expected[call_id] = self._clock.monotonic() + self._expected_for_s

    def arrived(self, call_id: str) -> None:
        """Its stream is here, or will not come."""
        self._expected.pop(call_id, None)
