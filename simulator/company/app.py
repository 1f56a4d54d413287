"""Puts the back office together: one FastAPI application with its own records, watch and key."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime

from fastapi import FastAPI

from simulator.company import backstage
from simulator.company.access import DEMO_KEY, speak_in_problems
from simulator.company.resources import (
    appointments,
    customers,
    invoices,
    orders,
    stock,
    subscriptions,
    tickets,
)
from simulator.company.seed.founding import found_office, wall_clock
from simulator.company.watch import Watch, WatchedRoute

RESOURCES = (customers, orders, invoices, subscriptions, appointments, stock, tickets)


def app(
    *,
    key: str = DEMO_KEY,
    today: date | None = None,
    now: Callable[[], datetime] = wall_clock,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> FastAPI:
    """A fresh back office as it stands on `today`, or on the day of `now`."""
    service = FastAPI(
        title="Larkfield back office (simulated)",
        version="1.0.0",
        description="A stand-in for the systems of record of Larkfield, a shop that does not exist.",
        docs_url=None,
        redoc_url=None,
        root_path_in_servers=False,
    )
    service.state.key = key
    service.state.watch = Watch(now=now, sleep=sleep)
    service.state.office = found_office(today or now().date(), now)
    speak_in_problems(service)
    for resource in RESOURCES:
        service.include_router(resource.router)
    service.state.operations = operations()
    service.include_router(backstage.router)
    return service


def operations() -> list[str]:
    """The `operationId` of each operation that callers may use."""
    routes = [route for resource in RESOURCES for route in resource.router.routes]
    return [route.operation_id for route in routes if isinstance(route, WatchedRoute) and route.operation_id]
