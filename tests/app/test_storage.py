"""The home that a process opens."""

import asyncio
import os
import stat
from pathlib import Path

import pytest

from app.storage import open_storage
from tests.app.api.conftest import settings
from tests.support.postgres import database, postgres

__all__ = ["database", "postgres"]


def opened(home: Path, database: str) -> int:
    """The home's mode after a start."""

    async def start() -> None:
        async with open_storage(settings(home, database)):
            pass

    asyncio.run(start())
    return stat.S_IMODE(home.stat().st_mode)


@pytest.mark.parametrize("before", [0o755, 0o777, 0o700])
def test_a_home_of_an_older_start_is_closed_to_others(tmp_path: Path, database: str, before: int) -> None:
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(before)
    passing = 0o001 if os.geteuid() == 0 else 0
    assert opened(home, database) == 0o700 | (before & passing)


def test_a_shared_folder_is_left_as_it_is(tmp_path: Path, database: str) -> None:
    tmp_path.chmod(0o1777)
    assert opened(tmp_path, database) == 0o1777
