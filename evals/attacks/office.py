"""The stand-in of the sample's back office over real loopback HTTP, with a day and a clock of our choice."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import uvicorn

from domain.clock import SystemClock
from simulator.company.access import DEMO_KEY
from simulator.company.app import app, open_day
from simulator.company.faults import Fault
from simulator.company.seed.founding import found_office

__all__ = ["DEMO_KEY", "Fault", "Office", "open_office"]


class Office:
    """What the oracle looks at, and how a story orders misfortune. To be read while nobody writes."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.service = app(today=now().date(), now=now)
        self.url = ""

    def reset(self) -> None:
        """As it stood in the morning."""
        open_day(self.service, found_office(self._now().date(), self._now), SystemClock().sleep)

    @property
    def records(self) -> Any:
        return self.service.state.office

    @property
    def effects(self) -> list[Any]:
        return list(self.service.state.watch.receipts.effects)

    @property
    def quiet(self) -> bool:
        return not any(self.service.state.watch.under_way.values())

    def break_down(self, fault: Fault) -> None:
        self.service.state.watch.faults.waiting.append(fault)

    def mend(self) -> None:
        self.service.state.watch.faults.waiting.clear()


@contextmanager
def open_office(now: Callable[[], datetime]) -> Iterator[Office]:
    office = Office(now)
    config = uvicorn.Config(
        office.service, host="127.0.0.1", port=0, log_level="critical", lifespan="off", access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="office", daemon=True)
    thread.start()
    pause = threading.Event()
    while not server.started:
        pause.wait(0.01)
    office.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield office
    finally:
        server.should_exit = True
        thread.join(10)
