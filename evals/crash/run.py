"""One action, killed at each of its steps; what the office and the ledger say when everything has settled."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

from adapters.storage.ledger import PostgresLedger
from domain.clock import SystemClock
from domain.deeds import Deed
from evals.attacks.legitimate import wishes
from evals.attacks.office import Fault, Office
from evals.attacks.stage import StageClock
from evals.attacks.wish import Wish

CERTAIN = frozenset({"done", "failed", "refused", "undone"})
ABSOLUTE = frozenset(
    {
        *("changeOrderLine", "changeOrderAddress", "updateCustomerContact", "requestPasswordReset"),
        *("pushDeviceConfiguration", "pauseSubscription", "resumeSubscription", "changeSubscriptionPlan"),
        "moveAppointment",
    }
)
"""What may be said and done again to the same end: each needs a yes of its own. All else is done once."""
SLOW_S = 0.4
_numbers = count(1)


@dataclass(frozen=True, kw_only=True)
class Case:
    """Where the process dies."""

    action: str
    what: str
    """`do`, `do, half refused`, `undo`."""
    step: str
    at: int
    how: str
    """`before` the step; `late`: sent, and done after the death; `lost`: done, and the answer not heard."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What came of one case."""

    case: Case
    killed: bool
    double: tuple[str, ...]
    lost: tuple[str, ...]


class Crashes:
    """All cases of all actions, one after the other."""

    def __init__(
        self, url: str, office: Office, clock: StageClock, nursery: "Nursery", ledger: PostgresLedger
    ) -> None:
        self._url = url
        self._office = office
        self._clock = clock
        self._nursery = nursery
        self._ledger = ledger

    def deeds(self) -> list[Wish]:
        """One wish for every writing action of the sample."""
        first: dict[str, Wish] = {}
        for wish in wishes(self._office.records):
            first.setdefault(wish.action, wish)
        return list(first.values())

    def cases(self, wish: Wish) -> Iterator[Case]:
        """Found by letting it happen once undisturbed."""
        for what, fault in (("do", None), ("do, half refused", _last_system(wish)), ("undo", None)):
            if what == "do, half refused" and fault is None:
                continue
            steps = self._rehearsed(wish, what, fault)
            for at, step in enumerate([*steps, "the end"]):
                yield Case(action=wish.action, what=what, step=step, at=at, how="before")
                if step.startswith("call ") and step != f"call {fault}":
                    yield Case(action=wish.action, what=what, step=step, at=at, how="late")
                    yield Case(action=wish.action, what=what, step=step, at=at, how="lost")

    def _rehearsed(self, wish: Wish, what: str, fault: str | None) -> list[str]:
        order = self._fresh(wish)
        if fault:
            self._office.break_down(Fault(operation=fault, status=400))
        told = self._nursery.bear({**order, "what": what.partition(",")[0]})
        self._office.mend()
        return [str(step) for step in told["steps"]] if told.get("agreed") else []

    def _fresh(self, wish: Wish) -> dict[str, Any]:
        self._office.reset()
        customer = self._office.records.customers[wish.customer]
        company = f"larkfield-crash-{next(_numbers)}"
        return {
            "url": self._url,
            "office": self._office.url,
            "since": self._clock.since.isoformat(),
            "passed": 0.0,
            "company": company,
            "call": f"{company}-1",
            "number": customer.phones[0],
            "facts": {"postcode": customer.address.postcode, "born_on": str(customer.born_on)},
            "proof": wish.proof,
            "action": wish.action,
            "given": wish.given,
        }

    async def play(self, wish: Wish, case: Case) -> Judged:
        order = self._fresh(wish)
        if case.what == "do, half refused":
            self._office.break_down(Fault(operation=_last_system(wish), status=400, times=1))
        if case.how in {"late", "lost"}:
            operation = case.step.removeprefix("call ")
            first = int(case.what == "undo" and operation in wish.operations)  # the deed itself goes well
            slow = Fault(
                operation=operation, skip=first, delay_s=SLOW_S, after_effect=case.how == "lost", times=1
            )
            self._office.break_down(slow)
        how = "before" if case.how == "before" else "during"
        died = self._nursery.bear({**order, "what": case.what.partition(",")[0], "at": case.at, "how": how})
        number = self._office.records.customers[wish.customer].phones[0]
        at_once = {**order, "what": "again", "call": f"{order['company']}-2", "number": number}
        again = self._nursery.bear(at_once)
        while not self._office.quiet:
            await SystemClock().sleep(0.02)
        self._office.mend()
        number = self._office.records.customers[wish.customer].phones[0]
        aftermath = {**at_once, "what": "aftermath", "call": f"{order['company']}-3", "number": number}
        later = self._nursery.bear(aftermath)
        said = 1 + sum(bool(it.get("agreed")) for it in (again, later))
        deeds = [
            deed
            for number in (1, 2, 3)
            for deed in await self._ledger.of_call(f"{order['company']}-{number}")
        ]
        errors = tuple(it["error"] for it in (died, again, later) if it.get("error"))
        return Judged(
            case=case,
            killed=bool(died["killed"]),
            double=tuple(_doubled(self._office.effects, said)),
            lost=(*_lost(deeds, self._office.effects), *errors),
        )


def _doubled(effects: list[Any], yeses: int) -> Iterator[str]:
    undone = {str(it.idempotency_key).removesuffix(".undo") for it in effects if _is_undo(it)}
    standing = Counter(
        it.operation for it in effects if not _is_undo(it) and str(it.idempotency_key) not in undone
    )
    for operation, times in standing.items():
        if times > (yeses if operation in ABSOLUTE else 1):
            yield f"{operation} stands {times} times"


def _lost(deeds: list[Deed], effects: list[Any]) -> Iterator[str]:
    """The ledger's end of every deed, held to what the office has done under its key."""
    keys = {str(it.idempotency_key) for it in effects}
    parents = {deed.parent for deed in deeds}
    for deed in deeds:
        if deed.state not in CERTAIN:
            yield f"{deed.action} is {deed.state}"
        whole_or_told = deed.id in parents or not deed.scope or _is_message(deed)
        stands = deed.id in keys and f"{deed.id}.undo" not in keys
        if not whole_or_told and stands != (deed.state == "done"):
            yield f"{deed.action} is {deed.state}, and the office {'has' if stands else 'has not'} done it"


def _is_message(deed: Deed) -> bool:
    return deed.action.startswith(("send_", "text_")) and deed.action != "send_again"


def _is_undo(effect: Any) -> bool:
    return str(effect.idempotency_key).endswith(".undo")


def _last_system(wish: Wish) -> str | None:
    """Of a deed in several systems the last one, that can refuse when others have done their part."""
    return wish.operations[-1] if len(wish.operations) > 1 else None


class Nursery:
    """The process that bears the others."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def bear(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps(order)}\n")
        self._process.stdin.flush()
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        return told


@contextmanager
def open_nursery() -> Iterator[Nursery]:
    command = [sys.executable, "-m", "evals.crash.nursery"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603  # this very program
    try:
        yield Nursery(process)
    finally:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.wait(20)
        process.stdout.close()
