"""Where calls are kept: one row each, replaced only by whoever saw its latest version."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.storage.tables import calls
from domain.call import FINAL, Call, Outcome, State
from domain.ports.calls import CallExists

FIELDS = tuple(field.name for field in fields(Call))


class PostgresCalls:
    """Implements `domain.ports.calls.CallStore`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def create(self, call: Call) -> None:
        try:
            async with self._engine.begin() as connection:
                await connection.execute(insert(calls).values(asdict(call)))
        except IntegrityError as error:
            raise CallExists(call.id) from error

    async def load(self, call_id: str) -> Call | None:
        return await self._one(calls.c.id == call_id)

    async def by_carrier_call_id(self, carrier_call_id: str) -> Call | None:
        return await self._one(calls.c.carrier_call_id == carrier_call_id)

    async def replace(self, call: Call, expected_version: int) -> bool:
        """False when somebody was faster, and when there is no such call."""
        same = (calls.c.id == call.id) & (calls.c.version == expected_version)
        async with self._engine.begin() as connection:
            done = await connection.execute(update(calls).where(same).values(asdict(call)))
        return done.rowcount == 1

    async def unfinished(self, before: datetime) -> Sequence[Call]:
        live = calls.c.ended_at.is_(None) & calls.c.state.not_in(FINAL)
        query = select(calls).where(live, calls.c.deadline <= before).order_by(calls.c.deadline)
        async with self._engine.connect() as connection:
            return [call_from(row) for row in await connection.execute(query)]

    async def _one(self, condition: ColumnElement[bool]) -> Call | None:
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(calls).where(condition))).one_or_none()
        return None if row is None else call_from(row)


def call_from(row: Row[Any]) -> Call:
    values = {name: getattr(row, name) for name in FIELDS}
    values["state"] = State(row.state)
    values["expected"] = None if row.expected is None else cast(Outcome, State(row.expected))
    return Call(**values)
