"""The command `callwright jobs`: what runs, waits or failed, and a second chance for it."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

from adapters.storage.outbox import SentMessage
from app.command_line_opening import fail, opened, out
from app.storage import Storage
from domain.ports.durable import Job, JobState

if TYPE_CHECKING:
    from jobs.durable import DbosDurable

_STYLES: Mapping[JobState, str] = {
    "waiting": "blue",
    "running": "magenta",
    "done": "green",
    "failed": "red",
    "cancelled": "dim",
}
_OF_MESSAGES: Mapping[str, JobState] = {
    "queued": "waiting",
    "sending": "running",
    "sent": "done",
    "delivered": "done",
    "undelivered": "failed",
    "failed": "failed",
}
jobs = typer.Typer(help="List durable jobs; retry or cancel one.", invoke_without_command=True)

JobId = Annotated[str, typer.Argument(help="As the list shows it, such as approval:3f9a....")]


@jobs.callback()
def list_jobs(
    context: typer.Context,
    state: Annotated[
        list[str] | None, typer.Option(help="waiting, running, done, failed or cancelled; may be repeated.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many of the newest.")] = 50,
) -> None:
    """List durable jobs, the newest first."""
    if context.invoked_subcommand is None:
        asyncio.run(_list_jobs(state or [], limit))


@jobs.command()
def retry(job_id: JobId) -> None:
    """Try again what failed or was cancelled, or at once what pauses."""
    asyncio.run(_on_job(job_id, "retry"))


@jobs.command()
def cancel(job_id: JobId) -> None:
    """Begin nothing more of a job; what is being done at this moment is brought to its end."""
    asyncio.run(_on_job(job_id, "cancel"))


async def _list_jobs(states: Sequence[str], limit: int) -> None:
    wanted = [known for known in _STYLES if known in states]
    if len(wanted) != len(set(states)):
        fail(f"A state is one of {', '.join(_STYLES)}.")
    async with _durable() as (storage, durable):
        messages = map(_as_job, await storage.outbox.list_recent(limit=limit))
        known = [*await durable.list_jobs(states=wanted, limit=limit), *messages]
    found = sorted((it for it in known if not wanted or it.state in wanted), key=_began, reverse=True)[:limit]
    out.print(jobs_table(found) if found else "No such jobs." if states else "No jobs yet.")


async def _on_job(job_id: str, what: str) -> None:
    if job_id.startswith("message:"):
        fail("A message is tried again by itself, until it may have gone out: then nothing sends it again.")
    from jobs.durable import CannotRetry, NoSuchJob  # noqa: PLC0415

    async with _durable() as (_, durable):
        try:
            await (durable.retry(job_id) if what == "retry" else durable.cancel(job_id))
        except NoSuchJob:
            fail(f"There is no job {job_id!r}. `callwright jobs` lists them.")
        except CannotRetry:
            fail("This job has done what it was for. There is nothing to try again.")
    out.print("It is tried again." if what == "retry" else "Nothing more of it is begun.")


def _as_job(sent: SentMessage) -> Job:
    return Job(
        id=f"message:{sent.message.id}",
        kind="message",
        about=sent.message.id,
        state=_OF_MESSAGES[sent.state],
        began_at=sent.queued_at,
        worker="",
        attempts=sent.attempts,
        error=sent.error,
    )


def _began(job: Job) -> datetime:
    return job.began_at


def jobs_table(found: Sequence[Job]) -> Table:
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
    for name in ("Job", "State", "Began", "Attempts", "Worker", "Why"):
        side: JustifyMethod = "right" if name == "Attempts" else "left"
        table.add_column(name, overflow="fold", justify=side, no_wrap=name == "Job")
    for job in found:
        table.add_row(
            Text(job.id),
            Text(job.state, _STYLES[job.state]),
            f"{job.began_at.astimezone():%d %b %H:%M:%S}",
            str(job.attempts),
            Text(job.worker),
            Text(job.error, "red"),
        )
    return table


@asynccontextmanager
async def _durable() -> AsyncIterator[tuple[Storage, "DbosDurable"]]:
    # Half a second that other commands need not wait for.
    from app.jobs import open_durable  # noqa: PLC0415

    async with opened() as (_, storage), AsyncExitStack() as stack:
        yield storage, await open_durable(storage, stack)
