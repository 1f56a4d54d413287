"""The back office is read as its document says, within bounds, or it has failed."""

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from adapters.openapi import OpenApiBackOffice, OperationRefused
from domain.ports.back_office import BackOfficeFailed

SAMPLE = Path(__file__).parents[2] / "companies" / "sample" / "backoffice.openapi.json"
STOCK = {
    "openapi": "3.1.0",
    "paths": {
        "/stock/{sku}": {
            "parameters": [{"name": "sku", "in": "path", "required": True, "schema": {"type": "string"}}],
            "get": {
                "operationId": "getStock",
                "parameters": [{"name": "fresh", "in": "query", "schema": {"type": "boolean"}}],
                "responses": {
                    "200": {
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Stock"}}}
                    }
                },
            },
            "delete": {"operationId": "dropStock", "responses": {}},
        }
    },
    "components": {
        "schemas": {
            "Stock": {"type": "object", "required": ["left"], "properties": {"left": {"type": "integer"}}}
        }
    },
}

Answer = Callable[[httpx.Request], httpx.Response]


def office(answer: Answer) -> OpenApiBackOffice:
    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return OpenApiBackOffice(
        STOCK, client=client, base_url="http://office.test/v1/", api_key="key", timeout_s=1
    )


def json_answer(body: object, status: int = 200) -> Answer:
    return lambda _: httpx.Response(status, json=body)


async def test_parameters_are_placed_and_escaped() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"left": 3})

    read = await office(answer).read("getStock", {"sku": "a/b?c d\u00e9", "fresh": True})
    assert read == (200, {"left": 3})
    assert str(seen[0].url) == "http://office.test/v1/stock/a%2Fb%3Fc%20d%C3%A9?fresh=true"
    assert seen[0].headers["authorization"] == "Bearer key"


@pytest.mark.parametrize("sku", ["..", ".", ""])
async def test_a_name_cannot_climb_to_another_operation(sku: str) -> None:
    with pytest.raises(BackOfficeFailed, match="no name of a resource"):
        await office(json_answer({"left": 1})).read("getStock", {"sku": sku})


@pytest.mark.parametrize(
    ("operation", "arguments", "why"),
    [
        ("dropStock", {"sku": "a"}, "is a DELETE"),
        ("getNothing", {}, "no operation"),
        ("getStock", {}, "needs sku"),
        ("getStock", {"sku": "a", "colour": "red"}, "no path or query parameter"),
    ],
)
async def test_what_is_not_in_the_document_is_refused(
    operation: str, arguments: dict[str, object], why: str
) -> None:
    with pytest.raises(OperationRefused, match=why):
        await office(json_answer({"left": 1})).read(operation, arguments)


async def test_not_found_is_an_answer() -> None:
    assert await office(json_answer({"detail": "no"}, 404)).read("getStock", {"sku": "a"}) == (
        404,
        {"detail": "no"},
    )


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (json_answer({"left": "three"}), "not as its document says"),
        (json_answer([]), "not as its document says"),
        (lambda _: httpx.Response(200, html="<h1>Error</h1>"), "with text/html content"),
        (
            lambda _: httpx.Response(200, content=b"{", headers={"content-type": "application/json"}),
            "not JSON",
        ),
        (
            lambda _: httpx.Response(
                200, content=b"[" * 200_000, headers={"content-type": "application/json"}
            ),
            "not JSON",
        ),
        (json_answer({"left": 1, "padding": "x" * 300_000}), "larger than"),
        (lambda _: httpx.Response(302, headers={"location": "http://elsewhere.test"}), "with no content"),
    ],
)
async def test_a_wrong_answer_is_a_failure(answer: Answer, why: str) -> None:
    with pytest.raises(BackOfficeFailed, match=why) as caught:
        await office(answer).read("getStock", {"sku": "a"})
    assert "three" not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "attempts"),
    [(httpx.ConnectError("refused"), 2), (httpx.ConnectTimeout("late"), 2), (httpx.ReadTimeout("late"), 1)],
)
async def test_only_a_failed_connection_is_tried_again(error: httpx.HTTPError, attempts: int) -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        raise error

    with pytest.raises(BackOfficeFailed):
        await office(answer).read("getStock", {"sku": "a"})
    assert len(asked) == attempts


async def test_the_sample_companys_document_is_understood() -> None:
    document = json.loads(SAMPLE.read_text(encoding="utf-8"))
    client = httpx.AsyncClient(transport=httpx.MockTransport(json_answer([])))
    sample = OpenApiBackOffice(document, client=client, base_url="http://office.test", api_key="key")
    assert await sample.read("findCustomerByPhone", {"phone": "+14155550111"}) == (200, [])
    with pytest.raises(BackOfficeFailed, match="not as its document says"):
        await sample.read("getOrder", {"order_id": "4712"})
