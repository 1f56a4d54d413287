"""A draft names risks with their reasons, asks for what a person must decide, and fits the folder."""

import os
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from adapters.company_folder.action_shapes import ActionShape, ActionsShape
from adapters.openapi.document import Document
from adapters.openapi_draft import DraftedAction, draft, read_source, written
from adapters.openapi_draft.names import words_in
from tests.adapters.openapi.documents import answers, parameter

SAMPLE = Path(__file__).parents[3] / "companies" / "sample" / "backoffice.openapi.json"
ID = {**parameter("id", "path"), "schema": {"type": "string", "pattern": "B"}}
NUMBERED = {**ID, "schema": {"type": "string", "pattern": "^B[0-9]+$"}}


def post(name: str, **fields: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "properties": fields, "required": list(fields)[:2]}
    return {"operationId": name, "requestBody": {"content": {"application/json": {"schema": schema}}}}


CLUB: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "A club: its members\nand more"},
    "paths": {
        "/bookings": {
            "post": {
                **post(
                    "bookCourt",
                    Day={"type": "string", "format": "date"},
                    court={"type": "string", "enum": ["north", "south"]},
                    guest={"type": "object", "properties": {"firstName": {"type": ["string", "null"]}}},
                    extras={"type": "array"},
                ),
                "parameters": [parameter("Idempotency-Key", "header"), parameter("court", "query")],
                "summary": "Book a <b>court</b>. It costs nothing.",
            },
            "get": {
                "operationId": "listBookings",
                "responses": answers(
                    {"type": "array", "items": {"properties": {"id": {"type": "string"}, "email": {}}}}
                ),
            },
        },
        "/bookings/{id}": {
            "parameters": [ID],
            "get": {
                "operationId": "getBooking",
                "responses": answers({"$ref": "#/components/schemas/Booking"}),
            },
            "delete": {"operationId": "dropBooking"},
        },
        "/bookings/{id}/pause": {"post": {"operationId": "pauseBooking", "parameters": [NUMBERED]}},
        "/bookings/{id}/resume": {"post": {"operationId": "resumeBooking", "parameters": [ID]}},
        "/bookings/search": {"post": post("searchBookings", text={"type": "string"})},
        "/fees": {
            "post": post("payFee", amount={"type": "integer"}, currency={"type": "string", "const": "EUR"})
        },
        "/reminders": {"post": {"operationId": "sendReminder", "deprecated": True}},
        "/webhooks": {
            "put": {"requestBody": {"content": {"application/json": {"schema": {"type": "array"}}}}}
        },
    },
    "components": {
        "schemas": {
            "Booking": {
                "properties": {
                    "id": {"type": "string"},
                    "phone": {"type": "string"},
                    "next": {"$ref": "#/components/schemas/Booking"},
                }
            }
        }
    },
}


def drafted() -> dict[str, DraftedAction]:
    return {action.operation.id: action for action in draft(Document(CLUB))}


def shaped(text: str) -> dict[str, ActionShape]:
    actions = ActionsShape.model_validate(YAML(typ="safe", pure=True).load(text)).actions
    return {action.name: action for action in actions}


@pytest.mark.parametrize(
    ("operation", "risks"),
    [
        ("getBooking", {"read", "personal data"}),
        ("bookCourt", {"write", "personal data"}),
        ("dropBooking", {"write", "irreversible"}),
        ("searchBookings", {"write"}),
        ("payFee", {"write", "money", "irreversible"}),
        ("sendReminder", {"write", "irreversible", "contacts a person"}),
        ("put_webhooks", {"write", "admin"}),
    ],
)
def test_risks(operation: str, risks: set[str]) -> None:
    assert set(drafted()[operation].assessment.reasons) == risks


def test_reasons_quote_the_words_that_tell() -> None:
    reasons = drafted()["payFee"].assessment.reasons
    assert reasons["money"] == "`amount`, `currency`, `pay`"
    assert drafted()["searchBookings"].assessment.reasons["write"] == (
        "POST, though `search` sounds like a search"
    )


def test_tiers_identity_and_what_is_not_offered() -> None:
    actions = drafted()
    assert {name: action.tier for name, action in actions.items() if action.tier != "execute"} == {
        "getBooking": "lookup",
        "listBookings": "lookup",
        "put_webhooks": "draft",
    }
    assert not actions["put_webhooks"].offered
    assert not actions["sendReminder"].offered
    assert actions["getBooking"].identity == "verified"


