"""What a decision looks at: who the caller is, the records that the action names, what was spent so far."""

import asyncio
from collections.abc import Mapping
from typing import Any

from domain.actions import Action, Binding, Identity
from domain.clock import Clock
from domain.company import Company
from domain.gate_events import IdentityChecked
from domain.ports.ledger import Ledger, Spent
from domain.ports.systems import Answered, MaybeDone, NotDone, Systems
from tools.case import Case
from tools.paths import given
from tools.policy.arguments import canonical
from tools.policy.scope import at
from tools.policy.snapshot import Value

NOT_FOUND = 404
PROVE_IDENTITY = frozenset({"verify_identity", "send_code", "check_code"})
ASK_WHO_CALLS = PROVE_IDENTITY | {"begin_goal"}
"""What a goal needs is known only beside who calls: its actions are offered from the next turn on."""


class Unreadable(Exception):
    """A record that the decision needs could not be read."""


class Records:
    """Reads, and only reads: a permit is for effects."""

    def __init__(self, company: Company, systems: Systems, ledger: Ledger, clock: Clock) -> None:
        self._company = company
        self._systems = systems
        self._ledger = ledger
        self._clock = clock

    async def recognise(self, case: Case, action: Action) -> IdentityChecked | None:
        """The one customer of the calling number, where the action asks for one; two who share it are nobody.

        Without an answer the caller stays unknown, and is looked up again next time.
        """
        recognise = self._company.recognise
        if recognise is None or not case.caller or case.looked_up or not _about_a_customer(action):
            return None
        binding = Binding(kind=recognise.kind, name=recognise.operation)
        try:
            record = await self.read(binding, {recognise.argument: case.caller})
        except Unreadable:
            return None
        case.looked_up = True
        if isinstance(record, list):
            record = record[0] if len(record) == 1 else None
        customer_id = at(record, recognise.id_field)
        if not customer_id:
            return None
        case.standing = case.standing.recognised(str(customer_id), record)
        return IdentityChecked(method="number", passed=True, level=1, customer=str(customer_id))

    async def scope(self, case: Case, action: Action, arguments: Mapping[str, Value]) -> dict[str, Any]:
        """Everything that paths may name before the deed. Raises `Unreadable`."""
        now = self._clock.now()
        scope: dict[str, Any] = {
            **case.facts(),
            "args": canonical(arguments),
            "now": {
                "iso": now.isoformat(),
                "day": now.astimezone(self._company.hours.zone).date().isoformat(),
            },
        }
        records = await asyncio.gather(
            *(self.read(read.binding, given(read.binding, scope)) for read in action.reads)
        )
        return scope | {read.name: record for read, record in zip(action.reads, records, strict=True)}

    async def read(self, binding: Binding, arguments: Mapping[str, object]) -> Any:
        """The record, or None where there is no such one. Raises `Unreadable`."""
        if any(value is None or value == "" for value in arguments.values()):
            return None
        try:
            answered = await self._systems.call(binding, arguments, key="", timeout_s=5.0)
        except (NotDone, MaybeDone) as error:  # `MaybeDone`: the system does not say that it only reads
            raise Unreadable(f"{binding.name} did not answer") from error
        return body_of(binding, answered)

    async def spent(self, case: Case, action: Action, day: str) -> Spent:
        if not action.limits:
            return Spent()
        return await self._ledger.spent(
            self._company.id,
            action.name,
            call_id=case.call_id,
            customer=case.standing.customer_id,
            day=day,
        )


def _about_a_customer(action: Action) -> bool:
    bindings = (action.binding, *(read.binding for read in action.reads))
    return (
        action.writes
        or action.identity > Identity.UNKNOWN
        or action.owner is not None
        or action.binding.name in ASK_WHO_CALLS
        or any(path.startswith("customer") for binding in bindings for path in binding.given.values())
    )


def body_of(binding: Binding, answered: Answered) -> Any:
    """None where there is no such record; raises `Unreadable` for what is no answer."""
    if answered.status == NOT_FOUND:
        return None
    if not 200 <= answered.status < 300:
        raise Unreadable(f"{binding.name} answered {answered.status}")
    return answered.body
