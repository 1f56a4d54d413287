"""Draws subscriptions and works out what comes next of each."""

from datetime import date, timedelta

from simulator.company.records.kept import Money
from simulator.company.records.subscriptions import Billing, Plan, Subscription, SubscriptionState
from simulator.company.seed.data import Catalogue, Heroes, PlannedSubscription, chance, read

FIRST_NUMBER = 211
DAYS_TO_PACK = 2
COUNTS: dict[SubscriptionState, int] = {
    "active": 9,
    "trial": 3,
    "past_due": 3,
    "paused": 4,
    "ending": 3,
    "cancelled": 4,
}


def subscriptions(today: date, strangers: list[str]) -> dict[str, Subscription]:
    planned = [*read(Heroes).subscriptions, *_drawn(strangers)]
    return {one.subscription_id: _subscription(one, today) for one in planned}


def plans() -> dict[str, Plan]:
    return {
        one.plan: Plan(
            plan_id=one.plan,
            family=one.family,
            name=one.name,
            price=Money(amount_minor=one.price),
            every_days=one.every_days,
        )
        for one in read(Catalogue).plans
    }


def billing(subscriptions: dict[str, Subscription]) -> dict[str, Billing]:
    return {
        number: Billing(
            subscription_id=number,
            customer_id=one.customer_id,
            state="stopped" if one.next_charge_on is None else "running",
        )
        for number, one in subscriptions.items()
    }


def _drawn(strangers: list[str]) -> list[PlannedSubscription]:
    draw = chance("subscriptions")
    states = [state for state, count in COUNTS.items() for _ in range(count)]
    owners = draw.sample(strangers, len(states))
    drawn = []
    for place, (state, owner) in enumerate(zip(states, owners, strict=True)):
        plan = draw.choice(read(Catalogue).plans)
        periods = 0 if state == "trial" else draw.randint(1, 8)
        # The period that was paid last is over where nothing was paid since, and runs otherwise.
        over = plan.every_days if state in {"past_due", "cancelled"} else 0
        last_charge = -over - draw.randint(1, min(plan.every_days - 4, 6 if over else plan.every_days))
        drawn.append(
            PlannedSubscription(
                subscription_id=f"S-{FIRST_NUMBER + place}",
                customer_id=owner,
                plan=plan.plan,
                state=state,
                started=last_charge - periods * plan.every_days,
                last_charge=last_charge,
                paused_until=draw.randint(10, 60) if state == "paused" else None,
            )
        )
    return drawn


def _subscription(planned: PlannedSubscription, today: date) -> Subscription:
    plan = read(Catalogue).plan(planned.plan)
    paid_until = today + timedelta(days=planned.last_charge + plan.every_days - 1)
    resumes = None if planned.paused_until is None else today + timedelta(days=planned.paused_until)
    next_charge = _next_charge(planned.state, paid_until, resumes, today)
    delivers = plan.ships and planned.state in {"active", "trial", "paused"} and next_charge is not None
    return Subscription(
        subscription_id=planned.subscription_id,
        customer_id=planned.customer_id,
        plan_id=plan.plan,
        name=plan.name,
        state=planned.state,
        price=Money(amount_minor=plan.price),
        every_days=plan.every_days,
        started_on=today + timedelta(days=planned.started),
        paid_until=paid_until,
        next_charge_on=next_charge,
        next_delivery_on=next_charge + timedelta(days=DAYS_TO_PACK) if delivers and next_charge else None,
        paused_until=resumes,
        ends_on=paid_until if planned.state in {"ending", "cancelled"} else None,
    )


def _next_charge(
    state: SubscriptionState, paid_until: date, resumes: date | None, today: date
) -> date | None:
    """A failed charge is tried again tomorrow; a pause moves the charge to its end at the earliest."""
    due = paid_until + timedelta(days=1)
    if state in {"ending", "cancelled"}:
        return None
    if state == "past_due":
        return today + timedelta(days=1)
    return max(due, resumes) if resumes else due
