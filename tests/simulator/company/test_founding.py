"""Larkfield's past: rich, the same on every machine, moving with the day, and free of contradictions."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.company.office import Office
from simulator.company.records.appointments import AppointmentState
from simulator.company.records.invoices import DisputeReason, DisputeState, InvoiceState
from simulator.company.records.orders import Order, OrderState
from simulator.company.records.subscriptions import SubscriptionState
from simulator.company.records.tickets import TicketState
from simulator.company.seed.founding import found_office

TODAY = date(2026, 3, 4)
FICTIONAL = re.compile(r"\+141555501\d\d|\+442079460\d{3}")


def office_on(today: date) -> Office:
    return found_office(today, lambda: datetime(2026, 3, 4, tzinfo=UTC))


@pytest.fixture(scope="module")
def office() -> Office:
    return office_on(TODAY)


def test_there_is_enough_of_everything(office: Office) -> None:
    assert len(office.customers) >= 40
    assert len(office.orders) >= 120
    assert min(len(office.subscriptions), len(office.appointments), len(office.tickets)) >= 20
    assert {slot.service for slot in office.slots.values()} == {
        "installation",
        "repair",
        "internet_installation",
    }


def test_every_state_occurs(office: Office) -> None:
    invoices = office.invoices.values()
    disputes = [dispute for invoice in invoices for dispute in invoice.disputes]
    assert {order.state for order in office.orders.values()} == set(get_args(OrderState))
    assert {one.state for one in office.subscriptions.values()} == set(get_args(SubscriptionState))
    assert {one.state for one in office.appointments.values()} == set(get_args(AppointmentState))
    assert {one.state for one in office.tickets.values()} == set(get_args(TicketState))
    assert {invoice.state for invoice in invoices} == set(get_args(InvoiceState))
    assert {dispute.state for dispute in disputes} == set(get_args(DisputeState))
    assert {dispute.reason for dispute in disputes} == set(get_args(DisputeReason))


def test_nobody_real_can_be_rung_or_written_to(office: Office) -> None:
    phones = [phone for customer in office.customers.values() for phone in customer.phones]
    assert all(FICTIONAL.fullmatch(phone) for phone in phones)
    assert [phone for phone, owners in Counter(phones).items() if owners > 1] == ["+442079460108"]
    assert not [phone for phone in phones if re.fullmatch(r"\+1415555(010\d|0110|019\d)", phone)]
    assert all(customer.email.endswith("@example.com") for customer in office.customers.values())


def test_the_parcel_of_4712_comes_tomorrow_to_anna_smith(office: Office) -> None:
    order = office.orders["4712"]
    anna = office.customers[order.customer_id]
    assert (anna.name, anna.phones) == ("Anna Smith", ["+14155550111"])
    assert (order.state, order.expected_on) == ("dispatched", TODAY + timedelta(days=1))


def test_the_other_heroes_are_what_scenes_take_them_for(office: Office) -> None:
    assert office.orders["4690"].state == "delivered"
    assert office.orders["4690"].totals.total.amount_minor == 8000
    lamp = office.orders["4533"]
    assert (lamp.delivered_on, lamp.items[0].name) == (TODAY - timedelta(days=9), "bedside lamp")
    late = office.orders["4655"]
    assert late.state == "delayed"
    assert late.expected_on is not None
    assert late.promised_on < TODAY < late.expected_on
    assert office.customers[late.customer_id].tier == "gold"
    larger = office.stock["JACKET-L"]
    assert larger.available > 0
    assert office.orders["4388"].items[0].sku in larger.variants
    charges = [payment.kind for payment in office.invoices["INV-4466"].payments]
    assert charges == ["charge", "charge"]


def moved(office: Office, days: int) -> dict[str, list[object]]:
    """What the orders of `office` would be if every day in them were `days` later."""
    shift = timedelta(days=days)
    return {
        number: [
            order.state,
            order.items,
            order.placed_on + shift,
            order.promised_on + shift,
            order.expected_on and order.expected_on + shift,
            order.delivered_on and order.delivered_on + shift,
        ]
        for number, order in office.orders.items()
    }


def test_orders_move_with_the_day_and_change_in_nothing_else(office: Office) -> None:
    later = office_on(TODAY + timedelta(days=400))
    assert moved(office, 400) == moved(later, 0)
    assert office.customers.keys() == later.customers.keys()


def contradictions(order: Order, office: Office) -> list[str]:
    """Each sentence names what cannot be true of one order."""
    goods = sum(item.quantity * item.unit_price.amount_minor for item in order.items)
    invoice = office.invoices[order.invoice_id]
    charged = sum(p.amount.amount_minor for p in invoice.payments if p.kind == "charge")
    paid_back = sum(p.amount.amount_minor for p in invoice.payments if p.kind == "refund")
    shipment = office.shipments.get(order.order_id)
    scans = [scan.at for scan in shipment.scans] if shipment else []
    doubly_charged = any(dispute.reason == "charged_twice" for dispute in invoice.disputes)
    expected_charge = (
        0 if order.state == "placed" else order.totals.total.amount_minor * (2 if doubly_charged else 1)
    )
    facts = {
        "its number has four digits": bool(re.fullmatch(r"[1-9]\d{3}", order.order_id)),
        "its owner exists": order.customer_id in office.customers,
        "it was placed by today": order.placed_on <= office.today,
        "it was promised after it was placed": order.promised_on > order.placed_on,
        "it was delivered between its placing and today": order.delivered_on is None
        or order.placed_on < order.delivered_on <= office.today,
        "nothing is expected in the past": order.expected_on is None or order.expected_on >= office.today,
        "a delay has a promise that was broken": order.state not in {"delayed", "lost"}
        or order.promised_on < office.today,
        "its total is the sum": order.totals.total.amount_minor == goods + order.totals.delivery.amount_minor,
        "its invoice is as high": invoice.total == order.totals.total
        and sum(line.amount.amount_minor for line in invoice.lines) == invoice.total.amount_minor,
        "its invoice was paid": charged == expected_charge,
        "its refund was paid": paid_back == order.totals.refunded.amount_minor,
        "the carrier saw it in order, and never tomorrow": scans == sorted(scans)
        and all(at.date() <= office.today for at in scans),
        "the shipment agrees": shipment is None
        or (shipment.promised_on, shipment.delivered_on) == (order.promised_on, order.delivered_on),
        "nobody disputes before paying": all(
            order.placed_on < dispute.opened_on <= office.today for dispute in invoice.disputes
        ),
    }
    return [f"{order.order_id} ({order.state}): not so: {fact}" for fact, holds in facts.items() if not holds]


@settings(max_examples=12, deadline=None)
@given(st.dates(date(2024, 1, 1), date(2036, 12, 31)))
def test_no_order_contradicts_itself_on_any_day(today: date) -> None:
    office = office_on(today)
    assert [wrong for order in office.orders.values() for wrong in contradictions(order, office)] == []


@settings(max_examples=12, deadline=None)
@given(st.dates(date(2024, 1, 1), date(2036, 12, 31)))
def test_technicians_rest_on_sundays_and_visits_lie_on_the_right_side_of_today(today: date) -> None:
    office = office_on(today)
    times = [(slot.starts_at, slot.ends_at) for slot in office.slots.values()]
    times += [(visit.starts_at, visit.ends_at) for visit in office.appointments.values()]
    assert all(starts_at.weekday() != 6 and starts_at < ends_at for starts_at, ends_at in times)
    for visit in office.appointments.values():
        if visit.state in {"booked", "confirmed"}:
            assert visit.starts_at.date() > today
        if visit.state in {"completed", "missed"}:
            assert visit.starts_at.date() < today
    assert len(office.slots) >= 40


def test_subscriptions_are_charged_as_their_state_says(office: Office) -> None:
    for one in office.subscriptions.values():
        ended = one.state in {"ending", "cancelled"}
        assert (one.next_charge_on is None) == ended == (one.ends_on is not None), one
        assert (one.paid_until < TODAY) == (one.state in {"past_due", "cancelled"}), one
        assert (one.paused_until is not None) == (one.state == "paused"), one
        assert one.next_charge_on is None or one.next_charge_on > TODAY, one
