"""`callwright audit`, run as an auditor runs it."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from loguru import logger
from typer.testing import CliRunner

from adapters.company_folder import CompanyFolderRefused
from app.command_line import command
from app.storage import open_storage
from tests.app.api.conftest import settings
from tests.app.api.sample_calls import CALL_ID, STORY, SetClock, keep, row
from tests.app.test_jobs import refund
from tests.support.postgres import database, postgres
from tests.tools.shop import SHOP

__all__ = ["database", "postgres"]
BEGINS_LIKE_A_CALL = CALL_ID[:4]
"""The id of a customer who never rang."""


async def _keep(home: Path, database: str) -> None:
    clock = SetClock()
    async with open_storage(settings(home, database), clock) as storage:
        await keep(storage, clock, row(), STORY, sound=False)
        await storage.ledger.reserve(replace(refund(), call_id=CALL_ID), ())


@pytest.fixture
def run(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CliRunner]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("CALLWRIGHT_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("app.command_line_audit.load_company", lambda _: SHOP)
    asyncio.run(_keep(tmp_path, database))
    yield CliRunner()
    logger.remove()


def test_a_call_and_a_customer_without_any_provider_s_key(run: CliRunner) -> None:
    of_call = run.invoke(command, ["audit", CALL_ID[:6].upper()])
    [told] = json.loads(of_call.output)
    assert (of_call.exit_code, told["call"], told["chain_holds"]) == (0, CALL_ID, True)
    assert [deed["deed"] for deed in told["ledger"]] == ["d-1"]
    assert run.invoke(command, ["audit", "--customer", "C-1"]).output == of_call.output


def test_a_customer_is_never_taken_for_the_beginning_of_a_call(run: CliRunner) -> None:
    found = run.invoke(command, ["audit", "--customer", BEGINS_LIKE_A_CALL])
    assert (found.exit_code, found.stdout) == (2, "")
    assert f"No deed of a customer '{BEGINS_LIKE_A_CALL}' is kept." in found.stderr


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "Name a call, or a customer by --customer."),
        (["4f", "--customer", "C-1"], "Name a call, or a customer by --customer."),
        (["zz"], "There is no call whose id begins with 'zz'."),
    ],
)
def test_what_names_nothing_is_refused(run: CliRunner, given: list[str], words: str) -> None:
    found = run.invoke(command, ["audit", *given])
    assert (found.exit_code, found.stdout) == (2, "")
    assert words in found.stderr


def test_a_wrong_folder_and_a_wrong_key_are_told_and_not_traced(
    run: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> None:
        raise CompanyFolderRefused("companies/shop", ())

    monkeypatch.setattr("app.command_line_audit.load_company", refuse)
    of_customer = run.invoke(command, ["audit", "--customer", "C-1"])
    monkeypatch.setenv("CALLWRIGHT_MASTER_KEY", "A" * 43 + "=")
    of_call = run.invoke(command, ["audit", CALL_ID])
    for found in (of_customer, of_call):
        assert (found.exit_code, found.stdout) == (2, "")
        assert isinstance(found.exception, SystemExit)
    assert "master key" in of_call.stderr.lower()
