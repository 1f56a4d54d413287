import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from adapters.embedded_postgres import SOCKET_NAME, WITHOUT_CRASH_SAFETY, EmbeddedPostgres
from adapters.storage.database import plain_address


@pytest.fixture
def home() -> Iterator[Path]:
    """Not pytest's own folder, which it closes to others; the server may run as another user."""
    with tempfile.TemporaryDirectory(prefix="callwright-") as folder:
        yield Path(folder)


def server(home: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(home, settings=WITHOUT_CRASH_SAFETY)


def ask(url: str, question: LiteralString) -> object:
    with psycopg.connect(plain_address(url), autocommit=True) as connection:
        cursor = connection.execute(question)
        row = cursor.fetchone() if cursor.description else None
        return None if row is None else row[0]


def test_data_outlive_a_stop_and_only_a_socket_listens(home: Path) -> None:
    first = server(home)
    url = first.start()
    ask(url, "CREATE TABLE kept ()")
    assert ask(url, "SHOW listen_addresses") == ""
    first.stop()
    with pytest.raises(psycopg.OperationalError):
        ask(url, "SELECT 1")
    again = server(home)
    again.start()
    assert ask(url, "SELECT count(*) FROM kept") == 0
    again.stop()
    again.stop()


def test_whoever_leaves_last_stops_it(home: Path) -> None:
    first, second = server(home), server(home)
    url = first.start()
    assert second.start() == url
    first.stop()
    assert ask(url, "SELECT 1") == 1
    second.stop()
    with pytest.raises(psycopg.OperationalError):
        ask(url, "SELECT 1")


def test_it_starts_after_a_crash_whose_pid_is_another_program_now(home: Path) -> None:
    crashed = server(home)
    url = crashed.start()
    lock = home / "postgres" / "18" / "postmaster.pid"
    socket_lock = Path(url.split("host=")[1].replace("%2F", "/")) / f"{SOCKET_NAME}.lock"
    os.kill(int(lock.read_text().split()[0]), signal.SIGKILL)
    assert crashed._process is not None
    crashed._process.wait(10)
    for path in (lock, socket_lock):
        ours = path.read_text().split("\n", 1)[1]
        path.write_text(f"{os.getpid()}\n{ours}")
    again = server(home)
    again.start()
    assert ask(url, "SELECT 1") == 1
    again.stop()
    crashed.stop()


def test_a_home_whose_path_is_too_long_for_a_socket(home: Path) -> None:
    long = home / ("long" * 30)
    deep = server(long)
    url = deep.start()
    assert ask(url, "SELECT 1") == 1
    deep.stop()
    Path(url.split("host=")[1].replace("%2F", "/")).rmdir()
