"""What the back office answers over HTTP."""

import httpx
import jsonschema
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount

from simulator.company.app import app
from tests.simulator.company.conftest import NOON, TODAY

READS = {
    "/customers/C-1001": "Customer",
    "/customers?phone=%2B14155550111": ["Customer"],
    "/customers/C-1001/orders": ["Order"],
    "/orders/4642": "Order",
    "/orders/4712/shipment": "Shipment",
    "/customers/C-1006/invoices": ["Invoice"],
    "/invoices/INV-4466": "Invoice",
    "/customers/C-1006/subscriptions": ["Subscription"],
    "/subscriptions/S-202": "Subscription",
    "/appointment-slots?service=repair": ["Slot"],
    "/customers/C-1007/appointments": ["Appointment"],
    "/stock/JACKET-XL": "Stock",
    "/customers/C-1003/tickets": ["Ticket"],
}


@pytest.mark.parametrize("path", READS)
async def test_an_answer_is_what_the_document_says(
    path: str, client: httpx.AsyncClient, service: FastAPI
) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200
    name = READS[path]
    listed = isinstance(name, list)
    schema = {"$ref": f"#/components/schemas/{name[0] if listed else name}"}
    whole = {"type": "array", "items": schema, "minItems": 1} if listed else schema
    validator = jsonschema.Draft202012Validator(
        whole | {"components": service.openapi()["components"]},
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    )
    assert [error.message for error in validator.iter_errors(answer.json())] == []


@pytest.mark.parametrize(
    "path",
    [
        "/customers/C-9999",
        "/customers/C-9999/orders",
        "/customers/C-9999/invoices",
        "/customers/C-9999/subscriptions",
        "/customers/C-9999/appointments",
        "/customers/C-9999/tickets",
        "/orders/9999",
        "/orders/9999/shipment",
        "/orders/4720/shipment",
        "/invoices/INV-9999",
        "/subscriptions/S-999",
        "/stock/NOTHING",
        "/nowhere",
    ],
)
async def test_what_is_not_there_is_a_problem(path: str, client: httpx.AsyncClient) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    problem = answer.json()
    assert problem.keys() == {"title", "status", "code", "detail"}
    assert (problem["title"], problem["status"], problem["code"]) == ("Not Found", 404, "not_found")


async def test_the_sentence_of_a_problem_names_what_was_sought(client: httpx.AsyncClient) -> None:
    assert (await client.get("/orders/9999")).json()["detail"] == "There is no order 9999."


@pytest.mark.parametrize(
    "header", [None, "Bearer wrong", "Bearer ", "Basic larkfield-demo", "Bearer schlüssel"]
)
async def test_nobody_reads_without_the_key(header: str | None, service: FastAPI) -> None:
    transport = httpx.ASGITransport(service)
    headers = {} if header is None else {b"Authorization": header.encode()}
    async with httpx.AsyncClient(transport=transport, base_url="http://backoffice") as stranger:
        answer = await stranger.get("/orders/4712", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["title"] == "Unauthorized"


async def test_another_key_may_be_given() -> None:
    transport = httpx.ASGITransport(app(key="other", today=TODAY))
    async with httpx.AsyncClient(transport=transport, base_url="http://backoffice") as asking:
        allowed = await asking.get("/orders/4712", headers={"Authorization": "Bearer other"})
        refused = await asking.get("/orders/4712", headers={"Authorization": "Bearer larkfield-demo"})
    assert (allowed.status_code, refused.status_code) == (200, 401)


async def test_it_can_be_mounted_under_a_path(service: FastAPI) -> None:
    transport = httpx.ASGITransport(Starlette(routes=[Mount("/backoffice", service)]))
    async with httpx.AsyncClient(transport=transport, base_url="http://world") as asking:
        answer = await asking.get(
            "/backoffice/orders/4712", headers={"Authorization": "Bearer larkfield-demo"}
        )
        document = await asking.get("/backoffice/openapi.json")
    assert answer.json()["order_id"] == "4712"
    assert document.json() == service.openapi()


async def test_a_household_shares_its_telephone(client: httpx.AsyncClient) -> None:
    found = (await client.get("/customers", params={"phone": "+442079460108"})).json()
    assert [customer["name"] for customer in found] == ["Olu Adeyemi", "Grace Adeyemi"]


async def test_a_strangers_number_finds_nobody(client: httpx.AsyncClient) -> None:
    assert (await client.get("/customers", params={"phone": "+14155550199"})).json() == []


@pytest.mark.parametrize("query", ["", "?phone=4155550111", "?phone=%2B1415555anna"])
async def test_a_telephone_number_is_e164(query: str, client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/customers{query}")
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("query.phone: ")


async def test_the_newest_order_comes_first(client: httpx.AsyncClient) -> None:
    orders = (await client.get("/customers/C-1001/orders")).json()
    assert [order["order_id"] for order in orders] == ["4712", "4690", "3805"]


async def test_an_order_that_is_not_sent_has_no_parcel(client: httpx.AsyncClient) -> None:
    assert (await client.get("/orders/4720")).json()["shipment"] is None


async def test_slots_are_narrowed_by_service_and_days(client: httpx.AsyncClient) -> None:
    every = (await client.get("/appointment-slots")).json()
    day = every[len(every) // 2]["starts_at"][:10]
    asked = {"service": "repair", "first_day": day, "last_day": day}
    narrowed = (await client.get("/appointment-slots", params=asked)).json()
    assert narrowed == [s for s in every if s["service"] == "repair" and s["starts_at"].startswith(day)]
    assert every == sorted(every, key=lambda slot: slot["starts_at"])


async def test_a_ticket_is_opened_and_listed(client: httpx.AsyncClient) -> None:
    wanted = {"customer_id": "C-1002", "topic": "damaged_item", "subject": "Broken lamp", "order_id": "4533"}
    opened = await client.post("/tickets", json=wanted)
    assert opened.status_code == 201
    ticket = opened.json()
    assert ticket | wanted == ticket
    assert (ticket["state"], ticket["created_at"]) == ("open", NOON.isoformat().replace("+00:00", "Z"))
    assert (await client.get("/customers/C-1002/tickets")).json() == [ticket]


async def test_one_idempotency_key_opens_one_ticket(client: httpx.AsyncClient) -> None:
    wanted = {"customer_id": "C-1002", "topic": "other", "subject": "Call back"}
    first, again = [
        (await client.post("/tickets", json=wanted, headers={"Idempotency-Key": "one"})).json()
        for _ in range(2)
    ]
    other = (await client.post("/tickets", json=wanted)).json()
    assert first == again
    assert other["ticket_id"] != first["ticket_id"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"customer_id": "C-9999"}, 404),
        ({"order_id": "9999"}, 404),
        ({"order_id": "4712"}, 404),
        ({"topic": "weather"}, 422),
        ({"subject": 7}, 422),
        ({"refund": 100}, 422),
    ],
)
async def test_a_wrong_ticket_is_not_opened(
    change: dict[str, object], status: int, client: httpx.AsyncClient
) -> None:
    wanted = {"customer_id": "C-1002", "topic": "other", "subject": "Call back"} | change
    assert (await client.post("/tickets", json=wanted)).status_code == status
    assert (await client.get("/customers/C-1002/tickets")).json() == []
