"""Documents that nobody here wrote are understood, or refused with a reason."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from adapters.openapi.document import Document, DocumentRefused
from adapters.openapi.security import NoProof, proof
from tests.adapters.openapi.documents import SHOP

SAMPLE = Path(__file__).parents[3] / "companies" / "sample" / "backoffice.openapi.json"


def test_operations_have_names_places_and_addresses() -> None:
    shop = Document(SHOP)
    assert set(shop.operations) == {
        "getOrder", "cancelOrder", "changeAddress", "refund", "saveLabels", "get_labels",
    }  # fmt: skip
    order = shop.operations["getOrder"]
    assert [(each.name, each.where, each.required) for each in order.parameters][:2] == [
        ("id", "path", True),
        ("fresh", "query", False),
    ]
    assert order.reads
    assert order.server == "https://shop.test/v1"
    assert not shop.operations["refund"].reads
    assert shop.operations["refund"].key_header == "Idempotency-Key"


def test_fields_of_joined_schemas_are_found() -> None:
    shop = Document(SHOP)
    fields, required = shop.properties({"$ref": "#/components/schemas/Change"})
    assert set(fields) == {"reason", "address"}
    assert required == {"address"}
    assert shop.types(fields["address"]) == {"object"}


def test_schemas_that_contain_themselves_end() -> None:
    tree = copy.deepcopy(SHOP)
    schemas = tree["components"]["schemas"]
    schemas["Loop"] = {"allOf": [{"$ref": "#/components/schemas/Loop"}], "properties": {"a": {}}}
    document = Document(tree)
    assert set(document.properties({"$ref": "#/components/schemas/Loop"})[0]) == {"a"}


def test_the_same_name_twice_becomes_two() -> None:
    tree = copy.deepcopy(SHOP)
    tree["paths"]["/labels"]["get"]["operationId"] = "refund"
    assert {"refund", "refund_2"} <= Document(tree).operations.keys()


@pytest.mark.parametrize(
    ("tree", "why"),
    [
        ([], "holds no keys"),
        ({"swagger": "2.0", "paths": {}}, "Swagger 2.0"),
        ({"paths": {}}, "3.0 or 3.1, not missing"),
        ({"openapi": "4.0.0", "paths": {}}, "not 4.0.0"),
        ({"openapi": "3.1.0", "paths": []}, "must hold paths"),
        ({"openapi": "3.1.0", "paths": {"/a": {"$ref": "#/paths/~1b"}}}, "leads nowhere"),
        ({"openapi": "3.1.0", "paths": {"/a": {"$ref": "#/paths/~1a"}}}, "in a circle"),
        ({"openapi": "3.1.0", "paths": {"/a": {"$ref": "other.yaml#/a"}}}, "bundle"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_reason(tree: Any, why: str) -> None:
    with pytest.raises(DocumentRefused, match=why):
        Document(tree)


def test_an_operation_is_proven_by_the_first_alternative_that_can_be_met() -> None:
    shop = Document(SHOP)
    shown = proof(shop, shop.operations["get_labels"], {"basic": "me:pass", "key": "k"}.get)
    assert shown.headers == {"Authorization": "Basic bWU6cGFzcw=="}
    assert shown.query == {"api_key": "k"}
    assert "pass" not in repr(shown)
    assert proof(shop, shop.operations["saveLabels"], lambda _: None).headers == {}


def test_what_is_missing_to_prove_us_is_named() -> None:
    shop = Document(SHOP)
    with pytest.raises(NoProof, match=r"`login` \(oauth2\) is not supported.*no secret for .*`key`"):
        proof(shop, shop.operations["get_labels"], {"basic": "me:pass"}.get)


def test_the_sample_companys_document_is_understood() -> None:
    sample = Document(json.loads(SAMPLE.read_text("utf-8")))
    assert sample.operations["getOrder"].reads
    assert len(sample.operations) >= 10
