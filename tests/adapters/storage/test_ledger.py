import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.secrets import MasterKey
from adapters.storage.database import engine_for, plain_address
from adapters.storage.ledger import PostgresLedger
from adapters.storage.people import SealBroken
from adapters.storage.subjects import Erasure, SubjectKeys
from adapters.storage.tables import call_heads, calls
from domain.actions import Limit
from domain.clock import SystemClock
from domain.deeds import ImpossibleMove
from domain.money import Money
from domain.ports.ledger import AlreadyStanding, Ledger, LimitPassed, Reserved, Spent
from tests.adapters.storage.trade import AT, DAY, MASTER, deed, euros

LATER = AT + timedelta(minutes=5)
PER_CALL = Limit(per="call", amount=euros("50.00"))
PER_CUSTOMER = Limit(per="customer_day", count=2)
PER_DAY = Limit(per="company_day", amount=euros("50.00"))


async def ring(engine: AsyncEngine, call_id: str, caller: str, *, subject_id: int | None = None) -> None:
    """A call in its table, and in the journal where a person is given."""
    row = {
        "id": call_id, "direction": "inbound", "company": "sample", "line": "main", "caller": caller,
        "called": "+15550199", "carrier_call_id": f"CA{call_id}", "created_at": AT, "deadline": AT,
        "version": 0, "state": "live", "stream_number": 0, "reconnects": 0, "attempts": 0, "reason": "",
    }  # fmt: skip
    head = {"call_id": call_id, "subject_id": subject_id, "seq": 1, "chain": b"", "signature": b""}
    async with engine.begin() as connection:
        await connection.execute(insert(calls).values(row))
        if subject_id is not None:
            await connection.execute(insert(call_heads).values(head))


def stored_bytes(database: str) -> bytes:
    """All that the tables of the gate hold, as whoever steals the database sees it."""
    with psycopg.connect(plain_address(database)) as connection:
        rows = connection.execute("SELECT d::text, d.sealed FROM deeds d").fetchall()
    return b"".join(written.encode() + sealed for written, sealed in rows)


async def test_a_deed_is_read_back_as_it_was_reserved(ledger: PostgresLedger, database: str) -> None:
    port: Ledger = ledger
    odd = deed(arguments={"text": "\ud800 ü", "n": 1.5, "none": None, "list": [1, {"a": True}]}, parent=None)
    assert await port.reserve(odd, []) == Reserved(deed=odd)
    assert await port.load("d1") == odd
    assert await port.standing("sample", "refund", "A-1") == odd
    assert await port.standing("another", "refund", "A-1") is None
    assert await port.load("d2") is None
    seen = stored_bytes(database)
    assert not [word for word in (b"A-1", b"C-7", b"+15550100", b"late") if word in seen]


async def test_the_same_is_agreed_once_whatever_became_of_it(ledger: PostgresLedger) -> None:
    await ledger.reserve(deed(1), [])
    again = deed(2, subject="A-1", call_id="c2", amount=euros("1.00"))
    assert await ledger.reserve(again, []) == AlreadyStanding(deed=deed(1))
    assert await ledger.reserve(replace(again, action="credit"), []) == Reserved(
        deed=replace(again, action="credit")
    )
    failed = deed(1).moved("doing", LATER).moved("failed", LATER)
    assert await ledger.replace(failed, 1)
    assert await ledger.reserve(deed(1), []) == AlreadyStanding(deed=failed)
    assert isinstance(await ledger.reserve(deed(3, subject="A-1"), []), Reserved)


@pytest.mark.parametrize(
    ("limit", "other", "passed"),
    [
        (PER_CALL, {}, True),
        (PER_CALL, {"call_id": "c2"}, False),
        (PER_CALL, {"action": "credit"}, False),
        (PER_CALL, {"company": "another"}, False),
        (PER_CUSTOMER, {"call_id": "c2"}, True),
        (PER_CUSTOMER, {"customer": "C-8"}, False),
        (PER_CUSTOMER, {"day": "2026-11-22"}, False),
        (PER_DAY, {"call_id": "c2", "customer": "C-8"}, True),
        (PER_DAY, {"day": "2026-11-22"}, False),
        (Limit(per="action", amount=euros("20.00")), {}, False),
        (Limit(per="action", amount=euros("19.99")), {"call_id": "c9"}, True),
        (PER_CALL, {"amount": Money.of("1.00", "USD")}, True),
        (PER_CALL, {"amount": None}, True),
    ],
)
async def test_a_limit_adds_up_the_standing_deeds_of_its_scope(
    ledger: PostgresLedger, limit: Limit, other: dict[str, str], passed: bool
) -> None:
    for number in (1, 2):
        await ledger.reserve(deed(number), [])
    third = deed(3, **other)
    expected = LimitPassed(limit=limit) if passed else Reserved(deed=third)
    assert await ledger.reserve(third, [limit]) == expected
    assert await ledger.load("d3") == (None if passed else third)


