"""Any story of deeds, several at once, against a ledger on paper: nothing twice, nothing beyond a limit."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count, permutations
from typing import Any, get_args

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from adapters.storage.database import engine_for
from adapters.storage.ledger import PostgresLedger
from domain.actions import Limit
from domain.deeds import Deed, ImpossibleMove, State, Tally, first_passed
from domain.money import Money
from domain.ports.ledger import AlreadyStanding, LimitPassed, Reserved
from tests.adapters.storage.trade import AT, MASTER, deed, euros

LIMITS = (
    Limit(per="action", amount=euros("25.00")),
    Limit(per="call", amount=euros("40.00")),
    Limit(per="customer_day", count=3),
    Limit(per="company_day", amount=euros("60.00")),
)
Answer = Reserved | AlreadyStanding | LimitPassed
WISHES = st.fixed_dictionaries(
    {
        "action": st.sampled_from(["refund", "credit"]),
        "subject": st.sampled_from(["A-1", "A-2", "A-3", "A-4"]),
        "customer": st.sampled_from(["C-7", "C-8"]),
        "call_id": st.sampled_from(["c1", "c2"]),
        "day": st.sampled_from(["2026-11-21", "2026-11-22"]),
        "amount": st.sampled_from([euros("5.00"), euros("20.00"), euros("26.00"), Money.of("1.00", "USD")]),
    }
)
companies = count(1)


@dataclass(kw_only=True)
class OnPaper:
    """What the ledger must say, one deed after another."""

    deeds: dict[str, Deed] = field(default_factory=dict)

    def tallies(self, wanted: Deed) -> dict[str, Tally]:
        scopes: dict[str, Callable[[Deed], bool]] = {
            "call": lambda it: it.call_id == wanted.call_id,
            "customer_day": lambda it: (it.customer, it.day) == (wanted.customer, wanted.day),
            "company_day": lambda it: it.day == wanted.day,
        }
        same = [it for it in self.deeds.values() if it.standing and it.action == wanted.action]
        return {scope: tally([it for it in same if within(it)]) for scope, within in scopes.items()}

    def reserve(self, wanted: Deed) -> Answer:
        about = (wanted.action, wanted.subject)
        for known in self.deeds.values():
            if known.standing and (known.action, known.subject) == about:
                return AlreadyStanding(deed=known)
        if (passed := first_passed(LIMITS, wanted.amount, self.tallies(wanted))) is not None:
            return LimitPassed(limit=passed)
        self.deeds[wanted.id] = wanted
        return Reserved(deed=wanted)


def tally(standing: Sequence[Deed]) -> Tally:
    sums: dict[str, int] = defaultdict(int)
    for it in standing:
        assert it.amount is not None
        sums[it.amount.currency] += it.amount.minor
    return Tally(count=len(standing), minor=sums)


class Story(RuleBasedStateMachine):
    """A company of its own in one database; `runner` and `ledger` are the test's."""

    runner: asyncio.Runner
    ledger: PostgresLedger

    def __init__(self) -> None:
        super().__init__()
        self.company = f"company {next(companies)}"
        self.paper = OnPaper()
        self.numbers = count(1)

    def wanted(self, wishes: dict[str, Any]) -> Deed:
        number = next(self.numbers)
        made = {**wishes, "company": self.company, "call_id": f"{self.company} {wishes['call_id']}"}
        return deed(number, id=f"{self.company} {number}", **made)

    @rule(wishes=st.lists(WISHES, min_size=1, max_size=4))
    def reserve_at_once(self, wishes: list[dict[str, Any]]) -> None:
        """The answers are those that some order of the callers gives."""
        wanted = [self.wanted(wish) for wish in wishes]

        async def ask() -> list[Answer]:
            return await asyncio.gather(*(self.ledger.reserve(one, LIMITS) for one in wanted))

        answers = self.runner.run(ask())
        for order in permutations(range(len(wanted))):
            paper = OnPaper(deeds=dict(self.paper.deeds))
            said = {place: paper.reserve(wanted[place]) for place in order}
            if [said[place] for place in range(len(wanted))] == answers:
                self.paper = paper
                return
        raise AssertionError(f"no order of these gives these answers: {answers}")

    @precondition(lambda self: self.paper.deeds)
    @rule(data=st.data(), rivals=st.integers(1, 3))
    def move(self, data: st.DataObject, rivals: int) -> None:
        """Of rivals that saw the same version exactly one moves the deed, and the others are told."""
        before = self.paper.deeds[data.draw(st.sampled_from(sorted(self.paper.deeds)))]
        moves = []
        for number in range(rivals):
            to: State = data.draw(st.sampled_from(get_args(State)))
            try:
                moves.append(before.moved(to, AT + timedelta(minutes=number), outcome=str(number)))
            except ImpossibleMove:
                continue

        async def all_try() -> list[bool]:
            stale = self.ledger.replace(before.__class__(**{**vars(before), "version": 99}), 98)
            *won, lost = await asyncio.gather(
                *(self.ledger.replace(one, before.version) for one in moves), stale
            )
            assert not lost
            return won

        won = self.runner.run(all_try())
        assert won.count(True) == min(1, len(moves))
        if True in won:
            self.paper.deeds[before.id] = moves[won.index(True)]

    @invariant()
    def the_table_says_what_the_paper_says(self) -> None:
        async def read() -> list[Deed]:
            found = [await self.ledger.of_call(f"{self.company} {call}") for call in ("c1", "c2")]
            return [it for part in found for it in part]

        stored = self.runner.run(read())
        assert {it.id: it for it in stored} == self.paper.deeds

    @invariant()
    def nothing_stands_twice_or_beyond_a_limit(self) -> None:
        standing = [it for it in self.paper.deeds.values() if it.standing]
        assert len({(it.action, it.subject) for it in standing}) == len(standing)
        for it in standing:
            tallies = self.paper.tallies(it)
            assert tallies["call"].minor.keys() == {"EUR"}
            assert tallies["call"].minor["EUR"] <= 4000
            assert tallies["customer_day"].count <= 3
            assert tallies["company_day"].minor["EUR"] <= 6000


def test_no_story_does_a_thing_twice_or_passes_a_limit(database: str) -> None:
    with asyncio.Runner() as runner:
        engine = engine_for(database)
        told = type("Told", (Story,), {"runner": runner, "ledger": PostgresLedger(engine, MASTER)})
        run_state_machine_as_test(
            told,
            settings=settings(
                max_examples=20,
                stateful_step_count=12,
                deadline=None,
                suppress_health_check=[HealthCheck.too_slow],
            ),
        )
        runner.run(engine.dispose())
