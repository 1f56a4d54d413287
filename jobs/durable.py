"""Durable jobs by DBOS, from the side of whoever starts and watches them; `worker.py` runs them.

The tables of DBOS are a schema of their own beside ours and hold ids and single words, nothing of anybody.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions, WorkflowStatus
from dbos import error as dbos_error
from loguru import logger

from domain.ports.durable import Job, JobState

APPLICATION = "callwright"
SCHEMA = "callwright_jobs"
QUEUE = "jobs"
CONTRACT = "1"
"""Grows when a job's steps change so that one that has begun could not go on; workers of the old number stay
until theirs are done."""
WAKE = "now"
"""The topic that ends a pause."""
MOST_COUNTED = 1000
ENOUGH_S = 5.0
"""How long a start may take; a database that is away must not hold up a call."""

_STATES: Mapping[str, JobState] = MappingProxyType(
    {
        "DELAYED": "waiting",
        "ENQUEUED": "waiting",
        "PENDING": "running",
        "SUCCESS": "done",
        "ERROR": "failed",
        "MAX_RECOVERY_ATTEMPTS_EXCEEDED": "failed",
        "CANCELLED": "cancelled",
    }
)
FINISHED = tuple(status for status, state in _STATES.items() if state not in {"waiting", "running"})


class NoSuchJob(Exception):
    """There is no job of this id."""


class CannotRetry(Exception):
    """The job has done what it was for."""


def make_tables(url: str) -> None:
    """Bring the tables of DBOS up to date; blocks."""
    DBOS.migrate(url, schema=SCHEMA)


class DbosDurable:
    """Implements `domain.ports.durable.Durable`, over DBOS' public client."""

    def __init__(self, url: str) -> None:
        """`url` of PostgreSQL, where `make_tables` was."""
        self._client = DBOSClient(
            system_database_url=url,
            dbos_system_schema=SCHEMA,
            application_name=APPLICATION,
            serializer=DBOSPortableJSONSerializer(),
            lazy=True,
            retry_connection_errors=False,
        )

    async def start(self, kind: str, about: str, **given: Any) -> str:
        """What cannot be stored in time is started by the janitor from the ledger: nobody is held up."""
        job_id = f"{kind}:{about}"
        options: EnqueueOptions = {
            "workflow_name": kind,
            "queue_name": QUEUE,
            "workflow_id": job_id,
            "app_version": CONTRACT,
            "attributes": dict(given),
        }
        try:
            async with asyncio.timeout(ENOUGH_S):
                await self._client.enqueue_async(options, about)
        except Exception as error:
            logger.bind(job=job_id, error=type(error).__name__).error(
                "A job could not be stored; the janitor starts it from the ledger."
            )
        return job_id

    async def ensure(self, kind: str, about: str, *, since: datetime, **given: Any) -> str:
        """Start it, also where one of this id ended before `since`: that was about something earlier.

        One that failed begins anew in any case: its steps are safe to repeat, and the cause may be over.
        """
        job_id = await self.start(kind, about, **given)
        found = await self._statuses(workflow_ids=[job_id], status=list(FINISHED))
        if any(it.status == "ERROR" or _instant(it.completed_at or 0) < since for it in found):
            await self._client.rewind_workflow_async(job_id, application_version=CONTRACT, queue_name=QUEUE)
        return job_id

    async def signal(self, job_id: str, topic: str, message: Mapping[str, Any]) -> None:
        try:
            await self._client.send_async(job_id, dict(message), topic)
        except dbos_error.DBOSException as error:
            raise NoSuchJob(job_id) from error

    async def cancel(self, job_id: str) -> None:
        """What is being done at this moment is brought to its end; nothing is begun after it."""
        await self._found(job_id)
        await self._client.cancel_workflow_async(job_id)

    async def retry(self, job_id: str) -> None:
        """A failed one from its first step, a cancelled one where it was, one that pauses at once."""
        match (await self._found(job_id)).status:
            case "SUCCESS":
                raise CannotRetry(job_id)
            case "ERROR":
                await self._client.rewind_workflow_async(
                    job_id, application_version=CONTRACT, queue_name=QUEUE
                )
            case "CANCELLED" | "MAX_RECOVERY_ATTEMPTS_EXCEEDED":
                await self._client.resume_workflow_async(job_id, queue_name=QUEUE)
            case _:
                await self.signal(job_id, WAKE, {})

    async def list_jobs(self, *, states: Sequence[JobState] = (), limit: int = 200) -> Sequence[Job]:
        """Newest first. An approval is `waiting` for as long as a person has it."""
        wanted = set(states or _STATES.values())
        asked = wanted | ({"running"} if "waiting" in wanted else set())
        found = await self._statuses(
            status=[status for status, state in _STATES.items() if state in asked],
            limit=limit,
            sort_desc=True,
            load_output=True,
        )
        return [job for job in map(_job, found) if job.state in wanted]

    # -- for the janitor -----------------------------------------------------------------------

    async def held_by_others(self, alive: Iterable[str]) -> Sequence[str]:
        """Jobs that are running with a worker that does not live."""
        living = frozenset(alive)
        return [
            it.workflow_id for it in await self._statuses(status="PENDING") if it.executor_id not in living
        ]

    async def resume(self, job_ids: Sequence[str]) -> None:
        """Give them to whichever worker is free; each goes on behind its last finished step."""
        await self._client.resume_workflows_async(list(job_ids), queue_name=QUEUE)

    async def failed(self) -> int:
        """How many stand failed, as far as `MOST_COUNTED`."""
        states = [status for status, state in _STATES.items() if state == "failed"]
        return len(await self._statuses(status=states, limit=MOST_COUNTED))

    async def forget(self, *, before: datetime, limit: int = 1000) -> int:
        """Delete jobs that ended before this time, at most so many, and say how many."""
        found = await self._statuses(
            status=list(FINISHED), completed_before=before.astimezone(UTC).isoformat(), limit=limit
        )
        await self._client.delete_workflows_async([it.workflow_id for it in found])
        return len(found)

    async def close(self) -> None:
        await asyncio.to_thread(self._client.destroy)

    async def _found(self, job_id: str) -> WorkflowStatus:
        if not (found := await self._statuses(workflow_ids=[job_id])):
            raise NoSuchJob(job_id)
        return found[0]

    async def _statuses(self, *, load_output: bool = False, **sought: Any) -> Sequence[WorkflowStatus]:
        return await self._client.list_workflows_async(load_input=False, load_output=load_output, **sought)


def _job(status: WorkflowStatus) -> Job:
    kind, _, about = status.workflow_id.partition(":")
    state = _STATES[status.status]
    error = status.error
    return Job(
        id=status.workflow_id,
        kind=kind,
        about=about,
        state="waiting" if kind == "approval" and state == "running" else state,
        began_at=_instant(status.created_at or 0),
        worker=status.executor_id or "",
        attempts=status.recovery_attempts or 0,
        error="" if error is None else str(error) or type(error).__name__,
    )


def _instant(epoch_ms: int) -> datetime:
    return datetime.fromtimestamp(epoch_ms / 1000, UTC)
