from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import httpx
import pytest
from fastapi import FastAPI

from simulator.company.access import DEMO_KEY
from simulator.company.app import app

TODAY = date(2026, 3, 4)
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def slept() -> list[float]:
    """Seconds that the back office has waited so far."""
    return []


@pytest.fixture
def service(slept: list[float]) -> FastAPI:
    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    return app(today=TODAY, now=lambda: NOON, sleep=sleep)


@pytest.fixture
async def client(service: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(service),
        base_url="http://backoffice",
        headers={"Authorization": f"Bearer {DEMO_KEY}"},
    ) as asking:
        yield asking
