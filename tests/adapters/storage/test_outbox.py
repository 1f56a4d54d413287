import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.storage.database import plain_address
from adapters.storage.outbox import ERASED, Claimed, PostgresOutbox, Receipt
from adapters.storage.subjects import Erasure, SubjectKeys
from domain.ports.messages import Messages, Outgoing
from tests.adapters.storage.trade import AT, MASTER, SetClock


def message(number: int = 1) -> Outgoing:
    return Outgoing(
        id=f"m{number}", company="sample", call_id="c1", template="label", channel="sms", to="+15550100",
        subject="", text=f"Your label: {number}",
    )  # fmt: skip


def first(number: int = 1) -> Claimed:
    return Claimed(message=message(number), attempt=1, doubts=0)


@pytest.fixture
def outbox(engine: AsyncEngine, database: str, clock: SetClock) -> PostgresOutbox:
    return PostgresOutbox(engine, database, MASTER, clock)


async def test_a_message_is_taken_once_and_followed_to_its_end(
    outbox: PostgresOutbox, clock: SetClock
) -> None:
    port: Messages = outbox
    taken = await asyncio.gather(*(port.send(message()) for _ in range(4)))
    assert sorted(taken) == ["already", "already", "already", "queued"]
    assert (await port.status("m1"), await port.status("m2")) == ("queued", None)
    claimed = await outbox.claim(5, AT, lease_s=30)
    assert claimed == [first()]
    assert claimed[0].message.queued_at == AT
    assert await port.status("m1") == "queued"
    assert (await outbox.list_recent())[0].state == "sending"
    clock.pass_by(1)
    assert await outbox.sent("m1", "SM1")
    assert not await outbox.sent("m1", "SM2")
    assert await port.status("m1") == "sent"
    assert await outbox.delivered("SM1", "delivered")
    assert await port.status("m1") == "delivered"
    (seen,) = await outbox.list_recent("sample")
    assert (seen.message, seen.carrier_id, seen.attempts) == (message(), "SM1", 1)
    assert (seen.queued_at, seen.moved_at) == (AT, clock.now())
    assert (await outbox.list_recent("another"), await outbox.of_call("c1")) == ([], [seen])


async def test_workers_at_once_never_get_the_same(outbox: PostgresOutbox) -> None:
    for number in range(12):
        await outbox.send(message(number))
    claimed = await asyncio.gather(*(outbox.claim(5, AT, lease_s=30) for _ in range(4)))
    ids = [one.message.id for part in claimed for one in part]
    assert sorted(ids) == sorted(f"m{number}" for number in range(12))
    assert await outbox.claim(5, AT + timedelta(seconds=29), lease_s=30) == []


async def test_a_worker_that_died_leaves_a_message_that_may_have_gone(outbox: PostgresOutbox) -> None:
    await outbox.send(message())
    await outbox.claim(1, AT, lease_s=30)
    later = AT + timedelta(seconds=30)
    assert await outbox.claim(1, later, lease_s=30) == [replace(first(), attempt=2, doubts=1)]


async def test_a_doubt_outlives_a_later_certainty(outbox: PostgresOutbox) -> None:
    await outbox.send(message())
    await outbox.claim(1, AT, lease_s=30)
    later = AT + timedelta(seconds=30)
    await outbox.claim(1, later, lease_s=30)
    assert await outbox.failed("m1", "NotDone", later)
    assert await outbox.claim(1, later, lease_s=30) == [replace(first(), attempt=3, doubts=1)]


async def test_a_failure_is_tried_again_when_it_says_or_never(outbox: PostgresOutbox) -> None:
    await outbox.send(message())
    assert not await outbox.failed("m1", "Timeout", None)
    await outbox.claim(1, AT, lease_s=30)
    again = AT + timedelta(seconds=5)
    assert await outbox.failed("m1", "Timeout", again)
    assert await outbox.claim(1, again - timedelta(microseconds=1), lease_s=30) == []
    assert await outbox.claim(1, again, lease_s=30) == [replace(first(), attempt=2)]
    assert await outbox.failed("m1", "NoSuchNumber", None)
    assert await outbox.claim(1, again + timedelta(days=9), lease_s=30) == []
    assert [(it.state, it.error, it.attempts) for it in await outbox.list_recent()] == [
        ("failed", "NoSuchNumber", 2)
    ]


async def test_a_message_that_was_given_up_may_turn_out_to_have_gone(outbox: PostgresOutbox) -> None:
    await outbox.send(message())
    await outbox.claim(1, AT, lease_s=30)
    assert await outbox.failed("m1", "Unconfirmed", None)
    assert await outbox.sent("m1", "SM1")
    assert await outbox.delivered("SM1", "delivered")
    assert [(it.state, it.error) for it in await outbox.list_recent()] == [("delivered", "")]


@pytest.mark.parametrize("order", list(permutations(["ours", "sent", "delivered", "undelivered"])))
async def test_what_the_carrier_says_never_goes_backwards(
    outbox: PostgresOutbox, order: tuple[Receipt | str, ...]
) -> None:
    """Also where it comes before we have noted that the carrier took the message. The first end is final."""
    await outbox.send(message())
    await outbox.claim(1, AT, lease_s=30)
    for said in order:
        if said == "ours":
            await outbox.sent("m1", "SM1")
        elif said == "sent":
            await outbox.delivered("SM1", "sent")
        else:
            await outbox.delivered("SM1", "delivered" if said == "delivered" else "undelivered", error=said)
            assert not await outbox.delivered("SM1", "sent")
    (end,) = [said for said in order if said in {"delivered", "undelivered"}][:1]
    (seen,) = await outbox.list_recent()
    assert (seen.state, seen.error) == (end, end)


async def test_a_worker_that_waits_is_told_of_a_message(outbox: PostgresOutbox, database: str) -> None:
    async with asyncio.timeout(10), outbox.listening() as something_new:
        await something_new(60)  # it rings once when it begins to listen
        await asyncio.gather(something_new(60), outbox.send(message()))
        await something_new(0.01)
    assert await outbox.claim(1, AT, lease_s=30) == [first()]
    with psycopg.connect(plain_address(database)) as connection:
        (written,) = connection.execute("SELECT m::text FROM messages m").fetchone() or ("",)
    assert not [word for word in ("+15550100", "Your label") if word in written]


async def test_a_worker_takes_one_channel_at_a_time(outbox: PostgresOutbox) -> None:
    letter = replace(message(2), channel="email", to="ada@lovelace.example")
    await outbox.send(message(1))
    await outbox.send(letter)
    assert [it.message for it in await outbox.claim(5, AT, lease_s=30, channel="email")] == [letter]
    assert [it.message for it in await outbox.claim(5, AT, lease_s=30)] == [message(1)]


async def test_an_erased_person_gets_no_message(
    outbox: PostgresOutbox, engine: AsyncEngine, database: str
) -> None:
    await outbox.send(message())
    with psycopg.connect(plain_address(database)) as connection:
        (person,) = connection.execute("SELECT subject_id FROM messages").fetchone() or (0,)
    await Erasure(engine, SubjectKeys(MASTER), SetClock()).erase_subject(person)
    assert await outbox.claim(1, AT, lease_s=30) == []
    (seen,) = await outbox.list_recent()
    assert (seen.state, seen.error) == ("failed", ERASED)
    assert seen.message == replace(message(), to="", text="")
