"""The people in the journal: each has a key of their own, and destroying it erases what they said."""

import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import AsyncConnection
from sqlalchemy import delete, select, union, update
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.secrets import MasterKey
from adapters.storage.tables import call_heads, callbacks, calls, deeds, messages, subjects, voicemails
from domain.clock import Clock


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Somebody whose words a call holds."""

    id: int
    cipher: AESGCM


@dataclass(frozen=True, kw_only=True)
class Erased:
    """What erasing a person leaves to do: the recordings of these calls."""

    subject_id: int
    call_ids: tuple[str, ...]


class SubjectKeys:
    """Finds a person by number without storing the number, and opens their key."""

    def __init__(self, master: MasterKey) -> None:
        self._lookup_key = master.derive("lookups")
        self._wrapping = master.wrapping("journal subjects")

    def lookup(self, number: str) -> bytes | None:
        """Keyed, since plain hashes of telephone numbers can be tried out; None for a hidden number."""
        return hmac.digest(self._lookup_key, number.encode(), "sha256") if number else None

    def cipher(self, subject_id: int, wrapped: bytes) -> AESGCM:
        return AESGCM(self._wrapping.unwrap(wrapped, _belongs_to(subject_id)))

    async def known(self, connection: AsyncConnection, subject_id: int) -> Subject | None:
        """None once the person was erased."""
        rows = await connection.execute("SELECT wrapped_key FROM subjects WHERE id = %s", (subject_id,))
        row = await rows.fetchone()
        if row is None or row[0] is None:
            return None
        return Subject(id=subject_id, cipher=self.cipher(subject_id, row[0]))

    async def of_number(self, connection: AsyncConnection, number: str) -> Subject:
        """The person who calls from this number, known or new; a hidden number is always somebody new."""
        lookup = self.lookup(number)
        if (found := await self._found(connection, lookup)) is not None:
            return found
        rows = await connection.execute("SELECT nextval('subjects_id_seq')")
        row = await rows.fetchone()
        assert row is not None
        _, wrapped = self._wrapping.new_key(_belongs_to(row[0]))
        made = await connection.execute(
            "INSERT INTO subjects (id, lookup, wrapped_key) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            (row[0], lookup, wrapped),
        )
        if made.rowcount == 0:  # another call of the same person was faster
            return await self.of_number(connection, number)
        return Subject(id=row[0], cipher=self.cipher(row[0], wrapped))

    async def _found(self, connection: AsyncConnection, lookup: bytes | None) -> Subject | None:
        if lookup is None:
            return None
        rows = await connection.execute("SELECT id, wrapped_key FROM subjects WHERE lookup = %s", (lookup,))
        row = await rows.fetchone()
        return None if row is None else Subject(id=row[0], cipher=self.cipher(row[0], row[1]))


async def check_master_key(engine: AsyncEngine, keys: SubjectKeys) -> None:
    """Ask at start: raises `KeyUnusable` where the database was written under another master key."""
    newest = select(subjects.c.id, subjects.c.wrapped_key).where(subjects.c.wrapped_key.is_not(None))
    async with engine.connect() as connection:
        row = (await connection.execute(newest.order_by(subjects.c.id.desc()).limit(1))).one_or_none()
    if row is not None:
        keys.cipher(row.id, row.wrapped_key)


class Erasure:
    """Erases a person: the key is destroyed, and what lies in plain tables is emptied.

    Of deeds, approvals and messages the frame stays: sums, states, ids, and the keyed hashes, so that erasing
    somebody neither lifts a limit nor lets a thing be done twice.
    """

    def __init__(self, engine: AsyncEngine, keys: SubjectKeys, clock: Clock) -> None:
        self._engine = engine
        self._keys = keys
        self._clock = clock

    async def subject_of_number(self, number: str) -> int | None:
        query = select(subjects.c.id).where(subjects.c.lookup == self._keys.lookup(number))
        async with self._engine.connect() as connection:
            return await connection.scalar(query) if number else None

    async def subject_of_call(self, call_id: str) -> int | None:
        """Somebody with a hidden number can only be named by a call."""
        query = select(call_heads.c.subject_id).where(call_heads.c.call_id == call_id)
        async with self._engine.connect() as connection:
            return await connection.scalar(query)

    async def erase_subject(self, subject_id: int) -> Erased:
        """Once committed, nobody can read what the person said; the chains of their calls still verify."""
        theirs = select(call_heads.c.call_id).where(call_heads.c.subject_id == subject_id)
        # A hidden number may have got another key for what was done before the journal was written.
        as_others = union(
            select(deeds.c.subject_id).where(deeds.c.call_id.in_(theirs)),
            select(messages.c.subject_id).where(messages.c.call_id.in_(theirs)),
        )
        same = (subjects.c.id == subject_id) | subjects.c.id.in_(as_others)
        now = self._clock.now()
        gone = {"wrapped_key": None, "lookup": None, "erased_at": now}
        unwanted = {"stored_at": now, "due_at": now}
        async with self._engine.begin() as connection:
            call_ids = tuple(await connection.scalars(theirs))
            await connection.execute(update(subjects).where(same).values(gone))
            await connection.execute(delete(callbacks).where(callbacks.c.call_id.in_(theirs)))
            await connection.execute(
                update(voicemails).where(voicemails.c.call_id.in_(theirs)).values(unwanted)
            )
            await connection.execute(update(calls).where(calls.c.id.in_(theirs)).values(caller=""))
        return Erased(subject_id=subject_id, call_ids=call_ids)


def _belongs_to(subject_id: int) -> bytes:
    return f"subject {subject_id}".encode()
