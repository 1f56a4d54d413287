"""The first gate's port reads through the same system, and only reads."""

import json
from pathlib import Path

import httpx
import pytest

from adapters.openapi import OpenApiBackOffice, OperationRefused
from domain.ports.back_office import BackOfficeFailed

SAMPLE = Path(__file__).parents[3] / "companies" / "sample" / "backoffice.openapi.json"


async def test_the_sample_companys_document_is_read() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json=[])

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        sample = OpenApiBackOffice(
            json.loads(SAMPLE.read_text("utf-8")), client=client, base_url="http://office.test", api_key="key"
        )
        assert await sample.read("findCustomerByPhone", {"phone": "+14155550111"}) == (200, [])
        assert asked[0].headers["authorization"] == "Bearer key"
        with pytest.raises(BackOfficeFailed, match="not as its document says"):
            await sample.read("getOrder", {"order_id": "4712"})
        with pytest.raises(OperationRefused, match="no operation"):
            await sample.read("getNothing", {})
        with pytest.raises(OperationRefused, match="needs order_id"):
            await sample.read("getOrder", {})
        with pytest.raises(OperationRefused, match="only GET is open"):
            await sample.read("createTicket", {})