async def test_what_was_not_done_or_taken_back_frees_its_share(ledger: PostgresLedger) -> None:
    first, second = deed(1), deed(2)
    for one in (first, second):
        await ledger.reserve(one, [PER_DAY])
    assert await ledger.reserve(deed(3), [PER_DAY]) == LimitPassed(limit=PER_DAY)
    done = first.moved("doing", LATER).moved("done", LATER)
    await ledger.replace(done, 1)
    assert await ledger.reserve(deed(3), [PER_DAY]) == LimitPassed(limit=PER_DAY)
    await ledger.replace(undone := done.moved("undoing", LATER).moved("undone", LATER), 3)
    assert await ledger.reserve(deed(3), [PER_DAY]) == Reserved(deed=deed(3))
    assert await ledger.standing("sample", "refund", "A-1") is None
    assert await ledger.of_customer("sample", "C-7") == [undone, second, deed(3)]
    lower = second.moved("doing", LATER, amount=euros("10.00"))
    await ledger.replace(lower, 1)
    assert isinstance(await ledger.reserve(deed(4), [PER_DAY]), Reserved)


async def test_what_was_spent_is_told_by_scope(ledger: PostgresLedger) -> None:
    for one in (deed(1), deed(2, call_id="c2"), deed(3, customer="C-8"), deed(4, amount=None)):
        await ledger.reserve(one, [])
    assert await ledger.spent("sample", "refund", call_id="c1", customer="C-7", day=DAY) == Spent(
        call_amount=4000, call_count=3, customer_day_amount=4000, customer_day_count=3,
        company_day_amount=6000, company_day_count=4,
    )  # fmt: skip
    assert await ledger.spent("sample", "credit", call_id="c1", customer="C-7", day=DAY) == Spent()


async def test_readers_find_deeds_by_call_customer_state_and_parent(ledger: PostgresLedger) -> None:
    whole = deed(1, action="cancel_all", call_id="c2")
    steps = [deed(number, parent="d1", call_id="c2") for number in (3, 2)]
    nobodys = deed(4, customer="", subject="x")
    for one in (whole, *steps, nobodys):
        await ledger.reserve(one, [])
    await ledger.replace(doing := steps[0].moved("doing", LATER), 1)
    assert await ledger.of_call("c2") == [whole, steps[1], doing]
    assert await ledger.steps_of("d1") == [steps[1], doing]
    assert await ledger.of_customer("sample", "C-7") == [whole, steps[1], doing]
    assert await ledger.of_customer("sample", "") == []
    assert await ledger.in_state("doing", "unknown", before=LATER) == []
    soon = LATER + timedelta(microseconds=1)
    assert await ledger.in_state("doing", "unknown", before=soon) == [doing]
    assert await ledger.in_state("reserved", before=soon) == [whole, steps[1], nobodys]


async def test_of_many_at_once_one_gets_the_subject(ledger: PostgresLedger) -> None:
    asked = [deed(number, subject="A-1", call_id=f"c{number}") for number in range(8)]
    answers = await asyncio.gather(*(ledger.reserve(one, []) for one in asked))
    (winner,) = [answer for answer in answers if isinstance(answer, Reserved)]
    assert [a for a in answers if a is not winner] == [AlreadyStanding(deed=winner.deed)] * 7


