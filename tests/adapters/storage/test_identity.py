import asyncio

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.storage.database import plain_address
from adapters.storage.identity import PostgresIdentityRecords
from domain.ports.identity import CODES_PER_DAY, IdentityRecords
from tests.adapters.storage.trade import DAY, MASTER, SetClock

WHO = ("sample", "C-7", "c1")


@pytest.fixture
def records(engine: AsyncEngine, clock: SetClock) -> PostgresIdentityRecords:
    return PostgresIdentityRecords(engine, MASTER, clock)


async def made(records: PostgresIdentityRecords, day: str = DAY) -> str:
    code = await records.make_code(*WHO, day=day, valid_s=300)
    assert code is not None
    return code


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


async def test_wrong_attempts_are_counted_by_customer_and_day(records: PostgresIdentityRecords) -> None:
    port: IdentityRecords = records
    counted = await asyncio.gather(*(port.note_wrong("sample", "C-7", DAY) for _ in range(5)))
    assert sorted(counted) == [1, 2, 3, 4, 5]
    assert await port.attempts("sample", "C-7", DAY) == 5
    for other in (("sample", "C-8", DAY), ("x", "C-7", DAY), ("sample", "C-7", "2026-11-22")):
        assert await port.attempts(*other) == 0


async def test_a_code_is_right_once(records: PostgresIdentityRecords, database: str) -> None:
    code = await made(records)
    assert len(code) == 6
    assert code.isdecimal()
    with psycopg.connect(plain_address(database)) as connection:
        (written,) = connection.execute("SELECT c::text FROM one_time_codes c").fetchone() or ("",)
    assert "C-7" not in written
    assert f",{code}," not in written
    answers = await asyncio.gather(*(records.check_code(*WHO, code) for _ in range(4)))
    assert sorted(answers) == ["expired", "expired", "expired", "right"]


async def test_a_code_bears_three_tries(records: PostgresIdentityRecords) -> None:
    code = await made(records)
    wrong = other_than(code)
    assert [await records.check_code(*WHO, wrong) for _ in range(3)] == ["wrong", "wrong", "too_many"]
    assert await records.check_code(*WHO, code) == "too_many"
    fresh = await made(records)
    assert [await records.check_code(*WHO, told) for told in (other_than(fresh), fresh)] == ["wrong", "right"]


async def test_tries_at_once_are_counted_one_by_one(records: PostgresIdentityRecords) -> None:
    code = await made(records)
    wrong = [f"{(int(code) + n) % 1_000_000:06}" for n in range(1, 8)]
    answers = await asyncio.gather(*(records.check_code(*WHO, told) for told in wrong))
    assert sorted(answers) == ["too_many"] * 5 + ["wrong"] * 2


async def test_a_code_is_good_for_its_time_call_and_customer_only(
    records: PostgresIdentityRecords, clock: SetClock
) -> None:
    code = await made(records)
    for company, customer, call_id in (("x", "C-7", "c1"), ("sample", "C-8", "c1"), ("sample", "C-7", "c2")):
        assert await records.check_code(company, customer, call_id, code) == "expired"
    clock.pass_by(300)
    assert await records.check_code(*WHO, code) == "expired"
    fresh = await made(records)
    clock.pass_by(299.9)
    assert await records.check_code(*WHO, fresh) == "right"


async def test_an_earlier_code_is_void(records: PostgresIdentityRecords) -> None:
    earlier = await made(records)
    while (code := await made(records)) == earlier:
        pass
    assert await records.check_code(*WHO, earlier) == "wrong"
    assert await records.check_code(*WHO, code) == "right"


async def test_a_customer_has_only_so_many_codes_a_day(records: PostgresIdentityRecords) -> None:
    at_once = [records.make_code(*WHO, day=DAY, valid_s=300) for _ in range(CODES_PER_DAY + 3)]
    codes = await asyncio.gather(*at_once)
    assert sum(code is None for code in codes) == 3
    assert await records.make_code("sample", "C-8", "c1", day=DAY, valid_s=300)
    assert await records.check_code(*WHO, await made(records, "2026-11-22")) == "right"


async def test_a_code_that_is_refused_leaves_the_last_one_good(records: PostgresIdentityRecords) -> None:
    codes = [await made(records) for _ in range(CODES_PER_DAY)]
    assert await records.make_code(*WHO, day=DAY, valid_s=300) is None
    assert await records.check_code(*WHO, codes[-1]) == "right"
    assert await records.make_code(*WHO, day=DAY, valid_s=300) is None
