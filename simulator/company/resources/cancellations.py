"""The end of a subscription: what it pays back, how it is taken back, and the charges that stop."""

from datetime import timedelta

from simulator.company.access import conflict
from simulator.company.desk import Desk, TheWrite, require
from simulator.company.office import Office, TheOffice, look_up
from simulator.company.records.invoices import Invoice
from simulator.company.records.kept import Money
from simulator.company.records.subscriptions import (
    Billing,
    CancellationPreview,
    NewCancellation,
    RenewalQuote,
    Subscription,
    SubscriptionCancellation,
)
from simulator.company.rules.paying_back import pay_back, refundable, take_back

QUOTE_DAYS = 14
QUOTE_PERCENT = {"standard": 0, "silver": 3, "gold": 5}
"""Taken off for another year, by the customer's tier."""
CANCELLABLE = frozenset({"trial", "active", "past_due", "paused"})

desk = Desk("subscriptions")


def _preview(office: Office, one: Subscription) -> CancellationPreview:
    days = max(0, (one.paid_until - office.today).days) if one.state in CANCELLABLE else 0
    invoice, share = _invoice(office, one), 0
    if invoice is not None:
        # By what was paid for the period: a plan that was changed since has another price.
        rounded = (invoice.total.amount_minor * days * 2 + one.every_days) // (2 * one.every_days)
        share = min(rounded, refundable(office, invoice))
    return CancellationPreview(
        subscription_id=one.subscription_id,
        customer_id=one.customer_id,
        ends_on=one.ends_on or office.today,
        paid_until=one.paid_until,
        days_left=days,
        refund=Money(amount_minor=share),
    )


def _invoice(office: Office, one: Subscription) -> Invoice | None:
    """Of the latest period; a trial has none."""
    return office.invoices.get(f"INV-{one.subscription_id.replace('-', '')}")


@desk.read(
    "/subscriptions/{subscription_id}/cancellation-preview",
    "previewCancellation",
    "Tell what a cancellation today would pay back",
)
def preview(office: TheOffice, subscription_id: str) -> CancellationPreview:
    return _preview(office, look_up(office.subscriptions, subscription_id, "subscription"))


@desk.write(
    "/subscriptions/{subscription_id}/cancel",
    "cancelSubscription",
    "End a subscription today and pay back the days that are left",
    "already_cancelled",
)
async def cancel(write: TheWrite, subscription_id: str, wanted: NewCancellation) -> Subscription:
    """Undone by `reinstateSubscription` until the refund is paid out."""
    office = write.office
    one = write.find(office.subscriptions, subscription_id, "subscription")
    if one.state not in CANCELLABLE:
        raise conflict("already_cancelled", f"Subscription {subscription_id} is {one.state}.")
    due, invoice = _preview(office, one).refund, _invoice(office, one)
    refund_id = None
    if invoice is not None and due.amount_minor > 0:
        refund_id = pay_back(write, invoice, due.amount_minor, "Subscription cancelled").refund_id
    return write.change(
        office.subscriptions,
        subscription_id,
        state="cancelled",
        ends_on=office.today,
        next_charge_on=None,
        next_delivery_on=None,
        paused_until=None,
        cancellation=SubscriptionCancellation(
            cancelled_on=office.today,
            reason=wanted.reason,
            state_before=one.state,
            next_charge_on=one.next_charge_on,
            next_delivery_on=one.next_delivery_on,
            paused_until=one.paused_until,
            refund=due,
            refund_id=refund_id,
        ),
    )


@desk.write(
    "/subscriptions/{subscription_id}/reinstate",
    "reinstateSubscription",
    "Take back the cancellation of a subscription",
    "not_cancelled",
    "refund_settled",
    "refund_cancelled",
)
async def reinstate(write: TheWrite, subscription_id: str) -> Subscription:
    office = write.office
    before = write.find(office.subscriptions, subscription_id, "subscription").cancellation
    require(before is not None, "not_cancelled", "It was not cancelled by a request.")
    assert before is not None
    if before.refund_id is not None:
        take_back(write, before.refund_id)
    return write.change(
        office.subscriptions,
        subscription_id,
        state=before.state_before,
        ends_on=None,
        next_charge_on=before.next_charge_on,
        next_delivery_on=before.next_delivery_on,
        paused_until=before.paused_until,
        cancellation=None,
    )


@desk.read(
    "/subscriptions/{subscription_id}/billing",
    "getBilling",
    "Tell whether a subscription is being charged for",
)
def get_billing(office: TheOffice, subscription_id: str) -> Billing:
    return look_up(office.billing, subscription_id, "subscription")


@desk.write(
    "/subscriptions/{subscription_id}/billing/stop",
    "stopBilling",
    "Charge nothing more for a subscription",
    "billing_stopped",
)
async def stop_billing(write: TheWrite, subscription_id: str) -> Billing:
    """Undone by `resumeBilling`."""
    billing = write.find(write.office.billing, subscription_id, "subscription")
    require(billing.state == "running", "billing_stopped", "Nothing is charged for it.")
    return write.change(write.office.billing, subscription_id, state="stopped", stopped_at=write.now)


@desk.write(
    "/subscriptions/{subscription_id}/billing/resume",
    "resumeBilling",
    "Charge for a subscription again",
    "billing_running",
)
async def resume_billing(write: TheWrite, subscription_id: str) -> Billing:
    billing = write.find(write.office.billing, subscription_id, "subscription")
    require(billing.state == "stopped", "billing_running", "It is being charged for.")
    return write.change(write.office.billing, subscription_id, state="running", stopped_at=None)


@desk.read(
    "/subscriptions/{subscription_id}/renewal-quote",
    "getRenewalQuote",
    "Get the price of a subscription for another year",
)
def quote(office: TheOffice, subscription_id: str) -> RenewalQuote:
    """The same for the whole day."""
    one = look_up(office.subscriptions, subscription_id, "subscription")
    percent = 100 - QUOTE_PERCENT[office.customers[one.customer_id].tier]
    return RenewalQuote(
        quote_id=f"Q-{subscription_id}-{office.today:%y%m%d}",
        subscription_id=subscription_id,
        customer_id=one.customer_id,
        plan_id=one.plan_id,
        price=one.price,
        quoted_price=Money(amount_minor=(one.price.amount_minor * percent + 50) // 100),
        term_months=12,
        valid_until=office.today + timedelta(days=QUOTE_DAYS),
    )
