"""Outgoing messages in PostgreSQL: taken once, sent by whichever worker claims them, followed to their end.

Our side of a message (queued, sending, sent, failed) and the carrier's lie in tables of their own: what the
carrier says may arrive before we have written down that it took the message.
"""

import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Integer, Row, Select, cast, func, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.secrets import MasterKey
from adapters.storage.bell import Bell
from adapters.storage.people import People
from adapters.storage.subjects import SubjectKeys
from adapters.storage.tables import messages, receipts, subjects
from domain.clock import Clock
from domain.messaging import Channel
from domain.ports.messages import Outgoing

CHANNEL = "callwright_messages"
QUIET_S = 15.0
"""How often who waits looks while the database rings: for what is due again, or a bell that died silently."""
ERASED = "Erased"
"""The error of a message that could not be sent, since its person was erased."""
Receipt = Literal["sent", "delivered", "undelivered", "failed"]


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A message to send now."""

    message: Outgoing
    attempt: int
    """From 1."""
    doubts: int
    """Claims before this one that were not heard of again: it may have gone with any of them."""


@dataclass(frozen=True, kw_only=True)
class SentMessage:
    """A message as people see it; address and words are empty once its person was erased."""

    message: Outgoing
    state: Literal["queued", "sending", "sent", "delivered", "undelivered", "failed"]
    attempts: int
    carrier_id: str
    error: str
    """The class of our last error, or the carrier's own code."""
    queued_at: datetime
    moved_at: datetime


