"""What else lies behind a gate, in memory: nothing leaves, nobody is rung, and all of it can be seen."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from domain.events import Event
from domain.ports.callbacks import CallbackRequest
from domain.ports.durable import Job, JobState
from domain.ports.identity import CodeCheck
from domain.ports.knowledge import Passage
from domain.ports.messages import Outgoing


class MemoryJournal:
    """Implements `domain.ports.journal.Journal`."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def write(self, call_id: str, event: Event) -> None:
        del call_id
        self.events.append(event)

    async def settle(self, call_id: str) -> None:
        del call_id

    def told(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


class MemoryMessages:
    """Implements `domain.ports.messages.Messages`: by id, what would have gone out."""

    def __init__(self) -> None:
        self.sent: dict[str, Outgoing] = {}

    async def send(self, message: Outgoing) -> Literal["queued", "already"]:
        known = message.id in self.sent
        self.sent.setdefault(message.id, message)
        return "already" if known else "queued"

    async def status(self, message_id: str) -> str | None:
        return "queued" if message_id in self.sent else None


class MemoryIdentity:
    """Implements `domain.ports.identity.IdentityRecords`: counts wrong attempts, and knows of no codes."""

    def __init__(self) -> None:
        self._wrong: dict[tuple[str, str, str], int] = {}

    async def attempts(self, company: str, customer: str, day: str) -> int:
        return self._wrong.get((company, customer, day), 0)

    async def take_attempt(self, company: str, customer: str, day: str, *, most: int) -> bool:
        if await self.attempts(company, customer, day) >= most:
            return False
        await self.note_wrong(company, customer, day)
        return True

    async def give_back(self, company: str, customer: str, day: str) -> None:
        self._wrong[company, customer, day] = max(0, await self.attempts(company, customer, day) - 1)

    async def note_wrong(self, company: str, customer: str, day: str) -> int:
        key = (company, customer, day)
        self._wrong[key] = self._wrong.get(key, 0) + 1
        return self._wrong[key]

    async def make_code(
        self, company: str, customer: str, call_id: str, *, day: str, valid_s: float
    ) -> str | None:
        raise NotImplementedError("nobody could read a code that is sent to nowhere")

    async def check_code(self, company: str, customer: str, call_id: str, code: str) -> CodeCheck:
        del company, customer, call_id, code
        return "expired"


class MemoryKnowledge:
    """Implements `domain.ports.knowledge.Knowledge`: there are no documents."""

    async def search(self, company: str, question: str, *, on: date, limit: int = 3) -> Sequence[Passage]:
        del company, question, on, limit
        return ()


class MemoryCallbacks:
    """Implements `domain.ports.callbacks.Callbacks`."""

    def __init__(self) -> None:
        self.taken: list[CallbackRequest] = []

    async def take(self, request: CallbackRequest) -> str:
        self.taken.append(request)
        return f"message-{len(self.taken)}"


class MemoryDurable:
    """Implements `domain.ports.durable.Durable`: the work that a worker would do, never done."""

    def __init__(self) -> None:
        self.started: list[tuple[str, str]] = []
        """(kind, about)."""

    async def start(self, kind: str, about: str, **given: Any) -> str:
        del given
        self.started.append((kind, about))
        return f"{kind}:{about}"

    async def signal(self, job_id: str, topic: str, message: Mapping[str, Any]) -> None: ...

    async def cancel(self, job_id: str) -> None: ...

    async def retry(self, job_id: str) -> None: ...

    async def list_jobs(self, *, states: Sequence[JobState] = (), limit: int = 200) -> Sequence[Job]:
        del states, limit
        return ()