@pytest.fixture
async def strange_engine(database: str) -> AsyncIterator[AsyncEngine]:
    """A server whose transactions see nothing newer than their beginning."""
    with psycopg.connect(plain_address(database), autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read'")
    engine = engine_for(database)
    yield engine
    await engine.dispose()


@pytest.mark.parametrize("limit", [PER_CALL, PER_CUSTOMER, PER_DAY])
async def test_many_at_once_do_not_pass_a_limit_together(strange_engine: AsyncEngine, limit: Limit) -> None:
    ledger = PostgresLedger(strange_engine, MASTER)
    answers = await asyncio.gather(*(ledger.reserve(deed(number), [limit]) for number in range(10)))
    assert sum(isinstance(answer, Reserved) for answer in answers) == 2
    assert answers.count(LimitPassed(limit=limit)) == 8


async def test_of_two_moves_one_counts(ledger: PostgresLedger) -> None:
    await ledger.reserve(deed(1), [])
    rivals = [deed(1).moved("doing", LATER, outcome=str(number)) for number in range(5)]
    won = await asyncio.gather(*(ledger.replace(rival, 1) for rival in rivals))
    assert won.count(True) == 1
    assert await ledger.load("d1") == rivals[won.index(True)]
    assert not await ledger.replace(deed(9, version=2), 1)
    with pytest.raises(ImpossibleMove, match="higher version"):
        await ledger.replace(deed(1), 1)
    with pytest.raises(ImpossibleMove, match="cannot be reserved"):
        await ledger.reserve(rivals[0], [])


async def test_when_it_was_first_done_is_kept(ledger: PostgresLedger) -> None:
    await ledger.reserve(deed(1), [])
    done = deed(1).moved("doing", LATER).moved("done", LATER)
    assert await ledger.replace(done, 1)
    assert await ledger.load("d1") == done
    kept = done.moved("undoing", LATER + timedelta(minutes=1)).moved("done", LATER + timedelta(minutes=2))
    assert await ledger.replace(kept, done.version)
    loaded = await ledger.load("d1")
    assert loaded == kept
    assert loaded is not None and loaded.done_at == LATER


async def test_the_table_itself_refuses_a_second_standing_deed(
    ledger: PostgresLedger, engine: AsyncEngine
) -> None:
    await ledger.reserve(deed(1), [])
    await ledger.reserve(deed(2), [])
    both = text("UPDATE deeds SET subject_lookup = (SELECT subject_lookup FROM deeds WHERE id = 'd1')")
    with pytest.raises(IntegrityError, match="deeds_standing"):
        async with engine.begin() as connection:
            await connection.execute(both)


async def test_a_row_set_back_by_hand_is_noticed(ledger: PostgresLedger, engine: AsyncEngine) -> None:
    await ledger.reserve(deed(1), [])
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE deeds SET version = 2"))
    with pytest.raises(SealBroken, match="deed d1"):
        await ledger.load("d1")


@pytest.mark.parametrize(("caller", "journalled"), [("+15550100", False), ("+15550100", True), ("", True)])
async def test_an_erased_person_leaves_sums_states_and_ids(
    ledger: PostgresLedger, engine: AsyncEngine, caller: str, journalled: bool
) -> None:
    keys = SubjectKeys(MASTER)
    erasure = Erasure(engine, keys, SystemClock())
    await ring(engine, "c1", caller)
    await ledger.reserve(deed(1), [])
    async with engine.begin() as connection:
        person = await connection.scalar(text("SELECT subject_id FROM deeds"))
        if journalled:  # the journal made another key for a hidden number
            other = await connection.scalar(text("INSERT INTO subjects DEFAULT VALUES RETURNING id"))
            head = {"call_id": "c1", "subject_id": person if caller else other, "seq": 1, "chain": b""}
            await connection.execute(insert(call_heads).values({**head, "signature": b""}))
    found = await (erasure.subject_of_number(caller) if caller else erasure.subject_of_call("c1"))
    assert found is not None
    assert (found == person) is bool(caller)
    await erasure.erase_subject(found)
    frame = replace(deed(1), customer="", arguments={}, scope={}, subject="")
    assert await ledger.load("d1") == frame
    assert await ledger.replace(deed(1).moved("doing", LATER, result={"name": "Kim"}), 1)
    assert await ledger.load("d1") == frame.moved("doing", LATER)
    assert isinstance(await ledger.reserve(deed(2, subject="A-1"), []), AlreadyStanding)
    once = Limit(per="customer_day", count=1)
    assert await ledger.reserve(deed(3, call_id="c5"), [once]) == LimitPassed(limit=once)
    await ledger.reserve(new := deed(4), [])
    assert await ledger.load("d4") == new


async def test_another_master_key_reads_nothing(ledger: PostgresLedger, engine: AsyncEngine) -> None:
    await ledger.reserve(deed(1), [])
    other = PostgresLedger(engine, MasterKey(b"x" * 32))
    assert await other.standing("sample", "refund", "A-1") is None
    with pytest.raises(Exception, match="master key"):
        await other.load("d1")
