"""The command `callwright approvals`: what waits for a supervisor, with its whole case, and the decision."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from adapters.company_folder import load_company
from app.command_line_opening import fail, opened, out
from app.supervision import CannotDecide, Supervision
from domain.clock import SystemClock
from domain.money import Money, NotMoney
from domain.ports.ledger import Approval

approvals = typer.Typer(help="List what waits for a supervisor; decide it.", invoke_without_command=True)

ApprovalId = Annotated[str, typer.Argument(help="As the list shows it, or how it begins.")]
By = Annotated[str, typer.Option(help="Who decides.")]


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
        fail(f"{wrong}.")
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
            fail(f"{len(found)} approvals begin with {beginning!r}. `callwright approvals` lists them.")
        try:
            yield supervision, found[0] if len(found) == 1 else beginning
        except CannotDecide as refused:
            fail(f"{refused} `callwright approvals` lists what waits.")


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
async def _supervision() -> AsyncIterator[Supervision]:
    async with opened() as (settings, storage):
        yield Supervision(storage.approvals, [load_company(folder) for folder in settings.companies])
