"""`callwright jobs` and `callwright approvals`, run as an operator and a supervisor run them."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from loguru import logger
from typer.testing import CliRunner

from app.command_line import command
from app.jobs import open_durable
from app.storage import open_storage
from domain.ports.ledger import Approval
from domain.ports.messages import Outgoing
from tests.app.api.conftest import settings
from tests.app.test_jobs import refund
from tests.support.postgres import database, postgres
from tests.tools.shop import SHOP

__all__ = ["database", "postgres"]
DEED = "4f" * 16


@pytest.fixture
def run(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CliRunner]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("CALLWRIGHT_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("app.command_line_approvals.load_company", lambda _: SHOP)
    yield CliRunner()
    logger.remove()


async def _ask(home: Path, database: str) -> None:
    async with open_storage(settings(home, database)) as storage, AsyncExitStack() as stack:
        now = datetime.now(UTC)
        scope = {"caller": {"number": "+14155550111"}, "customer": {"name": "Ada Lovelace"}}
        reserved = refund(id=DEED, scope=scope)
        await storage.ledger.reserve(reserved, ())
        await storage.ledger.replace(waiting := reserved.moved("waiting", now), 1)
        await storage.approvals.ask(
            Approval(
                id=f"{DEED}.approval",
                deed=waiting,
                rules=("authority.agent",),
                reason="above 25.00 EUR",
                read_back="I will refund eighty euros for order 4712. Shall I do that?",
                state="waiting",
                asked_at=now - timedelta(minutes=65),
                expires_at=now + timedelta(hours=24),
            )
        )
        await (await open_durable(storage, stack)).start("approval", DEED, company="shop")
        await storage.outbox.send(
            Outgoing(
                id=f"{DEED}.told", company="shop", call_id="call-1", template="goodbye", channel="sms",
                to="+14155550111", subject="", text="It is over.",
            )
        )  # fmt: skip


@pytest.fixture
def one_waits(database: str, tmp_path: Path) -> None:
    asyncio.run(_ask(tmp_path, database))


def test_before_there_is_anything(run: CliRunner) -> None:
    assert "No jobs yet" in run.invoke(command, ["jobs"]).output
    assert "Nothing waits" in run.invoke(command, ["approvals"]).output
    missing = run.invoke(command, ["jobs", "retry", "approval:nothing"])
    assert (missing.exit_code, "no job" in missing.output) == (1, True)
    wrong = run.invoke(command, ["jobs", "--state", "asleep"])
    assert (wrong.exit_code, "waiting, running" in wrong.output) == (1, True)


@pytest.mark.usefixtures("one_waits")
def test_a_job_is_listed_cancelled_and_tried_again(run: CliRunner) -> None:
    job = f"approval:{DEED}"
    assert job in run.invoke(command, ["jobs", "--state", "waiting"]).output
    assert f"message:{DEED}.told" in run.invoke(command, ["jobs", "--state", "waiting"]).output
    assert run.invoke(command, ["jobs", "cancel", f"message:{DEED}.told"]).exit_code == 1
    assert run.invoke(command, ["jobs", "cancel", job]).exit_code == 0
    assert job in run.invoke(command, ["jobs", "--state", "cancelled"]).output
    assert run.invoke(command, ["jobs", "retry", job]).exit_code == 0
    assert "No such jobs" in run.invoke(command, ["jobs", "--state", "cancelled"]).output


@pytest.mark.usefixtures("one_waits")
def test_the_whole_case_is_shown_and_decided_once(run: CliRunner) -> None:
    shown = run.invoke(command, ["approvals"]).output
    for part in (
        f"{DEED}.approval",
        "Ada Lovelace · C-1 · +14155550111",
        "refund, 80.00 EUR",
        "order_id: 4712, amount: 80.00 EUR",
        "I will refund eighty euros for order 4712. Shall I do that?",
        "above 25.00 EUR",
        "authority.agent",
        "1 h 5 min",
    ):
        assert part in shown
    more = run.invoke(command, ["approvals", "approve", "4f", "--by", "Grace", "--amount", "90.00 EUR"])
    assert (more.exit_code, "only be lowered" in more.output) == (1, True)
    wrong = run.invoke(command, ["approvals", "approve", "4f", "--by", "Grace", "--amount", "lots"])
    assert (wrong.exit_code, "25.00 EUR" in wrong.output) == (1, True)
    done = run.invoke(command, ["approvals", "approve", "4f", "--by", "Grace", "--amount", "50.00 EUR"])
    assert "Approved, 50.00 EUR, by Grace." in done.output
    late = run.invoke(command, ["approvals", "deny", f"{DEED}.approval", "--by", "Alan"])
    assert (late.exit_code, "approved before by Grace" in late.output) == (1, True)
    assert "Nothing waits" in run.invoke(command, ["approvals"]).output


@pytest.mark.usefixtures("one_waits")
def test_a_denial_may_have_words(run: CliRunner) -> None:
    said = run.invoke(command, ["approvals", "deny", "4f4f", "--by", "Grace", "--words", "Send the receipt."])
    assert "Denied, by Grace." in said.output
    nobody = run.invoke(command, ["approvals", "approve", "beef", "--by", "Grace"])
    assert (nobody.exit_code, "no such approval" in nobody.output) == (1, True)
