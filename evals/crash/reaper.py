"""Counts the steps of a deed that leave the process, and kills the process at the one that it was told."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal, TypeVar

from domain.actions import Binding
from domain.ports.ledger import Ledger
from domain.ports.messages import Messages, Outgoing
from domain.ports.systems import Answered, Systems

Answer = TypeVar("Answer")
How = Literal["before", "during"]
IN_FLIGHT_S = 0.15
"""After so long a request has reached the office, which was told to take longer."""


class Reaper:
    """`steps` are those since it was armed. `during`: while a request is on its way or its answer is."""

    def __init__(self, at: int | None, how: How) -> None:
        self.steps: list[str] = []
        self.armed = False
        self._at = at
        self._how = how

    async def over(self, name: str, work: Callable[[], Awaitable[Answer]]) -> Answer:
        if not self.armed:
            return await work()
        mine = len(self.steps) == self._at
        self.steps.append(name)
        if mine and self._how == "before":
            _die()
        if mine:
            asyncio.get_running_loop().call_later(IN_FLIGHT_S, _die)
        return await work()

    def the_end(self) -> None:
        """The last point: everything is written, and nobody was told."""
        if self._at == len(self.steps):
            _die()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class MortalLedger:
    """The ledger, whose writes are steps."""

    def __init__(self, ledger: Ledger, reaper: Reaper) -> None:
        self._ledger = ledger
        self._reaper = reaper

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    async def reserve(self, deed: Any, limits: Any) -> Any:
        return await self._reaper.over(f"reserve {deed.action}", lambda: self._ledger.reserve(deed, limits))

    async def replace(self, deed: Any, expected_version: int) -> bool:
        name = f"{deed.state} {deed.action}"
        return await self._reaper.over(name, lambda: self._ledger.replace(deed, expected_version))


class MortalSystems:
    """The systems of record; a write is a step."""

    def __init__(self, systems: Systems, reaper: Reaper) -> None:
        self._systems = systems
        self._reaper = reaper

    def reads(self, binding: Binding) -> bool:
        return self._systems.reads(binding)

    def available(self, binding: Binding) -> bool:
        return self._systems.available(binding)

    async def call(
        self, binding: Binding, arguments: Mapping[str, object], *, key: str, timeout_s: float
    ) -> Answered:
        def work() -> Awaitable[Answered]:
            return self._systems.call(binding, arguments, key=key, timeout_s=timeout_s)

        return await (work() if self.reads(binding) else self._reaper.over(f"call {binding.name}", work))


class MortalMessages:
    """The outbox; taking a message is a step."""

    def __init__(self, messages: Messages, reaper: Reaper) -> None:
        self._messages = messages
        self._reaper = reaper

    def __getattr__(self, name: str) -> Any:
        return getattr(self._messages, name)

    async def send(self, message: Outgoing) -> Literal["queued", "already"]:
        return await self._reaper.over(f"send {message.template}", lambda: self._messages.send(message))