class PostgresOutbox:
    """Implements `domain.ports.messages.Messages`, and is where the worker that sends finds its work."""

    def __init__(self, engine: AsyncEngine, url: str, master: MasterKey, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._people = People(SubjectKeys(master))
        self._bell = Bell(url, CHANNEL, clock, quiet_s=QUIET_S)

    async def send(self, message: Outgoing) -> Literal["queued", "already"]:
        now = self._clock.now()
        async with self._engine.begin() as connection:
            person = await self._people.of_call(connection, message.call_id)
            personal = {"to": message.to, "subject": message.subject, "text": message.text}
            row = {
                "id": message.id,
                "company": message.company,
                "call_id": message.call_id,
                "template": message.template,
                "channel": message.channel,
                "state": "queued",
                "attempts": 0,
                "doubts": 0,
                "next_attempt_at": now,
                "error": "",
                "queued_at": now,
                "moved_at": now,
                "subject_id": person.id,
                "sealed": self._people.seal(person, _place(message.id), 1, personal),
            }
            new = insert(messages).values(row).on_conflict_do_nothing().returning(messages.c.id)
            stored = await connection.scalar(new)
            await connection.execute(select(func.pg_notify(CHANNEL, message.id)))
        return "already" if stored is None else "queued"

    async def status(self, message_id: str) -> str | None:
        query = _ALL.where(messages.c.id == message_id)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        state = _state_of(row)
        return "queued" if state == "sending" else state

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[Callable[[float], Awaitable[None]]]:
        """What it gives returns when a message was taken, or when it is time to look. Only a hint."""
        async with self._bell.waiting() as rung:
            yield functools.partial(self._bell.rung_within, rung)

    async def claim(
        self, limit: int, now: datetime, *, lease_s: float, channel: Channel | None = None
    ) -> Sequence[Claimed]:
        """Messages that nobody else gets within the lease, the longest due first; of any channel or of one.

        Choose a lease well beyond the time that sending may take.
        """
        due = (
            select(messages.c.id, messages.c.state.label("was"), subjects.c.wrapped_key)
            .join(subjects, subjects.c.id == messages.c.subject_id)
            .where(
                messages.c.state.in_(["queued", "sending"]),
                messages.c.next_attempt_at <= now,
                true() if channel is None else messages.c.channel == channel,
            )
            .order_by(messages.c.next_attempt_at)
            .limit(limit)
            .with_for_update(of=messages, skip_locked=True)
            .cte("due")
        )
        claimed = {
            "state": "sending",
            "attempts": messages.c.attempts + 1,
            "doubts": messages.c.doubts + cast(due.c.was == "sending", Integer),
            "next_attempt_at": now + timedelta(seconds=lease_s),
            "moved_at": now,
        }
        query = update(messages).where(messages.c.id == due.c.id).values(claimed)
        async with self._engine.begin() as connection:
            rows = await connection.execute(query.returning(messages, due.c.was, due.c.wrapped_key))
            found = sorted(rows, key=lambda row: (row.queued_at, row.id))
            if gone := [row.id for row in found if row.wrapped_key is None]:
                given_up = {"state": "failed", "error": ERASED}
                await connection.execute(update(messages).where(messages.c.id.in_(gone)).values(given_up))
        return [
            Claimed(message=self._message(row), attempt=row.attempts, doubts=row.doubts)
            for row in found
            if row.wrapped_key is not None
        ]

    async def sent(self, message_id: str, carrier_id: str) -> bool:
        """The carrier took it, as it may tell after we gave up. False where it was noted before."""
        taken = {"state": "sent", "carrier_id": carrier_id, "error": "", "moved_at": self._clock.now()}
        return await self._move(message_id, ("queued", "sending", "failed"), taken)

    async def failed(self, message_id: str, error_class: str, retry_at: datetime | None) -> bool:
        """Try again then, or give up. False where it is not being sent."""
        moved: dict[str, Any] = {"state": "failed", "error": error_class, "moved_at": self._clock.now()}
        if retry_at is not None:
            moved |= {"state": "queued", "next_attempt_at": retry_at}
        return await self._move(message_id, ("sending",), moved)

    async def delivered(self, carrier_id: str, status: Receipt, *, error: str = "") -> bool:
        """What the carrier says became of it, in whatever order: an end is final. Whether it was news."""
        told = {"carrier_id": carrier_id, "state": status, "error": error, "at": self._clock.now()}
        new = insert(receipts).values(told)
        forward = new.on_conflict_do_update(
            index_elements=["carrier_id"],
            set_=dict(new.excluded),
            where=(receipts.c.state == "sent") & (new.excluded.state != "sent"),
        )
        async with self._engine.begin() as connection:
            return await connection.scalar(forward.returning(receipts.c.carrier_id)) is not None

    async def list_recent(self, company: str | None = None, *, limit: int = 50) -> Sequence[SentMessage]:
        """Newest first."""
        return await self._list(_ALL if company is None else _ALL.where(messages.c.company == company), limit)

    async def of_call(self, call_id: str) -> Sequence[SentMessage]:
        """Newest first."""
        return await self._list(_ALL.where(messages.c.call_id == call_id), 200)

    async def _list(self, query: Select[Any], limit: int) -> Sequence[SentMessage]:
        newest = query.order_by(messages.c.queued_at.desc(), messages.c.id).limit(limit)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(newest)).all()
        return [
            SentMessage(
                message=self._message(row),
                state=_state_of(row),
                attempts=row.attempts,
                carrier_id=row.carrier_id or "",
                error=row.receipt_error or row.error,
                queued_at=row.queued_at,
                moved_at=max(row.moved_at, row.receipt_at or row.moved_at),
            )
            for row in rows
        ]

    async def _move(self, message_id: str, states: Sequence[str], columns: dict[str, Any]) -> bool:
        same = (messages.c.id == message_id) & messages.c.state.in_(states)
        async with self._engine.begin() as connection:
            return (await connection.execute(update(messages).where(same).values(columns))).rowcount == 1

    def _message(self, row: Row[Any]) -> Outgoing:
        person = self._people.known(row.subject_id, row.wrapped_key)
        personal = self._people.unseal(person, _place(row.id), 1, row.sealed)
        return Outgoing(
            id=row.id,
            company=row.company,
            call_id=row.call_id,
            template=row.template,
            channel=row.channel,
            to=personal.get("to", ""),
            subject=personal.get("subject", ""),
            text=personal.get("text", ""),
            queued_at=row.queued_at,
        )


_ALL: Select[Any] = (
    select(
        messages,
        subjects.c.wrapped_key,
        receipts.c.state.label("receipt"),
        receipts.c.error.label("receipt_error"),
        receipts.c.at.label("receipt_at"),
    )
    .join(subjects, subjects.c.id == messages.c.subject_id)
    .outerjoin(receipts, receipts.c.carrier_id == messages.c.carrier_id)
)


def _state_of(row: Row[Any]) -> Literal["queued", "sending", "sent", "delivered", "undelivered", "failed"]:
    """The carrier's word is the later one."""
    state: Literal["queued", "sending", "sent", "delivered", "undelivered", "failed"]
    state = row.receipt or row.state
    return state


def _place(message_id: str) -> str:
    return f"message {message_id}"
