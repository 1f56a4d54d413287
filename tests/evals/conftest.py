"""One theatre for the samples of this folder: a real office, a real database, the sample's folder."""

from collections.abc import AsyncIterator, Iterator

import pytest

from evals.attacks.office import Office, open_office
from evals.attacks.run import Play
from evals.attacks.stage import StageClock, open_theatre


@pytest.fixture(scope="session")
def stage_clock() -> StageClock:
    return StageClock()


@pytest.fixture(scope="session")
def office(stage_clock: StageClock) -> Iterator[Office]:
    with open_office(stage_clock.now) as office:
        yield office


@pytest.fixture
async def play(database: str, office: Office, stage_clock: StageClock) -> AsyncIterator[Play]:
    async with open_theatre(database, office, stage_clock) as theatre:
        yield Play(theatre, office, stage_clock)
