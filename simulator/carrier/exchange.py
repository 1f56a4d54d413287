"""What a verb may use of its carrier."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from simulator.carrier.account import Account
from simulator.carrier.call import Goto, SimulatedCall
from simulator.carrier.line import Telephone
from simulator.carrier.reach import Reach
from simulator.carrier.scripted import SilentTelephone
from simulator.carrier.webhooks import Webhooks

Voice = Callable[[str], Awaitable[bytes]]
"""Turns a sentence into mu-law at 8 kHz."""


@dataclass(frozen=True, kw_only=True)
class FarEnd:
    """Who is reached when a call dials a number."""

    telephone: Callable[[], Telephone] = SilentTelephone
    rings_s: float = 2.0
    outcome: str = "completed"
    """`completed` picks up; `busy`, `failed` and `no-answer` never do."""


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """The parts of the carrier that outlive a call."""

    account: Account
    reach: Reach
    webhooks: Webhooks
    voice: Voice
    far_ends: dict[str, FarEnd] = field(default_factory=dict)
    recordings: dict[str, bytes] = field(default_factory=dict)
    """WAV files that `<Record>` made, by RE sid."""
    afterwards: set[asyncio.Task[None]] = field(default_factory=set)
    """Work that nobody waits for: callbacks of streams, sockets left to die."""

    broken: list[BaseException] = field(default_factory=list)
    """Mistakes of the simulator itself; closing the carrier raises the first."""

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self.afterwards.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self.afterwards.discard(task)
        if not task.cancelled() and (mistake := task.exception()) is not None:
            self.broken.append(mistake)


@dataclass(frozen=True, kw_only=True)
class HangUp:
    """The carrier ends the call."""


Next = Goto | HangUp | None
"""Where a verb leads: elsewhere, to the end, or on to the verb after it."""

Perform = Callable[[Any, SimulatedCall, Exchange], Awaitable[Next]]
"""Carries out a verb; raises `LineEnded` where somebody hangs up in it."""
