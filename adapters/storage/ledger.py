"""The ledger in PostgreSQL: limits and subjects are checked under locks, in the transaction that reserves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, func, insert, or_, select, update
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from adapters.secrets import MasterKey
from adapters.storage.deed_rows import DEEDS, deed_from, moved_columns, new_row, sealed_of
from adapters.storage.people import Lookups, People
from adapters.storage.subjects import SubjectKeys
from adapters.storage.tables import deeds, subjects
from adapters.storage.tallies import STANDS, tallies_of
from domain.actions import Limit
from domain.deeds import NOTHING, Deed, ImpossibleMove, State, first_passed
from domain.ports.ledger import AlreadyStanding, LimitPassed, Reserved, Spent

_IN_ORDER = (deeds.c.created_at, deeds.c.number)


class PostgresLedger:
    """Implements `domain.ports.ledger.Ledger`."""

    def __init__(self, engine: AsyncEngine, master: MasterKey) -> None:
        # Each statement must see what was committed while it waited for a lock, whatever a server's default.
        self._engine = engine.execution_options(isolation_level="READ COMMITTED")
        self._people = People(SubjectKeys(master))
        self._lookups = Lookups(master)

    async def reserve(self, deed: Deed, limits: Sequence[Limit]) -> Reserved | AlreadyStanding | LimitPassed:
        """Reserving a deed again finds it, whatever became of it.

        Callers whom nobody identified share one customer's limits.
        """
        if deed.state != "reserved":
            raise ImpossibleMove(f"a deed that is {deed.state} cannot be reserved")
        async with self._engine.begin() as connection:
            # The person comes before the locks: making one may wait for somebody who waits for a lock.
            person = await self._people.of_call(connection, deed.call_id)
            await self._lock(connection, deed, limits)
            if (known := await self._known(connection, deed)) is not None:
                return AlreadyStanding(deed=known)
            tallies = await tallies_of(
                connection,
                self._lookups,
                [limit.per for limit in limits],
                company=deed.company,
                action=deed.action,
                call_id=deed.call_id,
                customer=deed.customer,
                day=deed.day,
            )
            if (passed := first_passed(limits, deed.amount, tallies)) is not None:
                return LimitPassed(limit=passed)
            row = new_row(deed, person, self._people, self._lookups)
            await connection.execute(insert(deeds).values(row))
        return Reserved(deed=deed)

    async def spent(self, company: str, action: str, *, call_id: str, customer: str, day: str) -> Spent:
        """Amounts of whatever currency: where they differ, `reserve` says that a limit is passed."""
        scopes = ("call", "customer_day", "company_day")
        async with self._engine.connect() as connection:
            found = await tallies_of(
                connection,
                self._lookups,
                scopes,
                company=company,
                action=action,
                call_id=call_id,
                customer=customer,
                day=day,
            )
        call, customers, companys = (found.get(scope, NOTHING) for scope in scopes)
        return Spent(
            call_amount=sum(call.minor.values()),
            call_count=call.count,
            customer_day_amount=sum(customers.minor.values()),
            customer_day_count=customers.count,
            company_day_amount=sum(companys.minor.values()),
            company_day_count=companys.count,
        )

    async def load(self, deed_id: str) -> Deed | None:
        found = await self._read(DEEDS.where(deeds.c.id == deed_id))
        return found[0] if found else None

    async def standing(self, company: str, action: str, subject: str) -> Deed | None:
        held = deeds.c.subject_lookup == self._lookups.subject(company, action, subject)
        found = await self._read(DEEDS.where(held, STANDS))
        return found[0] if found else None

    async def replace(self, deed: Deed, expected_version: int) -> bool:
        """Of an erased person's deed the frame moves on, and what is personal stays unreadable."""
        if deed.version <= expected_version:
            raise ImpossibleMove("a deed that replaces another has a higher version")
        same = (deeds.c.id == deed.id) & (deeds.c.version == expected_version)
        keys = select(subjects.c.id, subjects.c.wrapped_key).join(deeds, deeds.c.subject_id == subjects.c.id)
        async with self._engine.begin() as connection:
            row = (await connection.execute(keys.where(same))).one_or_none()
            if row is None:
                return False
            columns = moved_columns(deed)
            if (person := self._people.known(row.id, row.wrapped_key)) is not None:
                columns["sealed"] = sealed_of(deed, person, self._people)
            done = await connection.execute(update(deeds).where(same).values(columns))
        return done.rowcount == 1

    async def of_call(self, call_id: str) -> Sequence[Deed]:
        return await self._read(DEEDS.where(deeds.c.call_id == call_id).order_by(*_IN_ORDER))

    async def of_customer(self, company: str, customer: str) -> Sequence[Deed]:
        """Oldest first, in all their calls; nobody's deeds are nobody's."""
        if not customer:
            return []
        theirs = deeds.c.customer_lookup == self._lookups.customer(company, customer)
        return await self._read(DEEDS.where(theirs).order_by(*_IN_ORDER))

    async def in_state(self, *states: State, before: datetime) -> Sequence[Deed]:
        late = deeds.c.state.in_(states) & (deeds.c.moved_at < before)
        return await self._read(DEEDS.where(late).order_by(deeds.c.moved_at, deeds.c.number))

    async def steps_of(self, deed_id: str) -> Sequence[Deed]:
        return await self._read(DEEDS.where(deeds.c.parent == deed_id).order_by(*_IN_ORDER))

    async def _read(self, query: Select[Any]) -> Sequence[Deed]:
        async with self._engine.connect() as connection:
            return [deed_from(row, self._people) for row in await connection.execute(query)]

    async def _lock(self, connection: AsyncConnection, deed: Deed, limits: Sequence[Limit]) -> None:
        """Whatever this deed may compete for. All take their locks in the order of the numbers."""
        own = (deed.company, deed.action)
        keys = {
            "subject": self._lookups.lock("subject", *own, deed.subject),
            "call": self._lookups.lock("call", *own, deed.call_id),
            "customer_day": self._lookups.lock("customer", *own, deed.customer, deed.day),
            "company_day": self._lookups.lock("day", *own, deed.day),
        }
        needed = sorted({keys["subject"], *(keys[it.per] for it in limits if it.per in keys)})
        numbers = func.unnest(sql_cast(needed, ARRAY(BigInteger))).column_valued("number")
        await connection.execute(select(func.pg_advisory_xact_lock(numbers)))

    async def _known(self, connection: AsyncConnection, deed: Deed) -> Deed | None:
        """The very deed, or the one that holds its subject."""
        held = deeds.c.subject_lookup == self._lookups.subject(deed.company, deed.action, deed.subject)
        query = DEEDS.where(or_(deeds.c.id == deed.id, held & STANDS)).order_by(deeds.c.id != deed.id)
        row = (await connection.execute(query.limit(1))).one_or_none()
        return None if row is None else deed_from(row, self._people)
