"""Every write: done once for a key, answered as documented, found again, and taken back."""

import asyncio

import httpx
import jsonschema
import pytest
from fastapi import FastAPI

from simulator.company.receipts import SAFE
from tests.simulator.company.writes import UNDONE, WRITES, prepare

STAMPS = {"version", "idempotency_key"}


async def effects(client: httpx.AsyncClient, operation: str) -> list[dict[str, object]]:
    return list((await client.get("/_effects", params={"operation": operation})).json())


def test_the_table_names_every_write(service: FastAPI) -> None:
    document = service.openapi()
    offered = [
        operation["operationId"]
        for item in document["paths"].values()
        for method, operation in item.items()
        if method.upper() not in SAFE
    ]
    assert sorted(offered) == sorted(WRITES)


@pytest.mark.parametrize("operation", WRITES)
async def test_a_write_is_answered_as_documented_and_bears_its_key(
    operation: str, client: httpx.AsyncClient, service: FastAPI
) -> None:
    answer = await (await prepare(client, operation)).send(client, "deed-1")
    document = service.openapi()
    documented = next(
        one["responses"][str(answer.status_code)]["content"]["application/json"]["schema"]
        for item in document["paths"].values()
        for one in item.values()
        if one["operationId"] == operation
    )
    assert answer.is_success
    jsonschema.Draft202012Validator(documented | {"components": document["components"]}).validate(
        answer.json()
    )
    assert answer.json()["idempotency_key"] == "deed-1"


@pytest.mark.parametrize("operation", WRITES)
async def test_one_key_has_one_effect_and_one_answer(operation: str, client: httpx.AsyncClient) -> None:
    request = await prepare(client, operation)
    before = (await client.get("/receipts/deed-1")).status_code
    first, again = [await request.send(client, "deed-1") for _ in range(2)]
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert again.headers["Idempotent-Replayed"] == "true"
    reused = await request.send(client, "deed-1", other="body")
    assert (reused.status_code, reused.json()["code"]) == (409, "idempotency_key_reused")
    done = [one for one in await effects(client, operation) if one["idempotency_key"] == "deed-1"]
    receipt = await client.get("/receipts/deed-1")
    assert (before, receipt.status_code) == (404, 200)
    assert [receipt.json()] == done
    assert receipt.json()["answer"] == first.json()


@pytest.mark.parametrize("operation", UNDONE)
async def test_what_is_taken_back_is_as_it_was(operation: str, client: httpx.AsyncClient) -> None:
    undo, record = UNDONE[operation]
    before = (await client.get(record)).json()
    assert (await WRITES[operation].send(client)).is_success
    between = (await client.get(record)).json()
    assert (await WRITES[undo].send(client)).is_success
    after = (await client.get(record)).json()
    assert {name for name in before if before[name] != between[name]} - STAMPS
    assert {name for name in before if before[name] != after[name]} <= STAMPS


@pytest.mark.parametrize("operation", ["createRefund", "bookAppointment", "createExchange"])
async def test_two_requests_at_once_with_one_key_have_one_effect(
    operation: str, client: httpx.AsyncClient
) -> None:
    answers = await asyncio.gather(*(WRITES[operation].send(client, "deed-1") for _ in range(5)))
    assert len({answer.content for answer in answers}) == 1
    assert len(await effects(client, operation)) == 1


async def test_two_refunds_at_once_do_not_pass_what_was_paid(client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(WRITES["createRefund"].send(client, f"deed-{n}") for n in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert len(await effects(client, "createRefund")) == 1


async def test_a_refused_write_leaves_its_key_free(client: httpx.AsyncClient) -> None:
    refund = WRITES["createRefund"]
    assert (await refund.send(client, "deed-1", amount_minor=9999)).status_code == 409
    assert (await client.get("/receipts/deed-1")).status_code == 404
    assert (await refund.send(client, "deed-1")).status_code == 201


async def test_a_replay_needs_the_key_of_the_door(client: httpx.AsyncClient) -> None:
    assert (await WRITES["createRefund"].send(client, "deed-1")).status_code == 201
    client.headers["Authorization"] = "Bearer wrong"
    assert (await WRITES["createRefund"].send(client, "deed-1")).status_code == 401


@pytest.mark.parametrize("operation", ["createRefund", "cancelOrder", "cancelSubscription"])
async def test_a_lost_answer_is_found_again_by_its_key(operation: str, client: httpx.AsyncClient) -> None:
    await client.post("/_faults", json={"operation": operation, "status": 504, "times": 1})
    await client.post(
        "/_faults", json={"operation": operation, "status": 504, "times": 1, "after_effect": True}
    )
    assert (await WRITES[operation].send(client, "deed-1")).status_code == 504
    assert (await client.get("/receipts/deed-1")).status_code == 404
    assert (await WRITES[operation].send(client, "deed-1")).status_code == 504
    receipt = (await client.get("/receipts/deed-1")).json()
    assert receipt["operation"] == operation
    again = await WRITES[operation].send(client, "deed-1")
    assert (again.is_success, again.json()) == (True, receipt["answer"])
    assert len(await effects(client, operation)) == 1


async def test_nobody_is_told_that_nothing_was_done_while_it_may_yet_be(
    service: FastAPI, client: httpx.AsyncClient
) -> None:
    told: list[tuple[int, str]] = []

    async def sleep(_: float) -> None:
        receipt = await client.get("/receipts/deed-1")
        told.append((receipt.status_code, receipt.json()["code"]))

    service.state.watch.sleep = sleep
    await client.post("/_faults", json={"operation": "createRefund", "delay_s": 30, "times": 1})
    assert (await WRITES["createRefund"].send(client, "deed-1")).status_code == 201
    assert told == [(503, "in_progress")]
    assert (await client.get("/receipts/deed-1")).status_code == 200


async def test_a_write_may_demand_the_version_that_was_read(client: httpx.AsyncClient) -> None:
    version = (await client.get("/orders/4731")).json()["version"]
    client.headers["If-Match"] = str(version)
    assert (await WRITES["changeOrderAddress"].send(client)).json()["version"] == version + 1
    late = await WRITES["cancelOrder"].send(client)
    assert (late.status_code, late.json()["code"]) == (412, "version_changed")
    assert (await client.get("/orders/4731")).json()["state"] == "paid"
