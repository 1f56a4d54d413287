import asyncio
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.storage.approvals import NotAsked, PostgresApprovals
from adapters.storage.database import plain_address
from adapters.storage.ledger import PostgresLedger
from adapters.storage.subjects import Erasure, SubjectKeys
from domain.money import Money, NotMoney
from domain.ports.ledger import Approval, Approvals
from tests.adapters.storage.trade import AT, MASTER, SetClock, deed, euros

ASKED = Approval(
    id="a1", deed=deed(1), rules=("limit.agent", "refund.high"), reason="over 25.00", state="waiting",
    read_back="I refund 20.00 euros for order A-1. Shall I?", asked_at=AT,
    expires_at=AT + timedelta(hours=24),
)  # fmt: skip


def listeners() -> list[str]:
    return [name for task in asyncio.all_tasks() if (name := task.get_name()).startswith("bell")]


@pytest.fixture
async def approvals(
    engine: AsyncEngine, database: str, clock: SetClock, ledger: PostgresLedger
) -> PostgresApprovals:
    approvals = PostgresApprovals(engine, database, MASTER, clock)
    await ledger.reserve(deed(1), [])
    await approvals.ask(ASKED)
    return approvals


async def test_a_deed_is_asked_for_once(approvals: PostgresApprovals, ledger: PostgresLedger) -> None:
    port: Approvals = approvals
    await port.ask(replace(ASKED, id="a2", reason="again"))
    assert await approvals.waiting() == [ASKED]
    assert await approvals.waiting("another") == []
    assert (await approvals.load("a2"), await approvals.of_deed("d1")) == (None, ASKED)
    moved = deed(1).moved("waiting", AT)
    await ledger.replace(moved, 1)
    assert await approvals.waiting("sample") == [replace(ASKED, deed=moved)]


async def test_the_first_decision_counts(approvals: PostgresApprovals, clock: SetClock) -> None:
    clock.pass_by(60)
    at = clock.now()
    rivals = [approvals.decide("a1", state="approved", by=f"s{n}", amount=euros("5.00")) for n in range(4)]
    answers = await asyncio.gather(*rivals, approvals.decide("a1", state="denied", by="s9", words="no"))
    (stands,) = {str(answer) for answer in answers}
    stored = await approvals.load("a1")
    assert str(stored) == stands
    assert stored is not None
    assert stored.decided_at == at
    assert stored in [
        *(
            replace(ASKED, state="approved", decided_by=f"s{n}", decided_at=at, amount=euros("5.00"))
            for n in range(4)
        ),
        replace(ASKED, state="denied", decided_by="s9", decided_at=at, words="no"),
    ]
    assert await approvals.waiting() == []
    assert await approvals.decide("none", state="denied", by="s1") is None


@pytest.mark.parametrize("amount", [euros("20.01"), Money.of("1.00", "USD")])
async def test_nobody_allows_more_than_was_asked(approvals: PostgresApprovals, amount: Money) -> None:
    with pytest.raises(NotMoney, match="at most"):
        await approvals.decide("a1", state="approved", by="s1", amount=amount)
    assert await approvals.waiting() == [ASKED]


async def test_a_decision_after_its_time_has_expired(approvals: PostgresApprovals, clock: SetClock) -> None:
    clock.at = ASKED.expires_at
    late = await approvals.decide("a1", state="approved", by="s1", words="fine")
    assert late == replace(ASKED, state="expired", decided_at=clock.now())


async def test_all_who_wait_are_told_over_one_connection(
    engine: AsyncEngine, database: str, clock: SetClock, approvals: PostgresApprovals
) -> None:
    patient = PostgresApprovals(engine, database, MASTER, clock, again_s=3600)
    waiters = [asyncio.create_task(patient.decided("a1", within_s=3600)) for _ in range(3)]
    await asyncio.sleep(0)
    assert listeners() == ["bell callwright_approvals"]
    decided = await approvals.decide("a1", state="denied", by="s1", words="not this time")
    async with asyncio.timeout(30):
        assert await asyncio.gather(*waiters) == [decided] * 3
    assert listeners() == []


async def test_who_waits_looks_again_where_the_database_does_not_ring(
    engine: AsyncEngine, database: str, clock: SetClock, approvals: PostgresApprovals
) -> None:
    deaf = PostgresApprovals(engine, f"{database}&port=1", MASTER, clock, again_s=0.01)
    waiter = asyncio.create_task(deaf.decided("a1", within_s=60))
    await asyncio.sleep(0)
    decided = await approvals.decide("a1", state="approved", by="s1")
    assert await waiter == decided
    assert listeners() == []


async def test_who_waits_in_vain_gets_it_as_it_stands(approvals: PostgresApprovals) -> None:
    assert await approvals.decided("a1", within_s=0.02) == ASKED
    with pytest.raises(NotAsked):
        await approvals.decided("none", within_s=1)


async def test_an_erased_person_s_approval_has_no_words(
    approvals: PostgresApprovals, engine: AsyncEngine, database: str
) -> None:
    with psycopg.connect(plain_address(database)) as connection:
        (written,) = connection.execute("SELECT a::text FROM approvals a").fetchone() or ("",)
        (person,) = connection.execute("SELECT subject_id FROM deeds").fetchone() or (0,)
    assert "A-1" not in written
    await Erasure(engine, SubjectKeys(MASTER), SetClock()).erase_subject(person)
    await approvals.decide("a1", state="denied", by="s1", words="sorry, Kim")
    seen = await approvals.load("a1")
    assert seen is not None
    assert (seen.state, seen.reason, seen.read_back, seen.words) == ("denied", "", "", "")
    assert (seen.rules, seen.decided_by, seen.deed.amount) == (ASKED.rules, "s1", euros("20.00"))
