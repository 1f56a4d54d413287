from collections.abc import AsyncIterator
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from simulator.company.access import DEMO_KEY
from simulator.company.app import app, open_day
from simulator.company.office import Office
from simulator.company.seed.founding import found_office

TODAY = date(2026, 3, 4)
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def building() -> FastAPI:
    """The application, whose routes are slow to make; every test opens its own day in it."""
    return app(today=TODAY)


@pytest.fixture(scope="session")
def founding_day() -> Office:
    return found_office(TODAY, lambda: NOON)


@pytest.fixture
def slept() -> list[float]:
    """Seconds that the back office has waited so far."""
    return []


@pytest.fixture
def later() -> list[timedelta]:
    """Its last entry is how much later than noon it is."""
    return [timedelta(0)]


@pytest.fixture
def service(building: FastAPI, founding_day: Office, slept: list[float], later: list[timedelta]) -> FastAPI:
    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    kept = {one.name: getattr(founding_day, one.name) for one in fields(Office)}
    own: dict[str, Any] = {
        name: dict(records) if isinstance(records, dict) else records for name, records in kept.items()
    }
    open_day(building, Office(**own | {"now": lambda: NOON + later[-1]}), sleep)
    return building


@pytest.fixture
async def client(service: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(service),
        base_url="http://backoffice",
        headers={"Authorization": f"Bearer {DEMO_KEY}"},
    ) as asking:
        yield asking
