"""How every command begins, and how it ends where it cannot: with a sentence instead of a trace."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from adapters.company_folder import CompanyFolderRefused
from adapters.secrets import KeyUnusable
from app.logs import set_up_logs
from app.settings import Settings, SettingsWrong, read_settings
from app.storage import Storage, open_storage

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


@asynccontextmanager
async def opened(*, code: int = 1) -> AsyncIterator[tuple[Settings, Storage]]:
    """With the settings of a desk: who looks needs no provider's key. `code` as of `fail`."""
    set_up_logs("ERROR")
    try:
        settings = read_settings(role="desk")
        async with open_storage(settings) as storage:
            yield settings, storage
    except (SettingsWrong, KeyUnusable, CompanyFolderRefused) as refused:
        fail(str(refused), code=code)


def fail(message: str, *, code: int = 1) -> NoReturn:
    """`code` is what the command ends with."""
    err.print(escape(message), style="red", soft_wrap=True)
    raise typer.Exit(code)
