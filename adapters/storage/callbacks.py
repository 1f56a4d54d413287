"""Messages that callers leave, as a list that people work through."""

import hashlib

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.storage.tables import callbacks
from domain.clock import Clock
from domain.ports.callbacks import CallbackRequest


class PostgresCallbacks:
    """Implements `domain.ports.callbacks.Callbacks`."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def take(self, request: CallbackRequest) -> str:
        """The same call and subject again correct the number and the name; the message stays one."""
        message_id = _message_id(request)
        row = {
            "id": message_id,
            "call_id": request.call_id,
            "company": request.company,
            "number": request.number,
            "name": request.name,
            "about": request.about,
            "taken_at": self._clock.now(),
        }
        statement = insert(callbacks).values(row)
        newest = {"number": statement.excluded.number, "name": statement.excluded.name}
        async with self._engine.begin() as connection:
            await connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=newest))
        return message_id


def _message_id(request: CallbackRequest) -> str:
    """The same for the same call and subject, however it was spaced or capitalised."""
    about = " ".join(request.about.casefold().split())
    return "msg_" + hashlib.sha256(f"{request.call_id}\0{about}".encode()).hexdigest()[:24]
