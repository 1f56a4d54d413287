"""The supervisors' doors: the list with its cases, and decisions that count once."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from loguru import logger

from app.api.assembly import open_api
from app.storage import open_storage
from app.supervision import Supervision
from domain.ports.ledger import Approval
from tests.app.api.conftest import KEY, settings
from tests.app.api.sample_calls import ANSWERED, CALL_ID, SetClock
from tests.app.test_jobs import refund
from tests.tools.shop import SHOP

DEED = "4f" * 16
DOOR = f"/api/approvals/{DEED}.approval"


@pytest.fixture
async def desk(database: str, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    chosen, clock = settings(tmp_path, database), SetClock()
    async with open_storage(chosen, clock) as storage:
        scope = {"caller": {"number": "+14155550111"}, "customer": {"name": "Ada Lovelace"}}
        reserved = refund(id=DEED, call_id=CALL_ID, scope=scope)
        await storage.ledger.reserve(reserved, ())
        await storage.ledger.replace(waiting := reserved.moved("waiting", ANSWERED), 1)
        await storage.approvals.ask(
            Approval(
                id=f"{DEED}.approval", deed=waiting, rules=("authority.agent",), reason="above 25.00 EUR",
                read_back="I will refund eighty euros.", state="waiting", asked_at=ANSWERED,
                expires_at=ANSWERED + timedelta(days=1),
            )
        )  # fmt: skip
        app = FastAPI()
        app.include_router(
            open_api(chosen, storage, clock, supervision=Supervision(storage.approvals, [SHOP]))
        )
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://desk.test", headers={"Authorization": f"Bearer {KEY}"}
        ) as client:
            yield client


async def test_the_list_holds_the_whole_case(desk: httpx.AsyncClient) -> None:
    (row,) = (await desk.get("/api/approvals")).json()["approvals"]
    assert row["id"] == f"{DEED}.approval"
    assert (row["amount"], row["customer_name"], row["reason"]) == (
        "80.00 EUR",
        "Ada Lovelace",
        "above 25.00 EUR",
    )
    assert row["read_back"] == "I will refund eighty euros."


async def test_nobody_decides_without_a_key_or_from_another_site(desk: httpx.AsyncClient) -> None:
    wish = {"decision": "approve", "by": "Grace"}
    assert (await desk.post(DOOR, json=wish, headers={"Authorization": ""})).status_code == 401
    assert (await desk.post(DOOR, json=wish, headers={"Origin": "https://evil.example"})).status_code == 403
    assert len((await desk.get("/api/approvals")).json()["approvals"]) == 1


async def test_a_decision_counts_once_and_leaves_a_line(desk: httpx.AsyncClient) -> None:
    audit: list[dict[str, object]] = []
    sink = logger.add(
        lambda line: audit.append(line.record["extra"]), filter=lambda it: "audit" in it["extra"]
    )
    done = await desk.post(DOOR, json={"decision": "approve", "by": "Grace", "amount": "50.00 EUR"})
    logger.remove(sink)
    assert (done.status_code, done.json()["state"]) == (200, "approved")
    late = await desk.post(DOOR, json={"decision": "deny", "by": "Alan"})
    assert (late.status_code, "approved before by Grace (api-key)" in late.json()["detail"]) == (409, True)
    assert [(it["what"], it["call_id"]) for it in audit] == [("approval granted", CALL_ID)]


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"decision": "approve", "by": " "}, 422),
        ({"decision": "maybe", "by": "Grace"}, 422),
        ({"decision": "approve", "by": "Grace", "amount": "lots"}, 422),
        ({"decision": "approve", "by": "Grace", "amount": "80.01 EUR"}, 409),
        ({"decision": "approve", "by": "Grace", "limit": "none"}, 422),
    ],
)
async def test_what_is_no_decision(desk: httpx.AsyncClient, wish: dict[str, str], status: int) -> None:
    assert (await desk.post(DOOR, json=wish)).status_code == status
    assert len((await desk.get("/api/approvals")).json()["approvals"]) == 1
