"""Calls in which sentences are checked: what each of them knows."""

from datetime import date, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from domain.company import OpeningHours
from domain.truth import Deed, Evidence, words_for

TODAY = date(2026, 11, 21)  # a Saturday
ZONE = ZoneInfo("Europe/Dublin")
DAY = ((time(9), time(18)),)
HOURS = OpeningHours(
    zone=ZONE,
    weekly={0: DAY, 1: DAY, 2: DAY, 3: ((time(9), time(20)),), 4: DAY, 5: ((time(10), time(14)),)},
)
INNER = ("find_order", "State only what a tool returned in this call, what the company's documents say.")


def euros(minor: int) -> dict[str, Any]:
    return {"amount_minor": minor, "currency": "EUR"}


ON_ITS_WAY: dict[str, Any] = {
    "order_id": "4712",
    "state": "in_transit",
    "placed_on": "2026-11-16",
    "promised_on": "2026-11-23",
    "expected_on": "2026-11-24",
    "delivered_on": None,
    "items": [
        {"name": "oak desk lamp", "quantity": 1, "unit_price": euros(4600), "state": "sent"},
        {"name": "small steel kettle", "quantity": 2, "unit_price": euros(1250), "state": "sent"},
    ],
    "totals": {"goods": euros(7100), "delivery": euros(390), "total": euros(7490), "refunded": euros(0)},
    "shipment": {
        "carrier": "Swift Post",
        "tracking_number": "SP123456785",
        "state": "in_transit",
        "last_scan": "Sorted in Athlone.",
    },
}
STOVE: dict[str, Any] = {
    "order_id": "4690",
    "state": "delivered",
    "placed_on": "2026-11-10",
    "expected_on": None,
    "delivered_on": "2026-11-18",
    "items": [{"name": "camping stove", "quantity": 1, "unit_price": euros(8000), "state": "delivered"}],
    "totals": {"total": euros(8000)},
}
COFFEE: dict[str, Any] = {
    "subscription_id": "S-201",
    "name": "coffee",
    "state": "active",
    "price": euros(1890),
    "every_days": 28,
    "next_charge_on": "2026-12-01",
    "next_delivery_on": "2026-12-03",
    "paused_until": None,
}
CHARGED = {"kind": "charge", "on": "2026-11-16", "method": "card", "amount": euros(7490), "state": "settled"}


def nothing(language: str = "en") -> Evidence:
    """A call at its beginning."""
    return Evidence(
        today=TODAY,
        zone=ZONE,
        words=words_for(language),
        hours=HOURS,
        names=["Larkfield"],
        inner=INNER,
        forbidden=["lawsuit settlement", "medical advice"],
    )


def call(
    *facts: dict[str, Any], deeds: tuple[Deed, ...] = (), said: str = "", language: str = "en"
) -> Evidence:
    evidence = nothing(language)
    for each in facts:
        evidence.learn_facts(each)
    for deed in deeds:
        evidence.learn_deed(deed)
    evidence.learn_said(said)
    return evidence


def deed(kind: str, status: Any = "done", **facts: Any) -> Deed:
    return Deed(kind=kind, status=status, facts=facts)


def citing(*documents: str) -> Evidence:
    """A call that cited documents of the sample company."""
    evidence = nothing()
    for name in documents:
        text = (Path(__file__).parents[3] / f"companies/sample/knowledge/{name}.md").read_text("utf-8")
        evidence.learn_passage(text.split("---", 2)[2].replace("## ", ""))
    return evidence


REFUND = deed("refund", order_id="4690", amount=euros(2500))
APPOINTMENT = deed(
    "book_appointment",
    appointment_id="A-301",
    starts_at="2026-11-24T10:00:00",
    ends_at="2026-11-24T12:00:00",
)

CALLS = {
    "nothing": nothing(),
    "on its way": call(
        ON_ITS_WAY, said="My name is Anna Smith, the order is four seven one two, it cost fifty euros"
    ),
    "delivered": call(STOVE),
    "two orders": call(ON_ITS_WAY, STOVE),
    "refunded": call(STOVE, deeds=(REFUND,)),
    "waits for approval": call(
        STOVE, deeds=(deed("refund", "waiting", order_id="4690", amount=euros(8000)),)
    ),
    "refund undone": call(deeds=(deed("refund", amount=euros(2500)), deed("refund", "undone"))),
    "credited": call(deeds=(deed("give_credit", amount=euros(2000)),)),
    "booked": call(deeds=(APPOINTMENT,)),
    "message taken": call(deeds=(deed("take_message", number="+14155550111"),)),
    "label sent": call(
        {"email": "sofia@example.com", "name": "Sofia Rossi"}, deeds=(deed("send_label", order_id="4388"),)
    ),
    "cancelled": call({**ON_ITS_WAY, "state": "cancelled", "expected_on": None, "shipment": None}),
    "cancelled now": call(
        {**ON_ITS_WAY, "state": "paid", "shipment": None}, deeds=(deed("cancel_order", order_id="4712"),)
    ),
    "not cancelled": call(
        {**ON_ITS_WAY, "state": "paid", "shipment": None},
        deeds=(deed("cancel_order", "failed", order_id="4712"),),
    ),
    "delayed": call(
        {"order_id": "4655", "state": "delayed", "promised_on": "2026-11-19", "expected_on": "2026-11-23"}
    ),
    "lost": call({"order_id": "4601", "state": "lost", "promised_on": "2026-11-12", "expected_on": None}),
    "coffee": call(COFFEE),
    "coffee paused": call(
        COFFEE, deeds=(deed("pause_subscription", subscription_id="S-201", until="2027-01-15"),)
    ),
    "orders": call(
        {
            "results": [
                {"order_id": "4712", "state": "in_transit", "expected_on": "2026-11-24"},
                {"order_id": "4690", "state": "delivered", "delivered_on": "2026-11-18"},
                {"order_id": "4533", "state": "refunded", "placed_on": "2026-11-01"},
            ]
        }
    ),
    "sold out": call(
        {"name": "walnut desk lamp", "price": euros(5490), "available": 0, "restocked_on": "2026-11-30"}
    ),
    "in stock": call({"name": "two person tent", "price": euros(18900), "available": 7}),
    "charged twice": call(
        {
            "invoice_id": "R-8841",
            "state": "paid",
            "total": euros(7490),
            "issued_on": "2026-11-16",
            "payments": [CHARGED, CHARGED],
        }
    ),
    "rules": citing(
        "returns-v2", "delivery-costs-v2", "refunds", "contact-hours", "lost-parcels", "subscription-pause",
        "return-exceptions", "damaged-items", "warranty", "gift-cards", "order-cancellation", "appointments",
        "payment-methods", "account",
    ),
    "delivery rules": citing(
        "damaged-items", "lost-parcels", "refunds", "complaints", "exchanges", "delivery-times"
    ),
    "german": call(
        ON_ITS_WAY, deeds=(deed("refund", order_id="4712", amount=euros(2500)),), language="de"
    ),
    "german at first": nothing("de"),
}  # fmt: skip
