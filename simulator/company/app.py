"""Puts the back office together: one FastAPI application with its own records, watch and key."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime

from fastapi import FastAPI

from simulator.company import backstage
from simulator.company.access import DEMO_KEY, speak_in_problems
from simulator.company.office import Office
from simulator.company.resources import (
    appointments,
    cancellations,
    customers,
    devices,
    files,
    goodwill,
    invoices,
    offers,
    order_changes,
    orders,
    receipts,
    refunds,
    replacements,
    returns,
    stock,
    subscriptions,
    tickets,
)
from simulator.company.seed.founding import found_office, wall_clock
from simulator.company.watch import Watch, WatchedRoute

DESKS = (
    customers.desk,
    files.desk,
    orders.desk,
    order_changes.desk,
    refunds.desk,
    replacements.desk,
    returns.desk,
    goodwill.desk,
    invoices.desk,
    subscriptions.desk,
    cancellations.desk,
    offers.desk,
    appointments.desk,
    devices.desk,
    stock.desk,
    tickets.desk,
    receipts.desk,
)


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
        version="2.0.0",
        description="A stand-in for the systems of record of Larkfield, a shop that does not exist.",
        docs_url=None,
        redoc_url=None,
        root_path_in_servers=False,
    )
    service.state.key = key
    open_day(service, found_office(today or now().date(), now), sleep)
    speak_in_problems(service)
    for desk in DESKS:
        service.include_router(desk)
    service.state.operations = operations()
    service.include_router(backstage.router)
    return service


def open_day(service: FastAPI, office: Office, sleep: Callable[[float], Awaitable[None]]) -> None:
    """Nothing was asked, nothing was done, nothing shall go wrong yet."""
    service.state.office = office
    service.state.watch = Watch(now=office.now, sleep=sleep)


def operations() -> list[str]:
    """The `operationId` of each operation that callers may use."""
    routes = [route for desk in DESKS for route in desk.routes]
    return [route.operation_id for route in routes if isinstance(route, WatchedRoute) and route.operation_id]
