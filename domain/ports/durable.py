"""Work that must happen even if this process dies: started once by its id, and resumed by a peer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

JobState = Literal["waiting", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True, kw_only=True)
class Job:
    """One piece of durable work, as people see it."""

    id: str
    kind: str
    """`approval`, `reconciliation`, `compensation`, `message`."""
    about: str
    """The deed's, message's or call's id; never a person's data."""
    state: JobState
    began_at: datetime
    worker: str
    attempts: int = 0
    error: str = ""
    """The class of the last error."""


class Durable(Protocol):
    """Starting the same id again is harmless.

    A start returns when the work is stored. It returns too where that takes too long: the ledger's deeds are
    swept, and one without a job is given one.
    """

    async def start(self, kind: str, about: str, **given: Any) -> str:
        """The job's id, made of kind and about."""
        ...

    async def signal(self, job_id: str, topic: str, message: Mapping[str, Any]) -> None: ...

    async def cancel(self, job_id: str) -> None: ...

    async def retry(self, job_id: str) -> None: ...

    async def list_jobs(self, *, states: Sequence[JobState] = (), limit: int = 200) -> Sequence[Job]: ...
