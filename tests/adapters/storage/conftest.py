"""What the stores of the gate are tried with: a database, its pool, and a clock that is set."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.storage.database import engine_for
from adapters.storage.ledger import PostgresLedger
from tests.adapters.storage.trade import MASTER, SetClock


@pytest.fixture
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    engine = engine_for(database)
    yield engine
    await engine.dispose()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def ledger(engine: AsyncEngine) -> PostgresLedger:
    return PostgresLedger(engine, MASTER)
