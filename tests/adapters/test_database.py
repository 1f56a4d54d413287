import subprocess
import sys

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from adapters.storage.database import LATEST, migrate, plain_address
from adapters.storage.tables import metadata


def test_migrations_make_the_tables_that_queries_see(database: str) -> None:
    engine = create_engine(database)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    assert differences == []


def test_the_newest_revision_is_known_and_a_second_run_changes_nothing(database: str) -> None:
    migrate(database)
    with psycopg.connect(plain_address(database)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(LATEST,)]


def test_processes_that_start_at_once_migrate_once(database: str) -> None:
    with psycopg.connect(plain_address(database), autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    program = "import sys; from adapters.storage.database import migrate; migrate(sys.argv[1])"
    processes = [subprocess.Popen([sys.executable, "-c", program, database]) for _ in range(2)]
    assert [process.wait(60) for process in processes] == [0, 0]
    with psycopg.connect(plain_address(database)) as connection:
        assert connection.execute("SELECT count(*) FROM calls").fetchone() == (0,)


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite:///x", "no address"])
def test_another_database_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="postgresql://"):
        plain_address(url)