def test_arguments_have_types_and_fill_what_they_came_from() -> None:
    action = shaped(written("A club", draft(Document(CLUB))))["book_court"]
    assert [(it.name, it.type, it.required) for it in action.arguments] == [
        ("day", "date", True),
        ("court", "string", False),
        ("guest_first_name", "string", False),
    ]
    assert action.binding.given == {"Day": "args.day", "guest.firstName": "args.guest_first_name"}
    assert action.purpose == "Book a court."
    assert drafted()["getBooking"].arguments[0].pattern is None, "it is not about the whole value"
    assert drafted()["pauseBooking"].arguments[0].pattern == "^B[0-9]+$"
    assert drafted()["bookCourt"].left_out == ("extras",)
    assert drafted()["bookCourt"].unfilled == ("body.court",)


def test_undo_candidates_and_records() -> None:
    actions = drafted()
    assert actions["bookCourt"].undo == "drop_booking"
    assert actions["pauseBooking"].undo == "resume_booking"
    assert actions["resumeBooking"].undo == "pause_booking"
    assert actions["dropBooking"].undo is None
    record = actions["pauseBooking"].record
    assert record is not None
    assert record.id == "getBooking"


def test_facts_leave_out_personal_data() -> None:
    booking = drafted()["getBooking"]
    assert booking.facts == ("id",)
    assert booking.personal_facts == ("phone",)
    assert drafted()["listBookings"].facts == ("results.id",)


def test_the_file_asks_for_decisions() -> None:
    text = written("A club\nof people", draft(Document(CLUB)))
    assert "# Drafted from A club of people: 10 operations." in text
    assert "# Repeats are safe: the operation takes Idempotency-Key." in text
    assert "# DECIDE: undo: {action: drop_booking" in text
    assert "# DECIDE: personal data, left out of the facts: phone" in text
    assert "# DECIDE: it sounds like a search" not in text.split("name: pay_fee")[1]
    paid = shaped(text)["pay_fee"]
    assert [it.choices for it in paid.arguments] == [[], ["EUR"]]
    assert paid.once_per == [], "an amount is no thing: a person decides"
    assert paid.read_back == "Shall I pay fee?"
    assert shaped(text)["pause_booking"].once_per == ["args.id"]
    assert shaped(text)["pause_booking"].read_back == "Shall I pause booking for {args.id}?"
    assert shaped(text)["pause_booking"].reads[0].given == {"id": "args.id"}


def test_names_never_meet() -> None:
    paths = {
        f"/{letter}": {"get": {"operationId": name}}
        for letter, name in zip("abc", ("x-y", "xY", "x_y"), strict=True)
    }
    actions = draft(Document({"openapi": "3.0.0", "paths": paths}))
    assert [action.name for action in actions] == ["x_y", "x_y_2", "x_y_3"]
    assert [action.operation.id for action in actions] == ["x-y", "xY", "x_y"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("getURLOfHTTPServer", ["get", "url", "of", "http", "server"]),
        ("orders/create-refund", ["orders", "create", "refund"]),
        ("FetchSMS_v2", ["fetch", "sms", "v"]),
    ],
)
def test_words_in_names_of_any_manner(name: str, words: list[str]) -> None:
    assert words_in(name) == words


def test_the_sample_companys_document() -> None:
    document = Document(read_source(str(SAMPLE)))
    actions = draft(document)
    assert len(actions) == len(document.operations) >= 14
    assert len(shaped(written(document.title, actions))) == len(actions)


def test_documents_that_nobody_here_wrote() -> None:
    folder = os.environ.get("TWILIO_CONFORMANCE_DIR")
    if not folder:
        pytest.skip("TWILIO_CONFORMANCE_DIR does not name the carrier's published documents")
    for path in sorted((Path(folder) / "spec").glob("*_v*.json")):
        document = Document(read_source(str(path)))
        actions = draft(document)
        assert len(actions) >= 10
        if path.stat().st_size < 300_000:  # reading back the largest takes longer than all other tests
            assert len(shaped(written(document.title, actions))) == len(actions)
