"""Deeds and times that the stores are tried with."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.secrets import MasterKey
from domain.clock import SystemClock
from domain.deeds import Deed
from domain.money import Money

MASTER = MasterKey(b"m" * 32)
AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
DAY = "2026-11-21"


class SetClock(SystemClock):
    """Its wall time stands until it is set; waits run on the loop's own."""

    def __init__(self) -> None:
        self.at = AT

    def now(self) -> datetime:
        return self.at

    def pass_by(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def euros(amount: str) -> Money:
    return Money.of(amount, "EUR")


def deed(number: int = 1, **changes: Any) -> Deed:
    """The nth deed: about its own order, each a second later."""
    at = AT + timedelta(seconds=number)
    plain = Deed(
        id=f"d{number}", company="sample", call_id="c1", customer="C-7", action="refund",
        arguments={"order": f"A-{number}", "why": "late"}, scope={"caller": {"number": "+15550100"}},
        subject=f"A-{number}", amount=euros("20.00"), day=DAY, created_at=at, moved_at=at,
    )  # fmt: skip
    return replace(plain, **changes)
