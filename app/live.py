"""The hub for those who look on while a call is live: it tells at once, keeps nothing, waits for nobody."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Literal

from domain.events import Event

ROOM = 256
"""Notes that wait for one watcher; whoever is slower than that loses the oldest."""

NoteKind = Literal["caller_partial", "agent_speaking", "agent_stopped"]


@dataclass(frozen=True, kw_only=True)
class Note:
    """What is being said at this moment; the words may still change."""

    call_id: str
    kind: NoteKind
    text: str


@dataclass(frozen=True, kw_only=True)
class Happened:
    """The journal was given this event; it may take a moment until the database shows it."""

    call_id: str
    seq: int
    event: Event


@dataclass(frozen=True, kw_only=True)
class NotesLost:
    """The watcher was too slow: so many notes before the next one never reach it."""

    count: int


LiveNote = Note | Happened | NotesLost


class _Watcher:
    """One onlooker's waiting room."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._waiting: deque[Note | Happened] = deque()
        self._lost = 0
        self._closed = False
        self._something = asyncio.Event()

    def tell(self, note: Note | Happened) -> None:
        if len(self._waiting) >= self._room:
            self._waiting.popleft()
            self._lost += 1
        self._waiting.append(note)
        self._something.set()

    def close(self) -> None:
        self._closed = True
        self._something.set()

    async def next(self) -> LiveNote | None:
        """None after everything that was told before the closing."""
        while not self._waiting:
            if self._closed:
                return None
            self._something.clear()
            await self._something.wait()
        if self._lost:
            lost, self._lost = self._lost, 0
            return NotesLost(count=lost)
        return self._waiting.popleft()


class LiveHub:
    """Implements `domain.ports.live.Live`. Belongs to one event loop; telling costs an append a watcher."""

    def __init__(self, *, room: int = ROOM) -> None:
        self._room = room
        self._watchers: set[_Watcher] = set()
        self._closed = False

    @property
    def watched(self) -> bool:
        return bool(self._watchers)

    def publish(self, call_id: str, kind: NoteKind, text: str) -> None:
        if self._watchers:
            self._tell(Note(call_id=call_id, kind=kind, text=text))

    def event(self, call_id: str, seq: int, event: Event) -> None:
        """The journal's `on_event`."""
        if self._watchers:
            self._tell(Happened(call_id=call_id, seq=seq, event=event))

    async def watch(self) -> AsyncGenerator[LiveNote]:
        """Everything from the first step on, until either side closes."""
        if self._closed:
            return
        watcher = _Watcher(self._room)
        self._watchers.add(watcher)
        try:
            while (note := await watcher.next()) is not None:
                yield note
        finally:
            self._watchers.discard(watcher)

    def close(self) -> None:
        """The process stops: let the watchers go, so that nobody's open page holds it up."""
        self._closed = True
        for watcher in self._watchers:
            watcher.close()

    def _tell(self, note: Note | Happened) -> None:
        for watcher in self._watchers:
            watcher.tell(note)
