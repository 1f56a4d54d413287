"""Subscriptions: coffee, filters, internet and the like; pauses and plans."""

from datetime import timedelta

from simulator.company.access import Refusal, conflict
from simulator.company.desk import Desk, TheWrite, require
from simulator.company.office import TheOffice, look_up
from simulator.company.records.subscriptions import NewPause, NewPlan, Plan, Subscription

LONGEST_PAUSE_DAYS = 92
RUNNING = frozenset({"trial", "active"})

desk = Desk("subscriptions")


@desk.read("/plans", "listPlans", "List what can be subscribed to")
def list_plans(office: TheOffice) -> list[Plan]:
    return list(office.plans.values())


@desk.read("/customers/{customer_id}/subscriptions", "listSubscriptions", "List a customer's subscriptions")
def list_of_customer(office: TheOffice, customer_id: str) -> list[Subscription]:
    look_up(office.customers, customer_id, "customer")
    return [one for one in office.subscriptions.values() if one.customer_id == customer_id]


@desk.read("/subscriptions/{subscription_id}", "getSubscription", "Get a subscription")
def get_subscription(office: TheOffice, subscription_id: str) -> Subscription:
    return look_up(office.subscriptions, subscription_id, "subscription")


@desk.write(
    "/subscriptions/{subscription_id}/pause",
    "pauseSubscription",
    "Let a subscription rest until a day",
    "already_paused",
    "not_running",
)
async def pause(write: TheWrite, subscription_id: str, wanted: NewPause) -> Subscription:
    """Undone by `resumeSubscription`."""
    office = write.office
    one = write.find(office.subscriptions, subscription_id, "subscription")
    last = office.today + timedelta(days=LONGEST_PAUSE_DAYS)
    if not office.today < wanted.until <= last:
        raise Refusal(422, "invalid", f"until: a day after today, {last} at the latest.")
    require(one.state != "paused", "already_paused", f"It is paused until {one.paused_until}.")
    require(one.state in RUNNING, "not_running", f"Subscription {subscription_id} is {one.state}.")
    charge = one.next_charge_on and max(one.next_charge_on, wanted.until)
    wait = charge - one.next_charge_on if charge and one.next_charge_on else timedelta(0)
    return write.change(
        office.subscriptions,
        subscription_id,
        state="paused",
        paused_until=wanted.until,
        next_charge_on=charge,
        next_delivery_on=one.next_delivery_on and one.next_delivery_on + wait,
    )


@desk.write(
    "/subscriptions/{subscription_id}/resume",
    "resumeSubscription",
    "End the pause of a subscription",
    "not_paused",
)
async def resume(write: TheWrite, subscription_id: str) -> Subscription:
    """Undone by `pauseSubscription` with the `paused_until` from before."""
    office = write.office
    one = write.find(office.subscriptions, subscription_id, "subscription")
    require(one.state == "paused", "not_paused", f"Subscription {subscription_id} is {one.state}.")
    charge = max(one.paid_until, office.today) + timedelta(days=1)
    earlier = one.next_charge_on - charge if one.next_charge_on else timedelta(0)
    return write.change(
        office.subscriptions,
        subscription_id,
        state="active",
        paused_until=None,
        next_charge_on=charge,
        next_delivery_on=one.next_delivery_on and one.next_delivery_on - earlier,
    )


@desk.write(
    "/subscriptions/{subscription_id}/plan",
    "changeSubscriptionPlan",
    "Change to another plan of the same family from the next charge on",
    "same_plan",
    "other_family",
    "not_running",
    method="PUT",
)
async def change_plan(write: TheWrite, subscription_id: str, wanted: NewPlan) -> Subscription:
    """Undone by the same with `previous_plan_id`."""
    office = write.office
    one = write.find(office.subscriptions, subscription_id, "subscription")
    plan = look_up(office.plans, wanted.plan_id, "plan")
    require(plan.plan_id != one.plan_id, "same_plan", f"The plan is {plan.plan_id} already.")
    if plan.family != office.plans[one.plan_id].family:
        raise conflict("other_family", f"{plan.plan_id} is not of the family of {one.plan_id}.")
    require(
        one.state in RUNNING | {"paused"}, "not_running", f"Subscription {subscription_id} is {one.state}."
    )
    return write.change(
        office.subscriptions,
        subscription_id,
        plan_id=plan.plan_id,
        name=plan.name,
        price=plan.price,
        every_days=plan.every_days,
        previous_plan_id=one.plan_id,
    )
