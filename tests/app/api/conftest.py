"""A process with the desk's doors only, on a database with one finished and one live call."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from app.api.assembly import open_api
from app.metrics import Metrics
from app.settings import Settings
from app.storage import Storage, open_storage
from domain.call import State
from tests.app.api.sample_calls import LIVE_ID, STORY, SetClock, keep, row
from tests.support.postgres import database, postgres

__all__ = ["database", "postgres"]

KEY = "a-key-of-enough-characters"


class Desk:
    """The doors and what is behind them."""

    def __init__(self, storage: Storage, clock: SetClock, settings: Settings) -> None:
        self.storage = storage
        self.clock = clock
        self.metrics = Metrics()
        self.app = FastAPI()
        self.app.include_router(open_api(settings, storage, clock, self.metrics))

    def browser(self, **headers: str) -> httpx.AsyncClient:
        """A client that keeps cookies and holds no key."""
        transport = httpx.ASGITransport(self.app)
        return httpx.AsyncClient(transport=transport, base_url="http://desk.test", headers=headers)

    def program(self) -> httpx.AsyncClient:
        return self.browser(Authorization=f"Bearer {KEY}")


def settings(home: Path, database_url: str, key: str | None = KEY) -> Settings:
    return Settings(
        _env_file=None,  # type: ignore[call-arg]  # pydantic-settings takes it; its stub does not
        role="desk",
        home=home,
        database_url=SecretStr(database_url),
        api_key=SecretStr(key) if key else None,
    )


@pytest.fixture
async def desk(database: str, tmp_path: Path) -> AsyncIterator[Desk]:
    chosen, clock = settings(tmp_path, database), SetClock()
    async with open_storage(chosen, clock) as storage:
        yield Desk(storage, clock, chosen)


@pytest.fixture
async def calls(desk: Desk) -> None:
    """One call that is over, with sound; one that is going on."""
    await keep(desk.storage, desk.clock, row(), STORY, sound=True)
    live = row(LIVE_ID, state=State.LIVE, ended_at=None, reason="", caller="")
    await keep(desk.storage, desk.clock, live, STORY[:7], sound=False)
