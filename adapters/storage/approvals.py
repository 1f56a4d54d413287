"""The supervisors' list in PostgreSQL: one approval for each deed, and the first decision counts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from sqlalchemy import Row, Select, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from adapters.secrets import MasterKey
from adapters.storage.bell import AGAIN_S, Bell
from adapters.storage.deed_rows import DEEDS, deed_from, money_of
from adapters.storage.people import People
from adapters.storage.subjects import SubjectKeys
from adapters.storage.tables import approvals, deeds
from domain.clock import Clock
from domain.money import Money, NotMoney
from domain.ports.ledger import Approval

CHANNEL = "callwright_approvals"
_QUESTION, _ANSWER = 1, 2
"""What was asked and what was answered are sealed apart."""


class NotAsked(Exception):
    """There is no such approval: it was never asked for."""


class PostgresApprovals:
    """Implements `domain.ports.ledger.Approvals`."""

    def __init__(
        self, engine: AsyncEngine, url: str, master: MasterKey, clock: Clock, *, again_s: float = AGAIN_S
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._people = People(SubjectKeys(master))
        self._bell = Bell(url, CHANNEL, clock, again_s=again_s)

    async def ask(self, approval: Approval) -> None:
        """The deed must be in the ledger."""
        async with self._engine.begin() as connection:
            question = {"reason": approval.reason, "read_back": approval.read_back}
            row = {
                "id": approval.id,
                "deed_id": approval.deed.id,
                "rules": list(approval.rules),
                "state": "waiting",
                "asked_at": approval.asked_at,
                "expires_at": approval.expires_at,
                "decided_by": "",
                "sealed": await self._sealed(connection, approval, _QUESTION, question),
            }
            await connection.execute(insert(approvals).values(row).on_conflict_do_nothing())
            await _ring(connection, approval.id)

    async def load(self, approval_id: str) -> Approval | None:
        async with self._engine.connect() as connection:
            return await self._one(connection, _ALL.where(approvals.c.id == approval_id))

    async def of_deed(self, deed_id: str) -> Approval | None:
        async with self._engine.connect() as connection:
            return await self._one(connection, _ALL.where(approvals.c.deed_id == deed_id))

    async def waiting(self, company: str | None = None) -> Sequence[Approval]:
        """Who waits longest is first."""
        query = _ALL.where(approvals.c.state == "waiting").order_by(approvals.c.asked_at, approvals.c.id)
        if company is not None:
            query = query.where(deeds.c.company == company)
        async with self._engine.connect() as connection:
            return [self._from(row) for row in await connection.execute(query)]

    async def decide(
        self,
        approval_id: str,
        *,
        state: Literal["approved", "denied", "expired"],
        by: str,
        amount: Money | None = None,
        words: str = "",
    ) -> Approval | None:
        """What is decided after its time has expired. Raises `NotMoney` for more than was asked."""
        one = _ALL.where(approvals.c.id == approval_id).with_for_update(of=approvals)
        now = self._clock.now()
        async with self._engine.begin() as connection:
            approval = await self._one(connection, one)
            if approval is None or approval.state != "waiting":
                return approval
            _check(amount, approval.deed.amount)
            if now >= approval.expires_at and state != "expired":
                state, by, amount, words = "expired", "", None, ""
            decided = replace(
                approval, state=state, decided_by=by, decided_at=now, amount=amount, words=words
            )
            await self._store(connection, decided)
            await _ring(connection, approval_id)
        return decided

    async def decided(self, approval_id: str, *, within_s: float) -> Approval:
        """Raises `NotAsked`."""
        until = self._clock.monotonic() + within_s
        async with self._bell.waiting(approval_id) as rung:
            while True:
                if (approval := await self.load(approval_id)) is None:
                    raise NotAsked(f"approval {approval_id} was never asked for")
                left = until - self._clock.monotonic()
                if approval.state != "waiting" or left <= 0:
                    return approval
                await self._bell.rung_within(rung, left)

    async def _store(self, connection: AsyncConnection, decided: Approval) -> None:
        columns = {
            "state": decided.state,
            "decided_by": decided.decided_by,
            "decided_at": decided.decided_at,
            "amount_minor": decided.amount and decided.amount.minor,
            "currency": decided.amount and decided.amount.currency,
            "sealed_words": await self._sealed(connection, decided, _ANSWER, {"words": decided.words}),
        }
        await connection.execute(update(approvals).where(approvals.c.id == decided.id).values(columns))

    async def _sealed(
        self, connection: AsyncConnection, approval: Approval, part: int, values: Mapping[str, str]
    ) -> bytes:
        """Under the key that the deed is sealed with; nothing once the person was erased."""
        owner = (await connection.execute(DEEDS.where(deeds.c.id == approval.deed.id))).one()
        person = self._people.known(owner.subject_id, owner.wrapped_key)
        return b"" if person is None else self._people.seal(person, _place(approval.id), part, values)

    async def _one(self, connection: AsyncConnection, query: Select[Any]) -> Approval | None:
        row = (await connection.execute(query)).one_or_none()
        return None if row is None else self._from(row)

    def _from(self, row: Row[Any]) -> Approval:
        person, place = self._people.known(row.subject_id, row.wrapped_key), _place(row.approval_id)
        question = self._people.unseal(person, place, _QUESTION, row.question)
        answered = row.answer is not None
        answer = self._people.unseal(person, place, _ANSWER, row.answer) if answered else {}
        return Approval(
            id=row.approval_id,
            deed=deed_from(row, self._people),
            rules=tuple(row.rules),
            reason=question.get("reason", ""),
            read_back=question.get("read_back", ""),
            state=row.approval_state,
            asked_at=row.asked_at,
            expires_at=row.expires_at,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
            amount=money_of(row.allowed_minor, row.allowed_currency),
            words=answer.get("words", ""),
        )


_ALL: Select[Any] = DEEDS.join(approvals, approvals.c.deed_id == deeds.c.id).add_columns(
    approvals.c.id.label("approval_id"),
    approvals.c.state.label("approval_state"),
    approvals.c.rules,
    approvals.c.asked_at,
    approvals.c.expires_at,
    approvals.c.decided_by,
    approvals.c.decided_at,
    approvals.c.amount_minor.label("allowed_minor"),
    approvals.c.currency.label("allowed_currency"),
    approvals.c.sealed.label("question"),
    approvals.c.sealed_words.label("answer"),
)
"""An approval stands beside its deed as that is now."""


def _check(allowed: Money | None, asked: Money | None) -> None:
    if allowed is None:
        return
    if asked is None or allowed.currency != asked.currency or not allowed <= asked:
        raise NotMoney("what is allowed is at most what was asked for, in the same currency")


async def _ring(connection: AsyncConnection, approval_id: str) -> None:
    await connection.execute(select(func.pg_notify(CHANNEL, approval_id)))


def _place(approval_id: str) -> str:
    return f"approval {approval_id}"
