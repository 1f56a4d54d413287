"""What goes wrong on request, and what the back office remembers of being asked."""

import asyncio
import socket

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from simulator.company.access import DEMO_KEY
from tests.simulator.company.conftest import NOON


async def order_fault(client: httpx.AsyncClient, **fault: object) -> None:
    assert (await client.post("/_faults", json=fault)).status_code == 204


async def statuses(client: httpx.AsyncClient, *paths: str) -> list[int]:
    return [(await client.get(path)).status_code for path in paths]


async def test_an_operation_fails_late_and_as_often_as_asked(
    client: httpx.AsyncClient, slept: list[float]
) -> None:
    await order_fault(client, operation="getOrder", delay_s=3.0, status=503, times=2, order_id="4712")
    paths = ["/orders/4712", "/orders/4690", "/orders/4712/shipment", "/orders/4712", "/orders/4712"]
    assert await statuses(client, *paths) == [503, 200, 200, 503, 200]
    assert slept == [3.0, 3.0]


async def test_a_fault_without_end_lasts_until_it_is_deleted(client: httpx.AsyncClient) -> None:
    await order_fault(client, status=500)
    assert await statuses(client, "/orders/4712", "/stock/KETTLE", "/customers/C-1001") == [500, 500, 500]
    assert (await client.delete("/_faults")).status_code == 204
    assert await statuses(client, "/orders/4712") == [200]


async def test_faults_befall_one_customer_and_come_one_after_the_other(client: httpx.AsyncClient) -> None:
    await order_fault(client, customer_id="C-1001", status=500, times=1)
    await order_fault(client, customer_id="C-1001", status=503, times=1)
    assert len((await client.get("/_faults")).json()) == 2
    theirs, others = "/customers/C-1001/orders", "/customers/C-1002/orders"
    assert await statuses(client, others, theirs, theirs, theirs) == [200, 500, 503, 200]
    assert (await client.get("/_faults")).json() == []


async def test_an_answer_may_be_late_and_still_right(client: httpx.AsyncClient, slept: list[float]) -> None:
    await order_fault(client, operation="getOrder", delay_s=4.5, times=1)
    assert (await client.get("/orders/4712")).json()["order_id"] == "4712"
    assert slept == [4.5]


async def test_a_fault_may_wait_for_its_turn_and_for_a_write(client: httpx.AsyncClient) -> None:
    await order_fault(client, writes_only=True, skip=1, times=1, status=500)
    wanted = {"customer_id": "C-1002", "topic": "other", "subject": "Call back"}
    assert await statuses(client, "/orders/4712", "/orders/4712") == [200, 200]
    answers = [(await client.post("/tickets", json=wanted)).status_code for _ in range(3)]
    assert answers == [201, 500, 201]
    assert len((await client.get("/customers/C-1002/tickets")).json()) == 2


async def test_an_answer_may_be_late_after_the_deed(service: FastAPI) -> None:
    """The time-out of whoever asks falls between the effect and the answer."""
    done_when_slept: list[int] = []

    async def sleep(_: float) -> None:
        done_when_slept.append(len(service.state.watch.receipts.effects))

    service.state.watch.sleep = sleep
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(service),
        base_url="http://backoffice",
        headers={"Authorization": f"Bearer {DEMO_KEY}"},
    ) as client:
        wanted = {"customer_id": "C-1002", "topic": "other", "subject": "Call back"}
        await order_fault(client, operation="createTicket", delay_s=30, times=1)
        await order_fault(client, operation="createTicket", delay_s=30, times=1, after_effect=True)
        answers = [(await client.post("/tickets", json=wanted)).status_code for _ in range(2)]
    assert (answers, done_when_slept) == ([201, 201], [0, 2])


