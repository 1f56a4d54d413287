"""A PostgreSQL for one test run, and in it a fresh migrated database for each test that asks."""

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from adapters.embedded_postgres import WITHOUT_CRASH_SAFETY, EmbeddedPostgres
from adapters.storage.database import migrate, plain_address

_numbers = itertools.count(1)
TEMPLATE = "template_callwright"


def _database(url: str, name: str) -> str:
    return url.replace("@/postgres?", f"@/{name}?")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The server's address; every run has its own, in a folder that goes with it."""
    with tempfile.TemporaryDirectory(prefix="callwright-", ignore_cleanup_errors=True) as home:
        server = EmbeddedPostgres(Path(home), settings=WITHOUT_CRASH_SAFETY)
        try:
            url = server.start()
            _create(url, TEMPLATE, "template0")
            migrate(_database(url, TEMPLATE))
            yield url
        finally:
            server.stop()


@pytest.fixture
def database(postgres: str) -> Iterator[str]:
    """The address of an empty migrated database that no other test sees."""
    name = f"test_{next(_numbers)}"
    _create(postgres, name, TEMPLATE)
    yield _database(postgres, name)
    with psycopg.connect(plain_address(postgres), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _create(url: str, name: str, template: str) -> None:
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
        sql.Identifier(name), sql.Identifier(template)
    )
    with psycopg.connect(plain_address(url), autocommit=True) as connection:
        connection.execute(statement)
