"""The janitor's rounds: who is resumed, and which deeds get a job."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

from prometheus_client import REGISTRY

from domain.deeds import Deed
from evals.memory_ledger import MemoryLedger
from jobs.durable import DbosDurable
from jobs.janitor import Janitor
from tests.adapters.storage.trade import deed
from tests.tools.world import NOW, StillClock


@dataclass
class Crew:
    """Implements `domain.ports.workers.Workers`."""

    living: frozenset[str] = frozenset({"me"})
    mine: bool = True

    async def beat(self, name: str) -> None: ...

    async def leave(self, name: str) -> None: ...

    async def alive(self, *, within_s: float) -> frozenset[str]:
        assert within_s == 60.0
        return self.living

    @asynccontextmanager
    async def watch(self) -> AsyncIterator[bool]:
        yield self.mine


@dataclass
class Jobs:
    """What the janitor asks of `DbosDurable`."""

    held: dict[str, str] = field(default_factory=dict)
    """By job: its worker."""
    resumed: list[str] = field(default_factory=list)
    ensured: list[tuple[str, str]] = field(default_factory=list)
    forgotten: list[datetime] = field(default_factory=list)
    standing_failed: int = 0

    async def held_by_others(self, alive: frozenset[str]) -> list[str]:
        return [job for job, worker in self.held.items() if worker not in alive]

    async def resume(self, job_ids: list[str]) -> None:
        self.resumed += job_ids

    async def ensure(self, kind: str, about: str, *, since: datetime, **given: Any) -> str:
        self.ensured.append((kind, about))
        return f"{kind}:{about}"

    async def failed(self) -> int:
        return self.standing_failed

    async def forget(self, *, before: datetime) -> int:
        self.forgotten.append(before)
        return 0


class Story:
    """A janitor, and the world that it looks after."""

    def __init__(self) -> None:
        self.crew, self.jobs, self.ledger, self.clock = Crew(), Jobs(), MemoryLedger(), StillClock()
        durable = cast(DbosDurable, self.jobs)
        self.janitor = Janitor(
            name="me", workers=self.crew, durable=durable, ledger=self.ledger, clock=self.clock
        )

    def deed(self, number: int, *, since_s: float = 66, **changes: Any) -> Deed:
        made = replace(deed(number), moved_at=NOW - timedelta(seconds=since_s), **changes)
        self.ledger.deeds[made.id] = made
        return made


async def test_jobs_of_the_dead_go_on_elsewhere() -> None:
    story = Story()
    story.jobs.held = {"approval:1": "dead", "approval:2": "me"}
    await story.janitor.make_round()
    assert story.jobs.resumed == ["approval:1"]


async def test_one_janitor_at_a_time() -> None:
    story = Story()
    story.crew.mine = False
    story.jobs.held = {"approval:1": "dead"}
    await story.janitor.make_round()
    assert story.jobs.resumed == []


async def test_every_deed_that_is_late_has_a_job() -> None:
    story = Story()
    kinds = {
        "reserved": "reconciliation",
        "doing": "reconciliation",
        "unknown": "reconciliation",
        "undoing": "compensation",
        "waiting": "approval",
    }
    for number, state in enumerate((*kinds, "done", "failed", "refused", "undone"), 1):
        story.deed(number, state=state)
    story.deed(20, state="doing", since_s=64)
    await story.janitor.make_round()
    assert sorted(story.jobs.ensured) == sorted(
        (kind, f"d{number}") for number, kind in enumerate(kinds.values(), 1)
    )


async def test_a_job_is_given_once_and_again_when_the_deed_moved() -> None:
    story = Story()
    story.deed(1, state="unknown")
    await story.janitor.sweep()
    await story.janitor.sweep()
    assert story.jobs.ensured == [("reconciliation", "d1")]
    story.deed(1, state="undoing", since_s=70)
    await story.janitor.sweep()
    assert story.jobs.ensured[1:] == [("compensation", "d1")]


async def test_a_deed_that_does_not_move_is_looked_at_again_every_few_minutes() -> None:
    story = Story()
    story.deed(1, state="unknown")
    looked = []
    for seconds in (0, 10, 299, 300, 310, 599, 600):
        story.clock.passed = seconds
        await story.janitor.sweep()
        looked.append(len(story.jobs.ensured))
    assert looked == [1, 1, 1, 2, 2, 2, 3]


async def test_failed_jobs_are_shown() -> None:
    story = Story()
    story.jobs.standing_failed = 3
    await story.janitor.make_round()
    assert REGISTRY.get_sample_value("callwright_jobs_failed") == 3.0


async def test_a_step_is_looked_after_with_its_whole() -> None:
    story = Story()
    story.deed(1, state="doing")
    story.deed(2, state="doing", parent="d1")
    story.deed(3, state="failed")
    story.deed(4, state="reserved", parent="d3")
    await story.janitor.sweep()
    assert story.jobs.ensured == [("reconciliation", "d1"), ("compensation", "d3")]


async def test_what_ended_long_ago_is_forgotten_once_a_day() -> None:
    story = Story()
    for hours in (0, 12, 25):
        story.clock.passed = hours * 3600.0
        await story.janitor.make_round()
    assert len(story.jobs.forgotten) == 2
    assert story.jobs.forgotten[0] == NOW - timedelta(days=30)
