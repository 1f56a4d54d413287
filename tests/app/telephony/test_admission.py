"""The loop's lag, as a probe sees it."""

import asyncio

import pytest

from app.metrics import Metrics
from app.telephony.admission import LoopLag
from tests.app.telephony.carrier import TestClock


class SlowClock(TestClock):
    """Every sleep lasts 80 ms longer than it was asked to, for the first second."""

    async def sleep(self, seconds: float) -> None:
        if self.passed_s > 2.5:
            raise asyncio.CancelledError
        await super().sleep(seconds + (0.08 if self.passed_s < 1 else 0.0))


async def test_the_worst_probe_of_the_last_second_is_the_lag() -> None:
    lag, metrics = None, Metrics()
    seen: list[float] = []

    class Watched(SlowClock):
        async def sleep(self, seconds: float) -> None:
            assert lag is not None
            seen.append(round(lag.worst_s, 3))
            await super().sleep(seconds)

    lag = LoopLag(Watched(), metrics)
    with pytest.raises(asyncio.CancelledError):
        await lag.watch()
    assert max(seen) == 0.08
    assert seen[-1] == 0.0, "an old lag is forgotten"
    assert metrics.registry.get_sample_value("callwright_loop_lag_seconds") == pytest.approx(0, abs=1e-9)
