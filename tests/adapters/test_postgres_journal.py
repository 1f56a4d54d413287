import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.secrets import KeyUnusable, MasterKey
from adapters.storage.database import engine_for, plain_address
from adapters.storage.heads_file import HeadsFile
from adapters.storage.journal import PostgresJournal
from adapters.storage.journal_batch import BatchWriter, Waiting
from adapters.storage.sealing import event_of, payload_of
from adapters.storage.subjects import Erasure, SubjectKeys, check_master_key
from adapters.storage.verification import Verification
from adapters.storage.views import Erased, Views
from domain.clock import SystemClock
from domain.events import CallEnded, CallerSaid, CallStarted, Event, GoalOpened
from domain.gate_events import ActionProposed
from domain.journal import EventsLost, Flaw, Verdict

MASTER = MasterKey(b"m" * 32)


def started(caller: str = "+15550100") -> CallStarted:
    return CallStarted(
        company="sample",
        line="main",
        direction="inbound",
        carrier_call_id="CA1",
        caller=caller,
        called="+15550199",
        language="en-US",
        prompts_version="1",
        speech_to_text="local",
        text_to_speech="local",
        model="stand-in",
    )


def said(turn: int) -> CallerSaid:
    return CallerSaid(turn=turn, text=f"my words {turn}", started_ms=turn, ended_ms=turn + 1)


ENDED = CallEnded(outcome="completed", reason="goodbye", duration_ms=9)


@pytest.fixture
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    engine = engine_for(database)
    yield engine
    await engine.dispose()


@pytest.fixture
def heads(tmp_path: Path) -> HeadsFile:
    return HeadsFile(tmp_path / "heads.jsonl")


@pytest.fixture
async def journal(database: str, heads: HeadsFile) -> AsyncIterator[PostgresJournal]:
    journal = PostgresJournal(database, MASTER, heads, SystemClock())
    journal.start()
    yield journal
    await journal.close()


@pytest.fixture
def check(engine: AsyncEngine, heads: HeadsFile) -> Callable[[str], Awaitable[Verdict]]:
    return Verification(engine, MASTER, heads).verify


@pytest.fixture
def check_all(engine: AsyncEngine, heads: HeadsFile) -> Callable[[], Awaitable[list[Verdict]]]:
    async def run() -> list[Verdict]:
        return [verdict async for verdict in Verification(engine, MASTER, heads).verify_all()]

    return run


@pytest.fixture
def views(engine: AsyncEngine) -> Views:
    return Views(engine, MASTER)


async def write_call(
    journal: PostgresJournal, call_id: str, turns: int = 3, caller: str = "+15550100"
) -> None:
    events: list[Event] = [started(caller), *(said(turn) for turn in range(turns)), ENDED]
    for event in events:
        journal.write(call_id, event)
    await journal.settle(call_id)


async def test_what_was_settled_is_read_in_order(
    journal: PostgresJournal, views: Views, check: Callable[[str], Awaitable[Verdict]], database: str
) -> None:
    await write_call(journal, "a")
    assert [(r.seq, r.event) for r in await views.events("a")] == [
        (1, started()), (2, said(0)), (3, said(1)), (4, said(2)), (5, ENDED),
    ]  # fmt: skip
    assert [r.seq for r in await views.events("a", after=3)] == [4, 5]
    assert await check("a") == Verdict(call_id="a", events=5, erased=0, flaws=())
    with psycopg.connect(plain_address(database)) as connection:
        stored = connection.execute("SELECT string_agg(sealed, '') FROM journal").fetchone()
    assert stored is not None
    assert b"my words" not in stored[0]


async def test_a_watcher_sees_each_event_at_once_and_cannot_hurt(database: str, heads: HeadsFile) -> None:
    seen: list[tuple[str, int, Event]] = []

    def watch(call_id: str, seq: int, event: Event) -> None:
        seen.append((call_id, seq, event))
        raise RuntimeError("the watcher is broken")

    journal = PostgresJournal(database, MASTER, heads, SystemClock(), on_event=watch)
    journal.start()
    journal.write("a", said(1))
    journal.write("a", said(2))
    assert seen == [("a", 1, said(1)), ("a", 2, said(2))]
    await journal.close()


async def test_listeners_are_told_which_call_moved(journal: PostgresJournal, database: str) -> None:
    async with await AsyncConnection.connect(plain_address(database), autocommit=True) as listener:
        await listener.execute("LISTEN callwright_journal")
        await write_call(journal, "a")
        assert [note.payload async for note in listener.notifies(timeout=5, stop_after=1)] == ["a"]


async def test_a_full_queue_keeps_the_oldest_and_tells_the_call(
    database: str, heads: HeadsFile, views: Views
) -> None:
    journal = PostgresJournal(database, MASTER, heads, SystemClock(), capacity=3)
    for turn in range(5):
        journal.write("a", said(turn))
    journal.start()
    with pytest.raises(EventsLost, match="2 events of call a"):
        await journal.settle("a")
    await journal.settle("a")
    journal.write("a", said(9))
    await journal.settle("a")
    assert [r.event for r in await views.events("a")] == [said(0), said(1), said(2), said(9)]
    await journal.close()


