"""Subscriptions: coffee, filters, internet and the like."""

from simulator.company.access import responses
from simulator.company.office import TheOffice, look_up
from simulator.company.records.subscriptions import Subscription
from simulator.company.watch import watched_router

router = watched_router("subscriptions")


@router.get(
    "/customers/{customer_id}/subscriptions",
    operation_id="listSubscriptions",
    summary="List a customer's subscriptions",
    responses=responses(404),
)
def list_of_customer(office: TheOffice, customer_id: str) -> list[Subscription]:
    look_up(office.customers, customer_id, "customer")
    return [one for one in office.subscriptions.values() if one.customer_id == customer_id]


@router.get(
    "/subscriptions/{subscription_id}",
    operation_id="getSubscription",
    summary="Get a subscription",
    responses=responses(404),
)
def get_subscription(office: TheOffice, subscription_id: str) -> Subscription:
    return look_up(office.subscriptions, subscription_id, "subscription")
