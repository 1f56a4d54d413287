"""Proves the journal: holds the stored chains to the signed heads, in the table and in the file."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Row, select, union
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from adapters.secrets import KeyUnusable, MasterKey
from adapters.storage.heads_file import HeadsFile
from adapters.storage.sealing import unseal
from adapters.storage.subjects import SubjectKeys
from adapters.storage.tables import call_heads, journal, subjects
from domain.journal import Entry, Head, Verdict, digest_of, verify

Ciphers = Mapping[int, AESGCM | None]
"""By subject; None once the person was erased. A subject whose key does not open is left out."""


class Verification:
    """Checks one call or all of them."""

    def __init__(self, engine: AsyncEngine, master: MasterKey, heads_file: HeadsFile) -> None:
        self._engine = engine
        self._keys = SubjectKeys(master)
        self._heads_key = master.derive("journal heads")
        self._heads_file = heads_file

    async def verify(self, call_id: str) -> Verdict:
        filed = (await asyncio.to_thread(self._heads_file.read)).get(call_id, ())
        async with self._engine.connect() as connection:
            return await self._verify(connection, call_id, filed)

    async def verify_all(self) -> AsyncIterator[Verdict]:
        """Every call that the journal, the heads or the file know, in the order of their names."""
        filed = self._heads_file.read()
        known = union(select(journal.c.call_id), select(call_heads.c.call_id)).subquery()
        async with self._engine.connect() as connection:
            call_ids = set(await connection.scalars(select(known.c.call_id))) | filed.keys()
            for call_id in sorted(call_ids):
                yield await self._verify(connection, call_id, filed.get(call_id, ()))

    async def _verify(self, connection: AsyncConnection, call_id: str, filed: Sequence[Head]) -> Verdict:
        rows = (
            await connection.execute(
                select(journal).where(journal.c.call_id == call_id).order_by(journal.c.seq)
            )
        ).all()
        ciphers = await self._ciphers(connection, {row.subject_id for row in rows})
        head = (
            await connection.execute(select(call_heads).where(call_heads.c.call_id == call_id))
        ).one_or_none()
        heads = list(filed)
        if head is not None:
            heads.append(Head(call_id=call_id, seq=head.seq, chain=head.chain, signature=head.signature))
        return verify(call_id, [_entry(row, ciphers) for row in rows], heads, self._heads_key)

    async def _ciphers(self, connection: AsyncConnection, subject_ids: set[int]) -> Ciphers:
        query = select(subjects.c.id, subjects.c.wrapped_key).where(subjects.c.id.in_(subject_ids))
        ciphers: dict[int, AESGCM | None] = {}
        for subject_id, wrapped in await connection.execute(query):
            try:
                ciphers[subject_id] = None if wrapped is None else self._keys.cipher(subject_id, wrapped)
            except KeyUnusable:
                continue
        return ciphers


def _entry(row: Row[tuple[object, ...]], ciphers: Ciphers) -> Entry:
    cipher = ciphers.get(row.subject_id)
    opened = None if cipher is None else unseal(cipher, row.call_id, row.seq, row.sealed)
    erased = row.subject_id in ciphers and cipher is None
    return Entry(
        seq=row.seq,
        kind=row.kind,
        at=row.at,
        digest=row.digest,
        chain=row.chain,
        payload_digest=None if opened is None else digest_of(*opened),
        readable=erased or opened is not None,
    )
