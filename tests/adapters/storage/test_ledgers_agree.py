"""The ledger in memory answers as the real one, so that what is tried over it holds over PostgreSQL."""

from datetime import timedelta
from random import Random

import pytest

from adapters.storage.ledger import PostgresLedger
from domain.actions import Limit
from domain.deeds import Deed
from domain.money import Money
from domain.ports.ledger import AlreadyStanding, Ledger, LimitPassed, Reserved
from evals.memory_ledger import MemoryLedger
from tests.adapters.storage.trade import AT, DAY, deed, euros

LIMITS = (
    Limit(per="action", amount=euros("25.00")),
    Limit(per="call", amount=euros("40.00")),
    Limit(per="call", count=2),
    Limit(per="customer_day", amount=euros("60.00")),
    Limit(per="customer_day", count=3),
    Limit(per="company_day", amount=euros("90.00")),
)
AMOUNTS = (None, euros("10.00"), euros("20.00"), euros("25.01"), Money.of("10.00", "USD"))
ENDS = ("done", "failed", "unknown")


def asked_for(chance: Random, number: int) -> tuple[Deed, list[Limit]]:
    wanted = deed(
        number,
        call_id=chance.choice(["c1", "c2"]),
        customer=chance.choice(["C-7", "C-8", ""]),
        action=chance.choice(["refund", "credit"]),
        subject=chance.choice(["A-1", "A-2", f"A-{number}"]),
        amount=chance.choice([*AMOUNTS, euros("10.00"), euros("10.00")]),
        day=chance.choice([DAY, "2026-11-22"]),
    )
    return wanted, chance.sample(LIMITS, chance.randint(0, 2))


async def told(ledger: Ledger) -> list[object]:
    """All that a ledger says of what it holds."""
    scopes = [(action, customer) for action in ("refund", "credit") for customer in ("C-7", "C-8", "")]
    return [
        *[await ledger.spent("sample", action, call_id="c1", customer=c, day=DAY) for action, c in scopes],
        *[await ledger.standing("sample", action, "A-1") for action in ("refund", "credit")],
        *[list(await ledger.of_call(call)) for call in ("c1", "c2")],
        list(await ledger.in_state("reserved", "unknown", before=AT + timedelta(minutes=30))),
    ]


@pytest.mark.parametrize("seed", range(4))
async def test_the_same_story_has_the_same_answers(ledger: PostgresLedger, seed: int) -> None:
    chance, memory, kinds = Random(seed), MemoryLedger(), set()
    for number in range(1, 41):
        wanted, limits = asked_for(chance, number)
        answer = await ledger.reserve(wanted, limits)
        assert await memory.reserve(wanted, limits) == answer
        kinds.add(type(answer))
        if isinstance(answer, Reserved) and chance.random() < 0.6:
            doing = wanted.moved("doing", AT + timedelta(minutes=number))
            ended = doing.moved(chance.choice(ENDS), AT + timedelta(minutes=number))  # type: ignore[arg-type]  # a state
            for moved, version in ((doing, 1), (ended, 2), (doing, 1)):
                assert await ledger.replace(moved, version) is await memory.replace(moved, version)
        assert await ledger.reserve(wanted, []) == await memory.reserve(wanted, [])
    assert kinds == {Reserved, AlreadyStanding, LimitPassed}
    assert await told(memory) == await told(ledger)
