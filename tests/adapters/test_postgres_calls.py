import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.secrets import MasterKey
from adapters.storage.callbacks import PostgresCallbacks
from adapters.storage.calls import PostgresCalls
from adapters.storage.database import engine_for
from adapters.storage.tables import calls
from adapters.storage.views import CallFilter, Views
from domain.call import Call, State
from domain.clock import SystemClock
from domain.ports.callbacks import CallbackRequest
from domain.ports.calls import CallExists

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def ringing(number: int) -> Call:
    at = START + timedelta(minutes=number)
    return Call(
        id=f"{number:032x}", direction="inbound", company="sample", line="main", caller="+15550100",
        called="+15550199", carrier_call_id=f"CA{number}", created_at=at, deadline=at + timedelta(seconds=15),
    )  # fmt: skip


@pytest.fixture
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    engine = engine_for(database)
    yield engine
    await engine.dispose()


@pytest.fixture
def store(engine: AsyncEngine) -> PostgresCalls:
    return PostgresCalls(engine)


def test_the_table_has_the_fields_of_a_call() -> None:
    assert set(calls.c.keys()) == set(Call.__dataclass_fields__)


async def test_a_call_is_read_back_as_it_was_written(store: PostgresCalls) -> None:
    call = replace(
        ringing(1), state=State.ENDING, expected=State.COMPLETED, stream_sid="MZ1", ticket="t",
        reason="goodbye", answered_at=START, reconnects=1, attempts=2, stream_number=3, version=4,
    )  # fmt: skip
    await store.create(call)
    assert await store.load(call.id) == call
    assert await store.by_carrier_call_id("CA1") == call
    assert (await store.load("x"), await store.by_carrier_call_id("x")) == (None, None)


async def test_the_carrier_may_ask_twice_and_makes_one_call(store: PostgresCalls) -> None:
    await store.create(ringing(1))
    with pytest.raises(CallExists):
        await store.create(replace(ringing(2), carrier_call_id="CA1"))


async def test_of_two_at_once_one_wins(store: PostgresCalls) -> None:
    call = ringing(1)
    await store.create(call)
    rivals = [replace(call, version=1, reason=f"{n}") for n in range(5)]
    won = await asyncio.gather(*(store.replace(rival, 0) for rival in rivals))
    assert won.count(True) == 1
    assert await store.load(call.id) == rivals[won.index(True)]
    assert not await store.replace(ringing(2), 0)


async def test_the_unfinished_are_those_past_their_deadline(store: PostgresCalls) -> None:
    over = replace(ringing(1), state=State.COMPLETED, ended_at=START)
    for call in (over, ringing(3), ringing(2), ringing(9)):
        await store.create(call)
    late = await store.unfinished(ringing(3).deadline)
    assert [call.carrier_call_id for call in late] == ["CA2", "CA3"]


async def test_pages_and_filters(store: PostgresCalls, engine: AsyncEngine) -> None:
    for number in range(5):
        await store.create(replace(ringing(number), state=State.LIVE if number % 2 else State.FAILED))
    views = Views(engine, MasterKey(b"m" * 32))
    first = await views.calls(limit=3)
    second = await views.calls(after=first.next_after, limit=3)
    assert [c.carrier_call_id for c in (*first.calls, *second.calls)] == ["CA4", "CA3", "CA2", "CA1", "CA0"]
    assert second.next_after is None
    assert await views.counts() == {State.LIVE: 2, State.FAILED: 3}
    some = CallFilter(
        state=State.FAILED, since=START + timedelta(minutes=1), until=START + timedelta(minutes=4)
    )
    assert [c.carrier_call_id for c in (await views.calls(some)).calls] == ["CA2"]
    assert await views.call(ringing(1).id) == replace(ringing(1), state=State.LIVE)


async def test_a_message_is_taken_once_per_call_and_subject(engine: AsyncEngine) -> None:
    callbacks = PostgresCallbacks(engine, SystemClock())
    request = CallbackRequest(call_id="a", company="sample", number="1", name="Kim", about="My  order")
    first = await callbacks.take(request)
    assert await callbacks.take(replace(request, about="my order", number="2")) == first
    assert await callbacks.take(replace(request, about="a refund")) != first
    assert await callbacks.take(replace(request, call_id="b")) != first
    messages = await Views(engine, MasterKey(b"m" * 32)).open_messages("sample")
    assert [(m.call_id, m.number, m.about) for m in messages] == [
        ("a", "2", "My  order"), ("a", "1", "a refund"), ("b", "1", "My  order"),
    ]  # fmt: skip


async def test_an_error_of_the_database_quotes_nobody(store: PostgresCalls) -> None:
    with pytest.raises(DBAPIError) as failed:
        await store.create(replace(ringing(1), line="\0"))
    assert "+15550100" not in str(failed.value)
