"""The OpenAPI document of the sample company is the one that its back office serves."""

import json
import re
from pathlib import Path

import httpx

from simulator.company.__main__ import main
from simulator.company.app import operations

WRITTEN = Path(__file__).parents[3] / "companies/sample/backoffice.openapi.json"
REWRITE = f"python -m simulator.company --write-document {WRITTEN.relative_to(Path(__file__).parents[3])}"


async def test_the_written_document_is_the_served_one(client: httpx.AsyncClient) -> None:
    served = (await client.get("/openapi.json")).json()
    assert WRITTEN.read_text("utf-8") == json.dumps(served, indent=1, ensure_ascii=False) + "\n", REWRITE


async def test_it_lists_what_callers_may_use_and_says_that_it_is_simulated(client: httpx.AsyncClient) -> None:
    served = (await client.get("/openapi.json")).json()
    assert "simulated" in served["info"]["title"]
    listed = [operation["operationId"] for path in served["paths"].values() for operation in path.values()]
    assert sorted(listed) == sorted(operations())
    assert len(listed) == len(set(listed))
    assert not [path for path in served["paths"] if path.startswith("/_")]


async def test_every_operation_can_be_told_apart_and_used(client: httpx.AsyncClient) -> None:
    served = (await client.get("/openapi.json")).json()
    for path, item in served["paths"].items():
        for method, operation in item.items():
            assert re.fullmatch(r"[a-z]+[A-Za-z]+", operation["operationId"])
            assert operation["summary"]
            assert operation["security"] == [{"apiKey": []}]
            takes = {each["name"] for each in operation.get("parameters", ())}
            assert takes >= set(re.findall(r"{(\w+)}", path))
            assert ("Idempotency-Key" in takes) == (method != "get"), operation["operationId"]
            assert ("409" in operation["responses"]) == (method != "get"), operation["operationId"]


def test_the_command_writes_the_same(tmp_path: Path) -> None:
    main(write_document=tmp_path / "document.json")
    assert (tmp_path / "document.json").read_bytes() == WRITTEN.read_bytes()
