"""What rows outside the journal hold of a person: sealed under that person's key, found by keyed hashes."""

import hmac
import json
from collections.abc import Mapping
from typing import Any, cast

import psycopg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.secrets import MasterKey
from adapters.storage.sealing import seal, unseal
from adapters.storage.subjects import Subject, SubjectKeys
from adapters.storage.tables import call_heads, calls, subjects


class Lookups:
    """Keyed, since plain hashes of order numbers and customers can be tried out."""

    def __init__(self, master: MasterKey) -> None:
        self._key = master.derive("deeds")

    def subject(self, company: str, action: str, subject: str) -> bytes:
        """What a deed is about."""
        return self._of("subject", company, action, subject)

    def customer(self, company: str, customer: str) -> bytes:
        return self._of("customer", company, customer)

    def code(self, company: str, customer: str, call_id: str, code: str) -> bytes:
        return self._of("code", company, customer, call_id, code)

    def lock(self, *scope: str) -> int:
        """A number for an advisory lock: a signed 64-bit integer."""
        return int.from_bytes(self._of("lock", *scope)[:8], signed=True)

    def _of(self, *words: str) -> bytes:
        return hmac.digest(self._key, json.dumps(words).encode(), "sha256")


class People:
    """Whom a call's rows belong to, and their key."""

    def __init__(self, keys: SubjectKeys) -> None:
        self._keys = keys

    async def of_call(self, connection: AsyncConnection, call_id: str) -> Subject:
        """Whoever the call's journal belongs to; the caller where nothing of it is written yet."""
        theirs = (
            select(subjects.c.id, subjects.c.wrapped_key)
            .join(call_heads, call_heads.c.subject_id == subjects.c.id)
            .where(call_heads.c.call_id == call_id)
        )
        row = (await connection.execute(theirs)).one_or_none()
        if row is not None and row.wrapped_key is not None:
            return Subject(id=row.id, cipher=self._keys.cipher(row.id, row.wrapped_key))
        number = None
        if row is None:
            number = await connection.scalar(select(calls.c.caller).where(calls.c.id == call_id))
        raw = await connection.get_raw_connection()
        # The driver's own connection, and so the same transaction.
        return await self._keys.of_number(cast(psycopg.AsyncConnection, raw.driver_connection), number or "")

    def seal(self, person: Subject, place: str, version: int, values: Mapping[str, Any]) -> bytes:
        """JSON under the person's key, good only in this place and version."""
        payload = json.dumps(values, separators=(",", ":")).encode()
        return seal(person.cipher, place, version, payload)[1]

    def known(self, subject_id: int, wrapped_key: bytes | None) -> Subject | None:
        """None once the person was erased."""
        if wrapped_key is None:
            return None
        return Subject(id=subject_id, cipher=self._keys.cipher(subject_id, wrapped_key))

    def unseal(self, person: Subject | None, place: str, version: int, sealed: bytes) -> Mapping[str, Any]:
        """Empty once the person was erased. Raises `SealBroken` where the row was changed by hand."""
        if person is None:
            return {}
        if (opened := unseal(person.cipher, place, version, sealed)) is None:
            raise SealBroken(f"{place}: what is stored is not what was sealed for this row")
        return cast(Mapping[str, Any], json.loads(opened[1]))


class SealBroken(Exception):
    """A row was moved, changed or set back outside the program."""