async def test_an_answer_may_have_no_value_of_the_right_type(client: httpx.AsyncClient) -> None:
    truth = (await client.get("/orders/4712")).json()
    await order_fault(client, operation="getOrder", body="wrong_type")
    answer = await client.get("/orders/4712")
    garbled = answer.json()
    assert answer.status_code == 200
    assert garbled.keys() == truth.keys()
    assert [name for name in truth if type(truth[name]) is type(garbled[name]) and name not in NESTED] == []
    assert garbled["totals"]["total"]["amount_minor"] == "about 8770"


NESTED = {"totals", "delivery_address", "shipment"}
"""Objects stay objects; what is in them is garbled."""


async def test_an_answer_may_be_huge(client: httpx.AsyncClient) -> None:
    await order_fault(client, operation="getOrder", body="huge")
    answer = await client.get("/orders/4712")
    assert (answer.status_code, len(answer.content) >= 5 * 1024 * 1024) == (200, True)


async def test_an_answer_may_be_a_page_for_people(client: httpx.AsyncClient) -> None:
    await order_fault(client, operation="getOrder", body="error_page")
    answer = await client.get("/orders/4712")
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")


async def test_a_ticket_may_be_opened_although_the_answer_fails(client: httpx.AsyncClient) -> None:
    wanted = {"customer_id": "C-1002", "topic": "other", "subject": "Call back"}
    await order_fault(client, operation="createTicket", status=504, times=1)
    await order_fault(client, operation="createTicket", status=504, times=1, after_effect=True)
    failed = [(await client.post("/tickets", json=wanted)).status_code for _ in range(2)]
    assert failed == [504, 504]
    assert len((await client.get("/customers/C-1002/tickets")).json()) == 1


async def test_a_connection_may_be_cut_in_the_middle(service: FastAPI) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(service, log_level="critical", lifespan="off"))
        serving = asyncio.create_task(server.serve([listening]))
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{listening.getsockname()[1]}",
            headers={"Authorization": f"Bearer {DEMO_KEY}"},
        ) as client:
            await order_fault(client, operation="getOrder", dropped=True, times=1)
            with pytest.raises(httpx.RemoteProtocolError):
                await client.get("/orders/4712")
            assert await statuses(client, "/orders/4712") == [200]
            requests = (await client.get("/_requests")).json()
            assert [request["status"] for request in requests] == [None, 200]
        server.should_exit = True
        await serving


@pytest.mark.parametrize(
    "fault",
    [{"operation": "getOrders"}, {"status": 200}, {"times": 0}, {"delay_s": -1}, {"colour": "red"}],
)
async def test_a_fault_that_cannot_happen_is_refused(
    fault: dict[str, object], client: httpx.AsyncClient
) -> None:
    assert (await client.post("/_faults", json=fault)).status_code == 422
    assert (await client.get("/_faults")).json() == []


async def test_every_request_is_remembered_with_its_arguments(client: httpx.AsyncClient) -> None:
    await order_fault(client, operation="getOrder", order_id="4690", status=503)
    await statuses(client, "/orders/4712", "/orders/9999", "/orders/4690", "/customers?phone=%2B14155550111")
    await client.post("/tickets", json={"customer_id": "C-1001", "topic": "weather"})
    await client.post("/tickets", content=b"{")
    requests = (await client.get("/_requests")).json()
    assert {request["at"] for request in requests} == {NOON.isoformat().replace("+00:00", "Z")}
    assert [(r["operation"], r["arguments"], r["status"], r["fault"]) for r in requests] == [
        ("getOrder", {"order_id": "4712"}, 200, False),
        ("getOrder", {"order_id": "9999"}, 404, False),
        ("getOrder", {"order_id": "4690"}, 503, True),
        ("findCustomerByPhone", {"phone": "+14155550111"}, 200, False),
        ("createTicket", {"customer_id": "C-1001", "topic": "weather"}, 422, False),
        ("createTicket", {}, 422, False),
    ]


async def test_a_request_without_key_is_remembered_as_refused(
    service: FastAPI, client: httpx.AsyncClient
) -> None:
    await client.get("/orders/4712", headers={"Authorization": "Bearer wrong"})
    assert [request["status"] for request in (await client.get("/_requests")).json()] == [401]
