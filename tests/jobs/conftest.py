"""A database with the tables of DBOS in it, and what starts jobs there."""

from collections.abc import AsyncIterator

import pytest

from adapters.storage.database import plain_address
from jobs.durable import DbosDurable, make_tables


@pytest.fixture
def url(database: str) -> str:
    address = plain_address(database)
    make_tables(address)
    return address


@pytest.fixture
async def durable(url: str) -> AsyncIterator[DbosDurable]:
    durable = DbosDurable(url)
    yield durable
    await durable.close()
