"""Wrong attempts and one-time codes in PostgreSQL: no code and no customer can be read there."""

import hmac
import secrets
from datetime import date, timedelta

from sqlalchemy import ColumnElement, case, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql.dml import ReturningInsert

from adapters.secrets import MasterKey
from adapters.storage.people import Lookups
from adapters.storage.tables import one_time_codes, wrong_attempts
from domain.clock import Clock
from domain.ports.identity import CODES_PER_DAY, TRIES_PER_CODE, CodeCheck


class PostgresIdentityRecords:
    """Implements `domain.ports.identity.IdentityRecords`."""

    def __init__(self, engine: AsyncEngine, master: MasterKey, clock: Clock) -> None:
        self._engine = engine
        self._lookups = Lookups(master)
        self._clock = clock

    async def attempts(self, company: str, customer: str, day: str) -> int:
        theirs = wrong_attempts.c.customer_lookup == self._lookups.customer(company, customer)
        on_day = wrong_attempts.c.day == date.fromisoformat(day)
        async with self._engine.connect() as connection:
            return await connection.scalar(select(wrong_attempts.c.count).where(theirs, on_day)) or 0

    async def take_attempt(self, company: str, customer: str, day: str, *, most: int) -> bool:
        once_more = self._once_more(company, customer, day, wrong_attempts.c.count < most)
        if most < 1:
            return False
        async with self._engine.begin() as connection:
            return await connection.scalar(once_more) is not None

    async def give_back(self, company: str, customer: str, day: str) -> None:
        theirs = wrong_attempts.c.customer_lookup == self._lookups.customer(company, customer)
        on_day = wrong_attempts.c.day == date.fromisoformat(day)
        one_less = update(wrong_attempts).where(theirs, on_day, wrong_attempts.c.count > 0)
        async with self._engine.begin() as connection:
            await connection.execute(one_less.values(count=wrong_attempts.c.count - 1))

    async def note_wrong(self, company: str, customer: str, day: str) -> int:
        async with self._engine.begin() as connection:
            return int((await connection.execute(self._once_more(company, customer, day))).scalar_one())

    def _once_more(
        self, company: str, customer: str, day: str, where: ColumnElement[bool] | None = None
    ) -> ReturningInsert[int]:
        first = {
            "customer_lookup": self._lookups.customer(company, customer),
            "day": date.fromisoformat(day),
            "count": 1,
        }
        return (
            insert(wrong_attempts)
            .values(first)
            .on_conflict_do_update(
                index_elements=["customer_lookup", "day"],
                set_={"count": wrong_attempts.c.count + 1},
                where=where,
            )
            .returning(wrong_attempts.c.count)
        )

    async def make_code(
        self, company: str, customer: str, call_id: str, *, day: str, valid_s: float
    ) -> str | None:
        code = f"{secrets.randbelow(1_000_000):06}"
        row = {
            "customer_lookup": self._lookups.customer(company, customer),
            "call_id": call_id,
            "code_lookup": self._lookups.code(company, customer, call_id, code),
            "expires_at": self._clock.now() + timedelta(seconds=valid_s),
            "tries": 0,
            "day": date.fromisoformat(day),
            "made": 1,
        }
        new = insert(one_time_codes).values(row)
        same_day, made = one_time_codes.c.day == new.excluded.day, one_time_codes.c.made
        instead = new.on_conflict_do_update(
            index_elements=["customer_lookup"],
            set_={**dict(new.excluded), "made": case((same_day, made + 1), else_=1)},
            where=~same_day | (made < CODES_PER_DAY),
        )
        async with self._engine.begin() as connection:
            stored = await connection.scalar(instead.returning(one_time_codes.c.made))
        return None if stored is None else code

    async def check_code(self, company: str, customer: str, call_id: str, code: str) -> CodeCheck:
        theirs = one_time_codes.c.customer_lookup == self._lookups.customer(company, customer)
        now = self._clock.now()
        told = self._lookups.code(company, customer, call_id, code)
        async with self._engine.begin() as connection:
            # Locked: of two who tell the code at once one is right, and tries are counted one by one.
            row = (
                await connection.execute(select(one_time_codes).where(theirs).with_for_update())
            ).one_or_none()
            if row is None or row.call_id != call_id or now >= row.expires_at:
                return "expired"
            if row.tries >= TRIES_PER_CODE:
                return "too_many"
            if hmac.compare_digest(told, row.code_lookup):
                await connection.execute(update(one_time_codes).where(theirs).values(expires_at=now))
                return "right"
            tries = row.tries + 1
            await connection.execute(update(one_time_codes).where(theirs).values(tries=tries))
        return "wrong" if tries < TRIES_PER_CODE else "too_many"
