"""The commands `callwright jobs` and `callwright approvals`: what runs or failed, what is to be decided."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console, Group, JustifyMethod, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from adapters.company_folder import CompanyFolderRefused, load_company
from adapters.secrets import KeyUnusable
from adapters.storage.outbox import SentMessage
from app.logs import set_up_logs
from app.settings import Settings, SettingsWrong, read_settings
from app.storage import Storage, open_storage
from app.supervision import CannotDecide, Supervision
from domain.clock import SystemClock
from domain.money import Money, NotMoney
from domain.ports.durable import Job, JobState
from domain.ports.ledger import Approval

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
approvals = typer.Typer(help="List what waits for a supervisor; decide it.", invoke_without_command=True)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

JobId = Annotated[str, typer.Argument(help="As the list shows it, such as approval:3f9a....")]
ApprovalId = Annotated[str, typer.Argument(help="As the list shows it, or how it begins.")]
By = Annotated[str, typer.Option(help="Who decides.")]


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


@approvals.callback()
def list_approvals(context: typer.Context) -> None:
    """List what waits for a supervisor, the longest wait first, each with its whole case."""
    if context.invoked_subcommand is None:
        asyncio.run(_list_approvals())


@approvals.command()
def approve(
    approval_id: ApprovalId,
    by: By,
    amount: Annotated[
        str | None, typer.Option(help="Less than was asked, such as '50.00 EUR': the caller is asked anew.")
    ] = None,
) -> None:
    """Allow it, all of it or less."""
    asyncio.run(_approve(approval_id, by, amount))


@approvals.command()
def deny(
    approval_id: ApprovalId,
    by: By,
    words: Annotated[str, typer.Option(help="What the caller is told, instead of the company's words.")] = "",
) -> None:
    """Refuse it."""
    asyncio.run(_deny(approval_id, by, words))


async def _list_jobs(states: Sequence[str], limit: int) -> None:
    wanted = [known for known in _STYLES if known in states]
    if len(wanted) != len(set(states)):
        _fail(f"A state is one of {', '.join(_STYLES)}.")
    async with _durable() as (storage, durable):
        messages = map(_as_job, await storage.outbox.list_recent(limit=limit))
        known = [*await durable.list_jobs(states=wanted, limit=limit), *messages]
    found = sorted((it for it in known if not wanted or it.state in wanted), key=_began, reverse=True)[:limit]
    out.print(jobs_table(found) if found else "No such jobs." if states else "No jobs yet.")


async def _on_job(job_id: str, what: str) -> None:
    if job_id.startswith("message:"):
        _fail("A message is tried again by itself, until it may have gone out: then nothing sends it again.")
    from jobs.durable import CannotRetry, NoSuchJob  # noqa: PLC0415

    async with _durable() as (_, durable):
        try:
            await (durable.retry(job_id) if what == "retry" else durable.cancel(job_id))
        except NoSuchJob:
            _fail(f"There is no job {job_id!r}. `callwright jobs` lists them.")
        except CannotRetry:
            _fail("This job has done what it was for. There is nothing to try again.")
    out.print("It is tried again." if what == "retry" else "Nothing more of it is begun.")


async def _list_approvals() -> None:
    async with _supervision() as supervision:
        found = await supervision.waiting()
    if not found:
        out.print("Nothing waits for a supervisor.")
        return
    now = SystemClock().now()
    out.print(Group(*(approval_told(it, now) for it in found)))


async def _approve(beginning: str, by: str, written: str | None) -> None:
    try:
        amount = None if written is None else Money.parse(written)
    except NotMoney as wrong:
        _fail(f"{wrong}.")
    async with _deciding(beginning) as (supervision, approval_id):
        decided = await supervision.approve(approval_id, by=by, amount=amount)
    out.print(f"[green]Approved[/]{f', {decided.amount}' if decided.amount else ''}, by {escape(by)}.")


async def _deny(beginning: str, by: str, words: str) -> None:
    async with _deciding(beginning) as (supervision, approval_id):
        await supervision.deny(approval_id, by=by, words=words)
    out.print(f"[yellow]Denied[/], by {escape(by)}.")


@asynccontextmanager
async def _deciding(beginning: str) -> AsyncIterator[tuple[Supervision, str]]:
    """Of those that wait, the one that begins so; an id in full names any."""
    async with _supervision() as supervision:
        found = [it.id for it in await supervision.waiting() if it.id.startswith(beginning)]
        if len(found) > 1 and beginning not in found:
            _fail(f"{len(found)} approvals begin with {beginning!r}. `callwright approvals` lists them.")
        try:
            yield supervision, found[0] if len(found) == 1 else beginning
        except CannotDecide as refused:
            _fail(f"{refused} `callwright approvals` lists what waits.")


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


def approval_told(approval: Approval, now: datetime) -> RenderableType:
    """Everything that a supervisor decides on."""
    deed = approval.deed
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    customer = deed.scope.get("customer") or {}
    rows = {
        "Who": " · ".join(filter(None, map(str, (customer.get("name"), deed.customer, _number(deed.scope))))),
        "What": deed.action.replace("_", " ") + (f", {deed.amount}" if deed.amount else ""),
        "Arguments": ", ".join(f"{name}: {_shown(value)}" for name, value in deed.arguments.items()),
        "Agreed to": approval.read_back,
        "Why asked": approval.reason or "-",
        "Rules": ", ".join(approval.rules),
        "Call": deed.call_id,
        "Waiting": f"{_ago(now, approval.asked_at)}, until {approval.expires_at.astimezone():%d %b %H:%M}",
    }
    for name, value in rows.items():
        table.add_row(name, Text(value))
    return Group(Text(approval.id, "bold"), Padding(table, (0, 0, 1, 2)))


def _number(scope: Mapping[str, Any]) -> str:
    return str((scope.get("caller") or {}).get("number") or "")


def _shown(value: object) -> str:
    match value:
        case {"minor": int(minor), "currency": str(currency)}:
            return str(Money(minor=minor, currency=currency))
        case _:
            return str(value)


def _ago(now: datetime, then: datetime) -> str:
    minutes = max(0, int((now - then).total_seconds() // 60))
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


@asynccontextmanager
async def _durable() -> AsyncIterator[tuple[Storage, "DbosDurable"]]:
    # Half a second that other commands need not wait for.
    from app.jobs import open_durable  # noqa: PLC0415

    async with _opened() as (_, storage), AsyncExitStack() as stack:
        yield storage, await open_durable(storage, stack)


@asynccontextmanager
async def _supervision() -> AsyncIterator[Supervision]:
    async with _opened() as (settings, storage):
        yield Supervision(storage.approvals, [load_company(folder) for folder in settings.companies])


@asynccontextmanager
async def _opened() -> AsyncIterator[tuple[Settings, Storage]]:
    set_up_logs("ERROR")
    try:
        settings = read_settings(role="desk")
        async with open_storage(settings) as storage:
            yield settings, storage
    except (SettingsWrong, KeyUnusable, CompanyFolderRefused) as refused:
        _fail(str(refused))


def _fail(message: str) -> NoReturn:
    err.print(escape(message), style="red", soft_wrap=True)
    raise typer.Exit(1)
