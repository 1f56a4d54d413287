"""Works out what each subscriber may be offered to stay."""

from datetime import date, timedelta

from simulator.company.records.customers import Customer, Tier
from simulator.company.records.kept import Money
from simulator.company.records.offers import RetentionOffer
from simulator.company.records.subscriptions import Subscription
from simulator.company.seed.data import Entry, read

STAYING = frozenset({"active", "trial", "paused"})


class PlannedOffer(Entry):
    """A retention offer before there is a subscription."""

    name: str
    tiers: list[Tier]
    text: str
    percent: int
    periods: int
    days: int


class Offers(Entry):
    """`offers.toml`."""

    offers: list[PlannedOffer]


def offers(
    today: date, people: dict[str, Customer], subscriptions: dict[str, Subscription]
) -> dict[str, RetentionOffer]:
    made = [
        RetentionOffer(
            offer_id=f"{planned.name}-{one.subscription_id}",
            customer_id=one.customer_id,
            subscription_id=one.subscription_id,
            text=planned.text,
            percent=planned.percent,
            periods=planned.periods,
            worth=Money(amount_minor=one.price.amount_minor * planned.percent * planned.periods // 100),
            state="available",
            valid_until=today + timedelta(days=planned.days),
        )
        for one in subscriptions.values()
        if one.state in STAYING
        for planned in read(Offers).offers
        if people[one.customer_id].tier in planned.tiers
    ]
    return {offer.offer_id: offer for offer in made}
