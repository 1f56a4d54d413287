"""What the back office refuses, and by which code."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from tests.simulator.company.writes import ADDRESS, REASON, WRITES, prepare

REPLACE = {"reason": "lost"}

TWICE = {
    "restoreCustomerContact": "nothing_to_restore",
    "cancelOrder": "order_closed",
    "reinstateOrder": "not_cancelled",
    "restoreOrderAddress": "nothing_to_restore",
    "createRefund": "exceeds_line",
    "cancelRefund": "refund_cancelled",
    "createReplacementShipment": "already_replaced",
    "cancelReplacementShipment": "replacement_cancelled",
    "createReturn": "line_already_returned",
    "cancelReturn": "return_cancelled",
    "createExchange": "line_already_returned",
    "cancelExchange": "exchange_cancelled",
    "revokeCredit": "credit_revoked",
    "openDispute": "already_disputed",
    "withdrawDispute": "dispute_closed",
    "grantProvisionalCredit": "already_granted",
    "pauseSubscription": "already_paused",
    "resumeSubscription": "not_paused",
    "changeSubscriptionPlan": "same_plan",
    "cancelSubscription": "already_cancelled",
    "reinstateSubscription": "not_cancelled",
    "stopBilling": "billing_stopped",
    "resumeBilling": "billing_running",
    "applyRetentionOffer": "offer_applied",
    "revokeRetentionOffer": "offer_not_applied",
    "bookAppointment": "slot_taken",
    "moveAppointment": "slot_taken",
    "cancelAppointment": "visit_over",
    "pushDeviceConfiguration": "profile_runs_already",
    "rollbackDeviceConfiguration": "nothing_to_roll_back",
    "closeTicket": "ticket_closed",
    "reopenTicket": "ticket_open",
}
"""The code of the second request with another key."""

REFUSED: list[tuple[str, str, Mapping[str, Any] | None, int, str]] = [
    ("POST", "/orders/9999/cancel", REASON, 404, "not_found"),
    ("POST", "/orders/4724/cancel", REASON, 409, "order_packed"),
    ("POST", "/orders/4712/cancel", REASON, 409, "order_dispatched"),
    ("PUT", "/orders/4712/address", ADDRESS, 409, "order_dispatched"),
    ("PUT", "/orders/4731/address", ADDRESS | {"country": "US"}, 422, "invalid"),
    ("PATCH", "/orders/4731/lines/4731-9", {"quantity": 2}, 404, "not_found"),
    ("PATCH", "/orders/4731/lines/4731-1", {"quantity": 0}, 422, "invalid"),
    ("PATCH", "/orders/4731/lines/4731-1", {}, 422, "invalid"),
    ("PATCH", "/orders/4731/lines/4731-1", {"sku": "KETTLE"}, 409, "not_a_variant"),
    ("PATCH", "/orders/4731/lines/4731-1", {"sku": "JACKET-XL"}, 409, "out_of_stock"),
    ("PATCH", "/orders/4731/lines/4731-1", {"quantity": 8}, 409, "out_of_stock"),
    ("POST", "/orders/4731/replacements", REPLACE, 409, "not_dispatched"),
    ("POST", "/orders/4712/returns", REASON, 409, "not_delivered"),
    ("POST", "/orders/3805/returns", REASON, 409, "return_window_over"),
    ("POST", "/orders/4388/exchanges", {"line_id": "4388-1", "sku": "JACKET-XL"}, 409, "out_of_stock"),
    ("POST", "/orders/4388/exchanges", {"line_id": "4388-1", "sku": "KETTLE"}, 409, "not_a_variant"),
    (
        "POST",
        "/invoices/INV-4466/disputes",
        {"reason": "not_received", "amount_minor": 1},
        409,
        "already_disputed",
    ),
    (
        "POST",
        "/invoices/INV-4690/disputes",
        {"reason": "not_received", "amount_minor": 8001},
        409,
        "exceeds_paid",
    ),
    ("POST", "/subscriptions/S-201/pause", {"until": "2026-03-04"}, 422, "invalid"),
    ("POST", "/subscriptions/S-201/pause", {"until": "2026-06-05"}, 422, "invalid"),
    ("PUT", "/subscriptions/S-201/plan", {"plan_id": "NET-50"}, 409, "other_family"),
    ("PUT", "/subscriptions/S-201/plan", {"plan_id": "TEA-1"}, 404, "not_found"),
    ("POST", "/retention-offers/WINTER-S-201/apply", None, 409, "offer_expired"),
    ("POST", "/retention-offers/FREE-S-201/apply", None, 404, "not_found"),
    ("POST", "/appointments/A-301/move", {"slot_id": "repair-0305-11"}, 409, "other_service"),
    ("POST", "/appointments/A-301/move", {"slot_id": "repair-0101-11"}, 404, "not_found"),
    ("POST", "/devices/DV-602/configurations", {"profile": "company_dns"}, 409, "device_offline"),
    ("POST", "/devices/DV-601/configurations", {"profile": "rm -rf"}, 422, "invalid"),
    ("PATCH", "/customers/C-1001/contact", {}, 422, "invalid"),
    ("PATCH", "/customers/C-1001/contact", {"phone": "0123"}, 422, "invalid"),
    ("PATCH", "/customers/C-1001/contact", {"email": "Ben.Carter@example.com"}, 409, "email_in_use"),
    ("PUT", "/customers/C-1001/marketing", {"channel": "email", "allowed": "no"}, 422, "invalid"),
    ("POST", "/customers/C-1001/notes", {"text": "Hm.", "order_id": "4533"}, 404, "not_found"),
    ("POST", "/tickets/T-999/close", {"resolution": "Done."}, 404, "not_found"),
]


@pytest.mark.parametrize("operation", TWICE)
async def test_a_second_request_with_another_key_meets_the_first(
    operation: str, client: httpx.AsyncClient
) -> None:
    request = await prepare(client, operation)
    assert (await request.send(client, "deed-1")).is_success
    before = len((await client.get("/_effects")).json())
    refused = await request.send(client, "deed-2")
    assert (refused.status_code, refused.json()["code"]) == (409, TWICE[operation])
    assert len((await client.get("/_effects")).json()) == before


@pytest.mark.parametrize(("method", "path", "body", "status", "code"), REFUSED)
async def test_it_is_refused_with_a_code(
    method: str,
    path: str,
    body: Mapping[str, Any] | None,
    status: int,
    code: str,
    client: httpx.AsyncClient,
) -> None:
    answer = await client.request(method, path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await client.get("/_effects")).json() == []


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"amount_minor": 2491}, 409, "exceeds_line"),
        ({"amount_minor": 2981, "line_id": None}, 409, "exceeds_paid"),
        ({"amount_minor": 0}, 422, "invalid"),
        ({"amount_minor": -2490}, 422, "invalid"),
        ({"amount_minor": 24.9}, 422, "invalid"),
        ({"amount_minor": "2490"}, 422, "invalid"),
        ({"amount_minor": True}, 422, "invalid"),
        ({"currency": "USD"}, 422, "invalid"),
        ({"currency": None}, 422, "invalid"),
        ({"line_id": "4690-1"}, 404, "not_found"),
        ({"order_id": "9999"}, 404, "not_found"),
        ({"approved_by": "the manager"}, 422, "invalid"),
    ],
)
async def test_a_wrong_refund_is_not_paid(
    change: Mapping[str, Any], status: int, code: str, client: httpx.AsyncClient
) -> None:
    answer = await WRITES["createRefund"].send(client, **change)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await client.get("/orders/4533/refunds")).json() == []


async def test_split_refunds_together_stop_at_what_was_paid(client: httpx.AsyncClient) -> None:
    split: Mapping[str, Any] = {"line_id": None, "amount_minor": 1000}
    answers = [(await WRITES["createRefund"].send(client, **split)).status_code for _ in range(4)]
    assert answers == [201, 201, 409, 409]
    assert (await client.get("/orders/4533")).json()["totals"]["refunded"]["amount_minor"] == 2000


async def test_nothing_is_paid_back_of_what_was_not_paid(client: httpx.AsyncClient) -> None:
    orders = [(await client.get(f"/customers/C-{n}/orders")).json() for n in range(1014, 1052)]
    unpaid = next(order for theirs in orders for order in theirs if order["state"] == "placed")
    order = {"order_id": unpaid["order_id"], "line_id": None}
    answer = await WRITES["createRefund"].send(client, **order, amount_minor=1)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_paid")


async def test_one_retention_offer_at_a_time(client: httpx.AsyncClient) -> None:
    offers = (await client.get("/customers/C-1013/retention-offers")).json()
    assert [offer["offer_id"] for offer in offers] == ["TEN-S-204", "FIFTEEN-S-204"]
    first, second = [await client.post(f"/retention-offers/{offer['offer_id']}/apply") for offer in offers]
    assert (first.status_code, second.status_code, second.json()["code"]) == (200, 409, "limit_reached")


async def test_links_for_a_new_password_are_few(client: httpx.AsyncClient) -> None:
    answers = [await WRITES["requestPasswordReset"].send(client) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 409]
    assert answers[0].json()["sent_to"] == "***0111"
    assert answers[3].json()["code"] == "too_many_resets"
