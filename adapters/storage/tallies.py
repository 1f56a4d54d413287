"""What stands already in the scopes of an action's limits, added up by the database."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Select, func, literal, literal_column, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.storage.people import Lookups
from adapters.storage.tables import deeds
from domain.deeds import STANDING, Tally

# Written out, not as parameters, so that every plan may use the index of standing deeds.
STANDS = deeds.c.state.in_([literal_column(f"'{state}'") for state in sorted(STANDING)])


async def tallies_of(
    connection: AsyncConnection,
    lookups: Lookups,
    scopes: Iterable[str],
    *,
    company: str,
    action: str,
    call_id: str,
    customer: str,
    day: str,
) -> Mapping[str, Tally]:
    """By scope; one in which nothing stands is left out."""
    on_day = deeds.c.day == date.fromisoformat(day)
    within = {
        "call": deeds.c.call_id == call_id,
        "customer_day": (deeds.c.customer_lookup == lookups.customer(company, customer)) & on_day,
        "company_day": on_day,
    }
    same = (deeds.c.company == company) & (deeds.c.action == action) & STANDS
    parts = [_sums(scope).where(same, within[scope]) for scope in sorted(set(scopes) & within.keys())]
    if not parts:
        return {}
    counts: dict[str, int] = {}
    sums: dict[str, dict[str, int]] = {}
    for scope, currency, count, minor in await connection.execute(union_all(*parts)):
        counts[scope] = counts.get(scope, 0) + count
        if currency is not None:
            sums.setdefault(scope, {})[currency] = int(minor)
    return {scope: Tally(count=count, minor=sums.get(scope, {})) for scope, count in counts.items()}


def _sums(scope: str) -> Select[Any]:
    return select(
        literal(scope).label("scope"), deeds.c.currency, func.count(), func.sum(deeds.c.amount_minor)
    ).group_by(deeds.c.currency)
