"""One batch of the journal: seals what waits, links it to its calls' chains, writes it in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
import psycopg
from psycopg import AsyncConnection

from adapters.storage.sealing import seal
from adapters.storage.subjects import Subject, SubjectKeys
from domain.journal import Head, genesis, link, sign_head

# One statement is one transaction and one round trip: the rows, the heads, and the hint to who watches.
WRITE = """
WITH entries AS (
    INSERT INTO journal (call_id, seq, kind, at, subject_id, digest, chain, sealed)
    SELECT * FROM unnest(
        %b::text[], %b::int4[], %b::text[], %b::timestamptz[],
        %b::int8[], %b::bytea[], %b::bytea[], %b::bytea[])
), heads AS (
    INSERT INTO call_heads (call_id, subject_id, seq, chain, signature)
    SELECT * FROM unnest(%b::text[], %b::int8[], %b::int4[], %b::bytea[], %b::bytea[])
    ON CONFLICT (call_id)
    DO UPDATE SET seq = excluded.seq, chain = excluded.chain, signature = excluded.signature
)
SELECT pg_notify('callwright_journal', call_id) FROM unnest(%b::text[]) AS call_id
"""


@dataclass(slots=True, kw_only=True)
class Chain:
    """Where a call's journal stands in the database, as far as this process knows."""

    call_id: str
    subject: Subject
    seq: int
    link: bytes


@dataclass(slots=True, frozen=True)
class Waiting:
    """An event that has been given to the journal and is not in the database yet."""

    call_id: str
    kind: str
    at: datetime
    payload: bytes


class BatchWriter:
    """Writes batches over one connection, and knows the chains of the calls that it writes."""

    def __init__(self, address: str, keys: SubjectKeys, heads_key: bytes) -> None:
        self._address = address
        self._keys = keys
        self._heads_key = heads_key
        self._connection: AsyncConnection | None = None
        self._chains: dict[str, Chain] = {}
        self._attempt: Attempt | None = None

    async def write(self, batch: Sequence[Waiting]) -> Mapping[str, Head]:
        """The new heads, once all is committed. Raises `psycopg.Error`; the same batch may be tried again."""
        connection = await self._connected()
        if self._attempt is None or self._attempt.batch is not batch:
            self._attempt = await self._seal(connection, batch)
        attempt = self._attempt
        try:
            await connection.execute(WRITE, attempt.columns, prepare=True)
        except psycopg.errors.UniqueViolation:
            if not await _is_written(connection, attempt.heads):
                self._follow_the_other_writer(attempt.heads)
                return await self.write(batch)
        self._attempt = None
        for head in attempt.heads.values():
            chain = self._chains[head.call_id]
            chain.seq, chain.link = head.seq, head.chain
        return attempt.heads

    async def head(self, call_id: str) -> int:
        """The number of the call's last event in the database; 0 where it has none."""
        connection = await self._connected()
        rows = await connection.execute("SELECT seq FROM call_heads WHERE call_id = %s", (call_id,))
        row = await rows.fetchone()
        return 0 if row is None else int(row[0])

    def forget(self, call_id: str) -> None:
        """Let go of a call; it is read anew should it be written to once more."""
        self._chains.pop(call_id, None)

    async def disconnect(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await connection.close()

    async def _connected(self) -> AsyncConnection:
        if self._connection is None or self._connection.closed:
            self._connection = await AsyncConnection.connect(
                self._address, autocommit=True, connect_timeout=5, application_name="callwright journal"
            )
        return self._connection

    async def _open(self, connection: AsyncConnection, first: Waiting) -> Chain:
        """Go on with a chain that exists, or begin one for the person who calls."""
        call_id = first.call_id
        rows = await connection.execute(
            "SELECT subject_id, seq, chain FROM call_heads WHERE call_id = %s", (call_id,)
        )
        if (row := await rows.fetchone()) is None:
            subject = await self._keys.of_number(connection, _number_in(first))
            return Chain(call_id=call_id, subject=subject, seq=0, link=genesis(call_id))
        subject = await self._keys.known(connection, row[0]) or await self._keys.of_number(connection, "")
        return Chain(call_id=call_id, subject=subject, seq=row[1], link=row[2])

    async def _seal(self, connection: AsyncConnection, batch: Sequence[Waiting]) -> "Attempt":
        for waiting in batch:
            if waiting.call_id not in self._chains:
                self._chains[waiting.call_id] = await self._open(connection, waiting)
        ends: dict[str, tuple[int, bytes]] = {}
        rows: list[tuple[object, ...]] = []
        for waiting in batch:
            call_id = waiting.call_id
            chain = self._chains[call_id]
            seq, previous = ends.get(call_id, (chain.seq, chain.link))
            seq += 1
            digest, sealed = seal(chain.subject.cipher, call_id, seq, waiting.payload)
            new = link(previous, call_id, seq=seq, kind=waiting.kind, at=waiting.at, digest=digest)
            ends[call_id] = seq, new
            rows.append((call_id, seq, waiting.kind, waiting.at, chain.subject.id, digest, new, sealed))
        heads = {call_id: self._signed(call_id, seq, end) for call_id, (seq, end) in ends.items()}
        tops = [
            (top.call_id, self._chains[top.call_id].subject.id, top.seq, top.chain, top.signature)
            for top in heads.values()
        ]
        columns: tuple[list[object], ...] = (*_turned(rows), *_turned(tops), list(heads))
        return Attempt(batch=batch, columns=columns, heads=heads)

    def _signed(self, call_id: str, seq: int, chain: bytes) -> Head:
        signature = sign_head(self._heads_key, call_id, seq, chain)
        return Head(call_id=call_id, seq=seq, chain=chain, signature=signature)

    def _follow_the_other_writer(self, call_ids: Iterable[str]) -> None:
        """The numbers are taken: another process wrote to one of these calls. Go on from its end."""
        self._attempt = None
        for call_id in call_ids:
            self.forget(call_id)


@dataclass(slots=True, frozen=True, kw_only=True)
class Attempt:
    """A sealed batch, sent again as it is: a commit whose answer was lost is then known by its links."""

    batch: Sequence[Waiting]
    columns: tuple[list[object], ...]
    heads: Mapping[str, Head]


async def _is_written(connection: AsyncConnection, heads: Mapping[str, Head]) -> bool:
    """A batch is one transaction: where one of its ends is in the journal, all of it is."""
    end = next(iter(heads.values()))
    rows = await connection.execute(
        "SELECT 1 FROM journal WHERE (call_id, seq, chain) = (%s, %s, %s)", (end.call_id, end.seq, end.chain)
    )
    return await rows.fetchone() is not None


def _turned(rows: Sequence[tuple[object, ...]]) -> Iterable[list[object]]:
    """Rows to columns."""
    return map(list, zip(*rows, strict=True))


def _number_in(first: Waiting) -> str:
    """Who calls, as the call's first event says."""
    return str(orjson.loads(first.payload).get("caller", "")) if first.kind == "call_started" else ""
