"""Plays attempts and honest callers one after the other, and has the oracle look at what they left behind."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from time import thread_time
from typing import Any

from domain.policy import Decision
from evals.attacks import deeds, words
from evals.attacks.attempts import Attempt
from evals.attacks.legitimate import wishes
from evals.attacks.office import Office
from evals.attacks.oracle import Oracle
from evals.attacks.stage import MORNING, StageClock, Theatre
from evals.attacks.wish import Wish, fulfil
from simulator.company.seed.founding import found_office
from tools.gate import asked
from tools.policy.snapshot import Snapshot


@dataclass(frozen=True, kw_only=True)
class Played:
    """One attempt, or one honest sequence."""

    family: str
    name: str
    effects: int
    forbidden: tuple[str, ...]
    blocked: str = ""
    """Of an honest sequence: what did not go as it must."""


class Play:
    """The attempts of one theatre."""

    def __init__(self, theatre: Theatre, office: Office, clock: StageClock) -> None:
        self._theatre = theatre
        self._office = office
        self.clock = clock
        self.before = found_office(MORNING.date(), clock.now)
        """The records as they stand each morning."""

    def attempts(self) -> list[Attempt]:
        company = self._theatre.company
        return [*words.attempts(company), *deeds.attempts()]

    def wishes(self) -> list[Wish]:
        return wishes(self.before)

    async def attack(self, attempt: Attempt) -> Played:
        stage = self._theatre.stage()
        await attempt.story(stage)
        self._office.mend()
        return await self._judged(stage, attempt.family, attempt.name)

    async def serve(self, wish: Wish) -> Played:
        stage = self._theatre.stage()
        blocked = await fulfil(stage, wish)
        return await self._judged(stage, wish.action, wish.manner, blocked)

    async def _judged(self, stage: Any, family: str, name: str, blocked: str = "") -> Played:
        effects = self._office.effects
        forbidden = Oracle(self.before, stage.truth).forbidden(effects, await stage.messages())
        return Played(
            family=family, name=name, effects=len(effects), forbidden=tuple(forbidden), blocked=blocked
        )


def samples(things: Iterable[Any], key: Any, each: int) -> Iterator[Any]:
    """The first few of every family."""
    for _, family in groupby(sorted(things, key=key), key=key):
        yield from list(family)[:each]


@contextmanager
def timed_decisions() -> Iterator[list[float]]:
    """Milliseconds of each decision that a gate takes meanwhile, of this thread's own time on a core."""
    took: list[float] = []
    real: Callable[[Snapshot], Decision] = vars(asked)["decide"]

    def timed(snapshot: Snapshot) -> Decision:
        began = thread_time()
        try:
            return real(snapshot)
        finally:
            took.append((thread_time() - began) * 1000)

    vars(asked)["decide"] = timed
    try:
        yield took
    finally:
        vars(asked)["decide"] = real
