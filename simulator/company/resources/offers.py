"""Retention offers: what may be given to a customer who wants to leave."""

from simulator.company.desk import Desk, TheWrite, require
from simulator.company.office import TheOffice, look_up
from simulator.company.records.offers import RetentionOffer
from simulator.company.records.subscriptions import Discount

desk = Desk("retention")


@desk.read(
    "/customers/{customer_id}/retention-offers",
    "listRetentionOffers",
    "List the offers that a customer may be made, and those that they have",
)
def list_of_customer(office: TheOffice, customer_id: str) -> list[RetentionOffer]:
    look_up(office.customers, customer_id, "customer")
    return [offer for offer in office.offers.values() if offer.customer_id == customer_id]


@desk.read("/retention-offers/{offer_id}", "getRetentionOffer", "Get a retention offer")
def get(office: TheOffice, offer_id: str) -> RetentionOffer:
    return look_up(office.offers, offer_id, "offer")


@desk.write(
    "/retention-offers/{offer_id}/apply",
    "applyRetentionOffer",
    "Give a customer a retention offer",
    "offer_applied",
    "limit_reached",
    "offer_expired",
    "not_running",
)
async def apply(write: TheWrite, offer_id: str) -> RetentionOffer:
    """Undone by `revokeRetentionOffer`."""
    office = write.office
    offer = write.find(office.offers, offer_id, "offer")
    theirs = [one for one in office.offers.values() if one.customer_id == offer.customer_id]
    require(offer.state == "available", "offer_applied", f"Offer {offer_id} was applied before.")
    require(
        not any(one.state == "applied" for one in theirs),
        "limit_reached",
        f"Customer {offer.customer_id} has another offer.",
    )
    require(office.today <= offer.valid_until, "offer_expired", f"It was valid until {offer.valid_until}.")
    subscription = office.subscriptions[offer.subscription_id]
    require(
        subscription.state in {"active", "trial", "paused"},
        "not_running",
        f"Subscription {offer.subscription_id} is {subscription.state}.",
    )
    write.change(
        office.subscriptions,
        offer.subscription_id,
        discount=Discount(offer_id=offer_id, percent=offer.percent, periods=offer.periods),
    )
    return write.change(office.offers, offer_id, state="applied")


@desk.write(
    "/retention-offers/{offer_id}/revoke",
    "revokeRetentionOffer",
    "Take a retention offer back",
    "offer_not_applied",
)
async def revoke(write: TheWrite, offer_id: str) -> RetentionOffer:
    offer = write.find(write.office.offers, offer_id, "offer")
    require(offer.state == "applied", "offer_not_applied", f"Offer {offer_id} was not applied.")
    write.change(write.office.subscriptions, offer.subscription_id, discount=None)
    return write.change(write.office.offers, offer_id, state="available")
