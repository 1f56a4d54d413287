"""The commands, run as an operator runs them."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest
from loguru import logger
from typer.testing import CliRunner

from adapters.storage.database import plain_address
from app.command_line import command
from app.storage import Storage, open_storage
from domain.ports.callbacks import CallbackRequest
from tests.app.api.conftest import settings
from tests.app.api.sample_calls import CALL_ID, STORY, SetClock, keep, row
from tests.support.postgres import database, postgres

__all__ = ["database", "postgres"]

SAMPLE = Path(__file__).parents[2] / "companies" / "sample"


@pytest.fixture
def run(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CliRunner]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("CALLWRIGHT_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    yield CliRunner()
    logger.remove()


@asynccontextmanager
async def _storage(database: str, home: Path) -> AsyncIterator[tuple[Storage, SetClock]]:
    clock = SetClock()
    async with open_storage(settings(home, database), clock) as storage:
        yield storage, clock


@pytest.fixture
async def one_call(database: str, tmp_path: Path) -> None:
    async with _storage(database, tmp_path) as (storage, clock):
        await keep(storage, clock, row(), STORY, sound=False)


def test_before_the_first_call(run: CliRunner) -> None:
    assert "No calls yet" in run.invoke(command, ["calls"]).output
    assert run.invoke(command, ["verify"]).exit_code == 0


@pytest.mark.usefixtures("one_call")
def test_the_list_the_story_and_the_proof(run: CliRunner) -> None:
    listed = run.invoke(command, ["calls", "--limit", "5"]).output
    assert CALL_ID[:8] in listed
    assert "order status (resolved), policy question" in listed
    told = run.invoke(command, ["call", CALL_ID[:4]]).output
    for said in (
        "on Monday and will be with you by Thursday evening. (cut off)",
        "answered in 702 ms · us 9, end of turn 250",
        "denied  refund: amount 120.00  rule refund-limit-3",
        "chain verified · 37 events",
    ):
        assert said in told
    proved = run.invoke(command, ["verify", CALL_ID])
    assert (proved.exit_code, "37 events" in proved.output) == (0, True)


@pytest.mark.usefixtures("one_call")
def test_a_broken_chain_ends_with_1_and_says_where(run: CliRunner, database: str) -> None:
    with psycopg.connect(plain_address(database), autocommit=True) as connection:
        connection.execute("DELETE FROM journal WHERE seq = 20")
    for arguments in (["verify"], ["verify", CALL_ID[:6]]):
        found = run.invoke(command, arguments)
        assert found.exit_code == 1
        assert f"call {CALL_ID}, event 20: removed from the middle" in found.output
    assert "event 20: removed" in run.invoke(command, ["call", CALL_ID]).output


@pytest.mark.parametrize("call_id", ["ffff", "%", ""])
def test_a_call_that_is_not_there(run: CliRunner, call_id: str) -> None:
    assert run.invoke(command, ["call", call_id]).exit_code == 1


def test_the_sample_company_is_ready(run: CliRunner) -> None:
    found = run.invoke(command, ["check", str(SAMPLE)])
    assert (found.exit_code, "is ready" in found.output) == (0, True)


def test_a_wrong_folder_is_told_with_file_and_line(run: CliRunner, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    found = run.invoke(command, ["check", str(folder)])
    assert found.exit_code == 1
    assert f"{folder}/company.yaml:1: " in found.output.replace("\n", "")


def test_a_wrong_setting_is_told_and_not_traced(run: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLWRIGHT_PORT", "many")
    for arguments in (["calls"], ["serve"]):
        found = run.invoke(command, arguments)
        assert found.exit_code == 1
        assert "CALLWRIGHT_PORT" in found.output


def test_the_version(run: CliRunner) -> None:
    assert run.invoke(command, ["version"]).output.strip()[0].isdigit()


@pytest.mark.usefixtures("one_call")
async def test_messages_wait_until_they_are_called_back(database: str, tmp_path: Path) -> None:
    request = CallbackRequest(
        call_id=CALL_ID, company="sample", number="+14155550111", name="", about="a broken lamp"
    )
    async with _storage(database, tmp_path) as (storage, _):
        await storage.callbacks.take(request)
        [waiting] = await storage.views.open_messages()
    assert (waiting.number, waiting.about) == ("+14155550111", "a broken lamp")


def test_nobody_waits_before_the_first_message(run: CliRunner) -> None:
    assert "Nobody waits" in run.invoke(command, ["messages"]).output


@pytest.mark.usefixtures("one_call")
def test_an_erased_caller_cannot_be_read_and_the_chain_still_holds(run: CliRunner) -> None:
    number = row().caller
    assert run.invoke(command, ["erase", "+19995550100", "--yes"]).exit_code == 1
    assert "1 calls" in run.invoke(command, ["erase", number, "--yes"]).output
    assert "on Monday and will be with you" not in run.invoke(command, ["call", CALL_ID[:4]]).output
    assert run.invoke(command, ["verify"]).exit_code == 0
