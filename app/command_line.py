"""The command `callwright`: serve, look at calls, prove the journal, check a company's folder.

It runs on the operator's own terminal and is asked by name, so it shows what was said in full.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.markup import escape

from adapters.company_folder import CompanyFolderRefused, load_company
from adapters.secrets import KeyUnusable
from app.api.reading import Dossier, Reading
from app.api.version import product_version
from app.command_line_approvals import approvals
from app.command_line_audit import audit
from app.command_line_import import import_openapi
from app.command_line_jobs import jobs
from app.command_line_opening import fail, opened, out
from app.command_line_views import (
    calls_table,
    messages_table,
    problems_text,
    told_story,
    verdict_line,
)
from app.settings import SettingsWrong, read_settings
from app.storage import Storage
from domain.journal import Verdict

Role = Literal["all", "media", "desk", "worker"]

command = typer.Typer(
    name="callwright",
    help="A voice agent for contact centres: it answers, acts within limits and hands over warm.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
command.command("import-openapi")(import_openapi)
command.command()(audit)
command.add_typer(jobs, name="jobs")
command.add_typer(approvals, name="approvals")


def main() -> None:
    command()


@command.command()
def serve(
    role: Annotated[Role | None, typer.Option(help="What this process does; all on one machine.")] = None,
) -> None:
    """Answer calls, show the desk, do the work, until told to stop."""
    # A command that only reads must not load the pipelines, which take seconds and memory.
    from app import bootstrap  # noqa: PLC0415
    from app.answering import SpeechIncomplete  # noqa: PLC0415

    try:
        bootstrap.serve(read_settings(**({} if role is None else {"role": role})))
    except (SettingsWrong, CompanyFolderRefused, KeyUnusable, SpeechIncomplete) as refused:
        fail(str(refused))


@command.command()
def calls(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many of the newest.")] = 20,
) -> None:
    """List calls, live ones first."""
    asyncio.run(_calls(limit))


@command.command()
def call(call_id: Annotated[str, typer.Argument(help="A call's id, or how it begins.")]) -> None:
    """Tell one call: what was said and heard, what was done, where the waits went."""
    asyncio.run(_call(call_id))


@command.command()
def verify(
    call_id: Annotated[str | None, typer.Argument(help="Only this call; all calls without it.")] = None,
) -> None:
    """Check that no journal was changed, cut or removed; ends with 1 where one was."""
    if not asyncio.run(_verify(call_id)):
        raise typer.Exit(1)


@command.command()
def messages() -> None:
    """List the messages that wait for a call back, the oldest first."""
    asyncio.run(_messages())


@command.command()
def erase(
    number: Annotated[str, typer.Argument(help="Whose calls, in E.164, such as +14155550111.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False,
) -> None:
    """Erase a caller: what they said and their recordings can never be read again; the chains still hold."""
    if not yes:
        typer.confirm("This cannot be undone. Erase this caller?", abort=True)
    asyncio.run(_erase(number))


@command.command()
def check(folder: Annotated[Path, typer.Argument(help="Such as companies/sample")]) -> None:
    """Read a company's folder as a start would, and say what is wrong with it."""
    try:
        company = load_company(folder)
    except CompanyFolderRefused as refused:
        out.print(problems_text(folder, refused.problems))
        raise typer.Exit(1) from None
    lines = ", ".join(line.number for line in company.lines)
    out.print(
        f"[green]{escape(str(folder))} is ready[/]: {escape(company.name)}, {lines},"
        f" {len(company.goals)} goals, {len(company.actions)} actions, {len(company.documents)} documents",
        soft_wrap=True,
    )


@command.command()
def version() -> None:
    """Say which version this is."""
    out.print(product_version())


async def _calls(limit: int) -> None:
    async with _opened() as (storage, reading):
        going_on = await reading.going_on()
        live = {one.id for one in going_on}
        newest = (await storage.views.calls(limit=limit)).calls
        shown = [*going_on, *(one for one in newest if one.id not in live)][: max(limit, len(live))]
        if not shown:
            out.print("No calls yet. `make rehearse` plays some.")
            return
        out.print(calls_table(await reading.with_figures(shown)))


async def _call(call_id: str) -> None:
    async with _opened() as (storage, reading):
        found = await storage.views.ids_beginning(call_id.lower())
        if len(found) != 1:
            many = f"{len(found)} calls begin with" if found else "There is no call whose id begins with"
            fail(f"{many} {call_id!r}. `callwright calls` lists them.")
        dossier: Dossier | None = await reading.dossier(found[0])
        assert dossier is not None
        out.print(told_story(dossier, await reading.proof(found[0])))


async def _messages() -> None:
    async with _opened() as (storage, _):
        waiting = await storage.views.open_messages()
        if not waiting:
            out.print("Nobody waits for a call back.")
            return
        out.print(messages_table(waiting))


async def _erase(number: str) -> None:
    async with _opened() as (storage, _):
        subject = await storage.erasure.subject_of_number(number)
        if subject is None:
            fail("No call from this number is kept. Numbers are written like +14155550111.")
        erased = await storage.erasure.erase_subject(subject)
        await storage.recordings.delete(erased.call_ids)
        out.print(
            f"Erased: {len(erased.call_ids)} calls, with their recordings. `callwright verify` still holds."
        )


async def _verify(call_id: str | None) -> bool:
    """Whether everything holds; what does not is printed as it is found."""
    checked = broken = events = 0
    async with _opened() as (storage, _), aclosing(_verdicts(storage, call_id)) as verdicts:
        async for verdict in verdicts:
            checked, events = checked + 1, events + verdict.events
            if verdict.flaws:
                broken += 1
                out.print(verdict_line(verdict), soft_wrap=True)
    if broken:
        out.print(f"[red]{broken} of {checked} calls do not hold.[/]")
        return False
    what = "The chain holds" if call_id else f"All {checked} chains hold"
    out.print(f"[green]{what}[/]: {events} events, each as it was written.")
    return True


async def _verdicts(storage: Storage, call_id: str | None) -> AsyncGenerator[Verdict]:
    """Of one call, or of all that the journal and the heads know."""
    if call_id is None:
        async for verdict in storage.verification.verify_all():
            yield verdict
        return
    found = await storage.views.ids_beginning(call_id.lower())
    yield await storage.verification.verify(found[0] if len(found) == 1 else call_id)


@asynccontextmanager
async def _opened() -> AsyncIterator[tuple[Storage, Reading]]:
    async with opened() as (_, storage):
        yield storage, Reading(storage)