async def test_nothing_is_lost_while_the_database_is_away(
    journal: PostgresJournal, views: Views, database: str, check: Callable[[str], Awaitable[Verdict]]
) -> None:
    journal.write("a", started())
    await journal.settle("a")
    name = database.split("@/")[1].split("?", maxsplit=1)[0]
    async with await AsyncConnection.connect(
        plain_address(database.replace(f"@/{name}?", "@/postgres?")), autocommit=True
    ) as admin:
        await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
        )
        for turn in range(300):
            journal.write("a", said(turn))
        settled = asyncio.create_task(journal.settle("a"))
        await asyncio.wait([settled], timeout=0.3)
        assert not settled.done()
        await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    await settled
    assert [r.event for r in await views.events("a")][1:] == [said(turn) for turn in range(300)]
    assert (await check("a")).flaws == ()


async def test_two_processes_share_a_call(
    journal: PostgresJournal, database: str, heads: HeadsFile, check: Callable[[str], Awaitable[Verdict]]
) -> None:
    seen: list[int] = []
    other = PostgresJournal(
        database, MASTER, heads, SystemClock(), on_event=lambda _call, seq, _event: seen.append(seq)
    )
    other.start()
    journal.write("a", started())
    await journal.settle("a")
    await other.resume("a")
    other.write("a", said(1))
    await other.settle("a")
    journal.write("a", said(2))
    journal.write("b", said(2))
    await journal.settle("a")
    other.write("a", said(3))
    await other.settle("a")
    assert seen == [2, 3]
    assert await check("a") == Verdict(call_id="a", events=4, erased=0, flaws=())
    await other.close()


async def test_a_commit_whose_answer_was_lost_is_not_written_twice(
    database: str, check: Callable[[str], Awaitable[Verdict]]
) -> None:
    writer = BatchWriter(plain_address(database), SubjectKeys(MASTER), MASTER.derive("journal heads"))
    at = SystemClock().now()
    batch = [Waiting("a", "caller_said", at, payload_of(said(turn))) for turn in range(3)]
    await writer.write(batch)
    lost = await writer._seal(await writer._connected(), more := [Waiting("a", "caller_said", at, b"{}")])
    writer._attempt = lost
    await writer.write(more)
    writer._attempt = lost
    writer._chains["a"].seq -= 1
    await writer.write(more)
    await writer.disconnect()
    assert await check("a") == Verdict(call_id="a", events=4, erased=0, flaws=())


@pytest.mark.parametrize(
    ("statement", "flaw"),
    [
        ("UPDATE journal SET sealed = set_byte(sealed, 40, 0) WHERE seq = 2", ("payload_changed", 2, None)),
        ("UPDATE journal SET digest = sha256('x') WHERE seq = 3", ("entry_changed", 3, None)),
        ("UPDATE journal SET kind = 'agent_spoke' WHERE seq = 3", ("entry_changed", 3, None)),
        ("DELETE FROM journal WHERE seq IN (2, 3)", ("entry_missing", 2, 3)),
        ("DELETE FROM journal WHERE seq > 3", ("end_cut", 4, 5)),
        ("DELETE FROM journal; DELETE FROM call_heads", ("call_missing", 0, None)),
        ("UPDATE call_heads SET signature = sha256('x')", ("head_forged", 5, None)),
    ],
)  # fmt: skip
async def test_tampering_with_the_table_is_found(
    journal: PostgresJournal,
    check_all: Callable[[], Awaitable[list[Verdict]]],
    statement: Any,
    flaw: Any,
    database: str,
) -> None:
    await write_call(journal, "a")
    with psycopg.connect(plain_address(database)) as connection:
        connection.execute(statement)
    kind, seq, until = flaw
    assert [verdict.flaws for verdict in await check_all()] == [
        (Flaw(call_id="a", kind=kind, seq=seq, until=until),)
    ]


async def test_erasing_a_person_leaves_the_frames_and_the_chain(
    journal: PostgresJournal, engine: AsyncEngine, views: Views, check: Callable[[str], Awaitable[Verdict]]
) -> None:
    await write_call(journal, "a")
    await write_call(journal, "b")
    await write_call(journal, "c", caller="+15550111")
    await write_call(journal, "hidden", caller="")
    erasure = Erasure(engine, SubjectKeys(MASTER), SystemClock())
    person = await erasure.subject_of_number("+15550100")
    assert person == await erasure.subject_of_call("a")
    assert person != await erasure.subject_of_call("hidden")
    assert person is not None
    assert set((await erasure.erase_subject(person)).call_ids) == {"a", "b"}
    assert [r.event for r in await views.events("a")][:2] == [
        Erased(kind="call_started"),
        Erased(kind="caller_said"),
    ]
    assert await check("a") == Verdict(call_id="a", events=5, erased=5, flaws=())
    assert [r.event for r in await views.events("c")][-1] == ENDED
    await write_call(journal, "d")
    assert [r.event for r in await views.events("d")][-1] == ENDED
    assert await erasure.subject_of_number("+15550100") == await erasure.subject_of_call("d")


async def test_another_master_key_is_noticed_at_start(journal: PostgresJournal, engine: AsyncEngine) -> None:
    another = SubjectKeys(MasterKey(b"x" * 32))
    await check_master_key(engine, another)
    await write_call(journal, "a")
    await check_master_key(engine, SubjectKeys(MASTER))
    with pytest.raises(KeyUnusable, match="set the master key"):
        await check_master_key(engine, another)


def test_words_that_json_refuses_are_kept() -> None:
    odd = ActionProposed(action_id="1", action="x", arguments={"text": "\ud800", "huge": 1 << 80})
    assert event_of("action_proposed", payload_of(odd)) == odd
    assert event_of("goal_opened", payload_of(GoalOpened(goal="\0"))) == GoalOpened(goal="\0")
