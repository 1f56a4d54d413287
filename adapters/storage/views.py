"""What pages and commands read: the list of calls, one call's events opened, counts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.secrets import MasterKey
from adapters.storage.calls import call_from
from adapters.storage.sealing import event_of, unseal
from adapters.storage.subjects import SubjectKeys
from adapters.storage.tables import callbacks, calls, journal, subjects
from domain.call import Call, State
from domain.events import Event
from domain.journal import KIND_NAMES, UnknownEvent


@dataclass(frozen=True, kw_only=True)
class CallFilter:
    """Which calls a page shows; what is None does not matter."""

    company: str | None = None
    line: str | None = None
    state: State | None = None
    caller: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class CallPage:
    """Newest first; `after` of the next page is `next_after`, None on the last."""

    calls: Sequence[Call]
    next_after: tuple[datetime, str] | None


@dataclass(frozen=True, kw_only=True)
class Erased:
    """An event whose person was erased, or whose words no longer open: only its frame can be shown."""

    kind: str


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """One event with its place in the call."""

    seq: int
    at: datetime
    event: Event | UnknownEvent | Erased


@dataclass(frozen=True, kw_only=True)
class OpenMessage:
    """A message that waits to be called back."""

    id: str
    call_id: str
    number: str
    name: str
    about: str
    taken_at: datetime


class Views:
    """Reads only."""

    def __init__(self, engine: AsyncEngine, master: MasterKey) -> None:
        self._engine = engine
        self._keys = SubjectKeys(master)

    async def calls(
        self, which: CallFilter | None = None, *, after: tuple[datetime, str] | None = None, limit: int = 50
    ) -> CallPage:
        """`after` is the last call of the page before: calls that arrive meanwhile shift nothing."""
        query = select(calls).where(*_conditions(which or CallFilter()))
        if after is not None:
            query = query.where(tuple_(calls.c.created_at, calls.c.id) < after)
        query = query.order_by(calls.c.created_at.desc(), calls.c.id.desc()).limit(limit + 1)
        async with self._engine.connect() as connection:
            found = [call_from(row) for row in await connection.execute(query)]
        shown = found[:limit]
        more = len(found) > limit
        return CallPage(calls=shown, next_after=(shown[-1].created_at, shown[-1].id) if more else None)

    async def call(self, call_id: str) -> Call | None:
        query = select(calls).where(calls.c.id == call_id)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else call_from(row)

    async def ids_beginning(self, prefix: str, *, limit: int = 10) -> Sequence[str]:
        """Ids of calls that begin so, as people shorten them; a whole id finds itself."""
        if not prefix.isalnum():
            return []
        query = select(calls.c.id).where(calls.c.id.startswith(prefix)).order_by(calls.c.id).limit(limit)
        async with self._engine.connect() as connection:
            return (await connection.scalars(query)).all()

    async def events(self, call_id: str, *, after: int = 0) -> Sequence[Recorded]:
        """A call's events in order, from the one that follows number `after`."""
        follows = (journal.c.call_id == call_id) & (journal.c.seq > after)
        return [recorded for _, recorded in await self._opened(follows)]

    async def events_of(
        self, call_ids: Sequence[str], kinds: Collection[type[Event]]
    ) -> Mapping[str, Sequence[Recorded]]:
        """The events of these kinds, by call, each call's in order; a call without any is left out."""
        wanted = journal.c.call_id.in_(call_ids) & journal.c.kind.in_([KIND_NAMES[kind] for kind in kinds])
        found: dict[str, list[Recorded]] = {}
        for call_id, recorded in await self._opened(wanted):
            found.setdefault(call_id, []).append(recorded)
        return found

    async def counts(self, which: CallFilter | None = None) -> Mapping[State, int]:
        """Calls by state; a state without calls is left out."""
        query = select(calls.c.state, func.count()).where(*_conditions(which or CallFilter()))
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query.group_by(calls.c.state))).all()
        return {State(state): count for state, count in rows}

    async def open_messages(self, company: str | None = None) -> Sequence[OpenMessage]:
        """Oldest first: who waits longest is rung first. Of all companies, or of one."""
        waiting: ColumnElement[bool] = callbacks.c.done_at.is_(None)
        if company is not None:
            waiting &= callbacks.c.company == company
        query = select(callbacks).where(waiting).order_by(callbacks.c.taken_at, callbacks.c.id)
        async with self._engine.connect() as connection:
            return [
                OpenMessage(
                    id=row.id,
                    call_id=row.call_id,
                    number=row.number,
                    name=row.name,
                    about=row.about,
                    taken_at=row.taken_at,
                )
                for row in await connection.execute(query)
            ]

    async def _opened(self, condition: ColumnElement[bool]) -> Sequence[tuple[str, Recorded]]:
        """(call, event) in the order of calls and numbers."""
        query = (
            select(journal, subjects.c.wrapped_key)
            .join(subjects, subjects.c.id == journal.c.subject_id)
            .where(condition)
            .order_by(journal.c.call_id, journal.c.seq)
        )
        ciphers: dict[int, AESGCM] = {}
        events: list[tuple[str, Recorded]] = []
        async with self._engine.connect() as connection:
            for row in await connection.execute(query):
                if row.wrapped_key is not None and row.subject_id not in ciphers:
                    ciphers[row.subject_id] = self._keys.cipher(row.subject_id, row.wrapped_key)
                cipher = ciphers.get(row.subject_id)
                opened = None if cipher is None else unseal(cipher, row.call_id, row.seq, row.sealed)
                event = Erased(kind=row.kind) if opened is None else event_of(row.kind, opened[1])
                events.append((row.call_id, Recorded(seq=row.seq, at=row.at, event=event)))
        return events


def _conditions(which: CallFilter) -> list[ColumnElement[bool]]:
    equal = {"company": which.company, "line": which.line, "state": which.state, "caller": which.caller}
    conditions = [calls.c[name] == value for name, value in equal.items() if value is not None]
    if which.since is not None:
        conditions.append(calls.c.created_at >= which.since)
    if which.until is not None:
        conditions.append(calls.c.created_at < which.until)
    return conditions
