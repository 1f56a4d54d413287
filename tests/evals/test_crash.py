"""A sample of `make crash`: real processes, killed at the steps where most is at stake."""

from collections.abc import AsyncIterator, Iterator

import pytest

from adapters.storage.database import engine_for
from adapters.storage.ledger import PostgresLedger
from evals.attacks.office import Office
from evals.attacks.stage import StageClock
from evals.attacks.wish import Wish
from evals.crash.nursery import MASTER
from evals.crash.run import Crashes, Nursery, open_nursery


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with open_nursery() as nursery:
        yield nursery


@pytest.fixture
async def crashes(
    database: str, office: Office, stage_clock: StageClock, nursery: Nursery
) -> AsyncIterator[Crashes]:
    engine = engine_for(database, connections=2)
    yield Crashes(database, office, stage_clock, nursery, PostgresLedger(engine, MASTER))
    await engine.dispose()


def _wish(crashes: Crashes, action: str) -> Wish:
    return next(it for it in crashes.deeds() if it.action == action)


async def test_a_refund_survives_its_deaths(crashes: Crashes) -> None:
    wish = _wish(crashes, "refund_order")
    cases = [it for it in crashes.cases(wish) if it.what == "do"]
    assert [(it.step, it.how) for it in cases] == [
        ("reserve refund_order", "before"),
        ("doing refund_order", "before"),
        ("call createRefund", "before"),
        ("call createRefund", "late"),
        ("call createRefund", "lost"),
        ("done refund_order", "before"),
        ("the end", "before"),
    ]
    for case in cases[2:6]:
        judged = await crashes.play(wish, case)
        assert (judged.killed, judged.double, judged.lost) == (True, (), ()), case


async def test_a_half_done_cancellation_is_taken_back(crashes: Crashes) -> None:
    wish = _wish(crashes, "cancel_subscription")
    steps = [it for it in crashes.cases(wish) if it.what == "do, half refused" and "undo" in it.step]
    for case in steps:
        judged = await crashes.play(wish, case)
        assert (judged.killed, judged.double, judged.lost) == (True, (), ()), case
    assert steps
