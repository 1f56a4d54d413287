"""One request for each write that the back office offers, and which of them take which back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx


@dataclass(frozen=True, kw_only=True)
class Request:
    """A write that succeeds on the founding day, after those of `first`."""

    path: str
    body: Mapping[str, Any] | None = None
    method: str = "POST"
    first: Sequence[str] = field(default=())

    async def send(self, client: httpx.AsyncClient, key: str | None = None, **changes: Any) -> httpx.Response:
        """`changes` replace fields of the body."""
        headers = {} if key is None else {"Idempotency-Key": key}
        body = None if self.body is None and not changes else {**(self.body or {}), **changes}
        return await client.request(self.method, self.path, json=body, headers=headers)


REASON = {"reason": "The customer asked for it."}
ADDRESS = {"street": "9 New Street", "postcode": "D02 X285", "city": "Dublin", "country": "IE"}
REFUND = {
    "order_id": "4533",
    "line_id": "4533-1",
    "amount_minor": 2490,
    "currency": "EUR",
    "reason": "Broken",
}
CREDIT = {
    "customer_id": "C-1003",
    "amount_minor": 1000,
    "currency": "EUR",
    "reason": "Late",
    "order_id": "4655",
}
DISPUTE = {"reason": "wrong_amount", "amount_minor": 500, "currency": "EUR"}
TICKET = {"customer_id": "C-1002", "topic": "other", "subject": "Call back"}
SLOTS = ("repair-0305-11", "repair-0305-14")

WRITES: Mapping[str, Request] = {
    "updateCustomerContact": Request(
        path="/customers/C-1001/contact",
        body={"phone": "+14155550195", "email": "anna@example.com"},
        method="PATCH",
    ),
    "restoreCustomerContact": Request(
        path="/customers/C-1001/contact/restore", first=["updateCustomerContact"]
    ),
    "setMarketingPreference": Request(
        path="/customers/C-1001/marketing", body={"channel": "email", "allowed": False}, method="PUT"
    ),
    "addCustomerNote": Request(
        path="/customers/C-1001/notes", body={"text": "Is happy.", "order_id": "4712"}
    ),
    "requestPasswordReset": Request(path="/customers/C-1001/password-resets", body={"channel": "sms"}),
    "cancelOrder": Request(path="/orders/4731/cancel", body=REASON),
    "reinstateOrder": Request(path="/orders/4731/reinstate", first=["cancelOrder"]),
    "changeOrderAddress": Request(path="/orders/4731/address", body=ADDRESS, method="PUT"),
    "restoreOrderAddress": Request(path="/orders/4731/address/restore", first=["changeOrderAddress"]),
    "changeOrderLine": Request(
        path="/orders/4731/lines/4731-1", body={"sku": "JACKET-L", "quantity": 2}, method="PATCH"
    ),
    "createRefund": Request(path="/refunds", body=REFUND),
    "cancelRefund": Request(path="/refunds/RF-7001/cancel", first=["createRefund"]),
    "createReplacementShipment": Request(path="/orders/4601/replacements", body={"reason": "lost"}),
    "cancelReplacementShipment": Request(
        path="/replacements/RP-7001/cancel", first=["createReplacementShipment"]
    ),
    "createReturn": Request(path="/orders/4388/returns", body=REASON),
    "cancelReturn": Request(path="/returns/RT-7001/cancel", first=["createReturn"]),
    "createExchange": Request(path="/orders/4388/exchanges", body={"line_id": "4388-1", "sku": "JACKET-L"}),
    "cancelExchange": Request(path="/exchanges/EX-7001/cancel", first=["createExchange"]),
    "createCredit": Request(path="/credits", body=CREDIT),
    "revokeCredit": Request(path="/credits/CR-7001/revoke", first=["createCredit"]),
    "openDispute": Request(path="/invoices/INV-4690/disputes", body=DISPUTE),
    "withdrawDispute": Request(path="/disputes/D-7001/withdraw", first=["openDispute"]),
    "grantProvisionalCredit": Request(path="/disputes/D-4466/provisional-credit"),
    "pauseSubscription": Request(path="/subscriptions/S-201/pause", body={"until": "2026-04-30"}),
    "resumeSubscription": Request(path="/subscriptions/S-202/resume"),
    "changeSubscriptionPlan": Request(
        path="/subscriptions/S-201/plan", body={"plan_id": "COFFEE-1"}, method="PUT"
    ),
    "cancelSubscription": Request(path="/subscriptions/S-201/cancel", body=REASON),
    "reinstateSubscription": Request(path="/subscriptions/S-201/reinstate", first=["cancelSubscription"]),
    "stopBilling": Request(path="/subscriptions/S-201/billing/stop"),
    "resumeBilling": Request(path="/subscriptions/S-201/billing/resume", first=["stopBilling"]),
    "applyRetentionOffer": Request(path="/retention-offers/TEN-S-201/apply"),
    "revokeRetentionOffer": Request(path="/retention-offers/TEN-S-201/revoke", first=["applyRetentionOffer"]),
    "bookAppointment": Request(
        path="/appointments", body={"customer_id": "C-1002", "slot_id": SLOTS[0], "about": "coffee machine"}
    ),
    "moveAppointment": Request(
        path="/appointments/A-7001/move", body={"slot_id": SLOTS[1]}, first=["bookAppointment"]
    ),
    "cancelAppointment": Request(path="/appointments/A-7001/cancel", first=["bookAppointment"]),
    "runDeviceDiagnostic": Request(path="/devices/DV-601/diagnostics", body={"test": "wifi"}),
    "pushDeviceConfiguration": Request(
        path="/devices/DV-601/configurations", body={"profile": "wifi_auto_channel"}
    ),
    "rollbackDeviceConfiguration": Request(
        path="/devices/DV-601/configurations/rollback", first=["pushDeviceConfiguration"]
    ),
    "createTicket": Request(path="/tickets", body=TICKET),
    "closeTicket": Request(path="/tickets/T-501/close", body={"resolution": "It came."}),
    "reopenTicket": Request(path="/tickets/T-501/reopen", first=["closeTicket"]),
}

UNDONE = {
    "updateCustomerContact": ("restoreCustomerContact", "/customers/C-1001"),
    "cancelOrder": ("reinstateOrder", "/orders/4731"),
    "changeOrderAddress": ("restoreOrderAddress", "/orders/4731"),
    "createRefund": ("cancelRefund", "/orders/4533"),
    "createReplacementShipment": ("cancelReplacementShipment", "/stock/PACK-30"),
    "createExchange": ("cancelExchange", "/orders/4388"),
    "cancelSubscription": ("reinstateSubscription", "/subscriptions/S-201"),
    "stopBilling": ("resumeBilling", "/subscriptions/S-201/billing"),
    "applyRetentionOffer": ("revokeRetentionOffer", "/subscriptions/S-201"),
    "pushDeviceConfiguration": ("rollbackDeviceConfiguration", "/devices/DV-601/status"),
    "closeTicket": ("reopenTicket", "/tickets/T-501"),
}
"""A write, what takes it back, and a record that is then as it was."""


async def prepare(client: httpx.AsyncClient, operation: str) -> Request:
    """What must be done first is done."""
    request = WRITES[operation]
    for name in request.first:
        assert (await (await prepare(client, name)).send(client)).is_success
    return request
