"""The in-memory twin of the call store."""

from collections.abc import Sequence
from datetime import datetime

from domain.call import Call
from domain.ports.calls import CallExists


class MemoryCallStore:
    def __init__(self) -> None:
        self.calls: dict[str, Call] = {}

    async def create(self, call: Call) -> None:
        if call.id in self.calls or await self.by_carrier_call_id(call.carrier_call_id):
            raise CallExists
        self.calls[call.id] = call

    async def load(self, call_id: str) -> Call | None:
        return self.calls.get(call_id)

    async def by_carrier_call_id(self, carrier_call_id: str) -> Call | None:
        return next((call for call in self.calls.values() if call.carrier_call_id == carrier_call_id), None)

    async def replace(self, call: Call, expected_version: int) -> bool:
        stored = self.calls.get(call.id)
        if stored is None or stored.version != expected_version:
            return False
        self.calls[call.id] = call
        return True

    async def unfinished(self, before: datetime) -> Sequence[Call]:
        waiting = [call for call in self.calls.values() if not call.is_over and call.deadline <= before]
        return sorted(waiting, key=lambda call: call.deadline)
