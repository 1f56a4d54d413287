"""Orders and their parcels."""

from fastapi import HTTPException

from simulator.company.access import responses
from simulator.company.office import TheOffice, look_up
from simulator.company.records.orders import Order, Shipment
from simulator.company.watch import watched_router

router = watched_router("orders")


@router.get(
    "/customers/{customer_id}/orders",
    operation_id="listCustomerOrders",
    summary="List a customer's orders, newest first",
    responses=responses(404),
)
def list_of_customer(office: TheOffice, customer_id: str) -> list[Order]:
    look_up(office.customers, customer_id, "customer")
    theirs = [order for order in office.orders.values() if order.customer_id == customer_id]
    return sorted(theirs, key=lambda order: (order.placed_on, order.order_id), reverse=True)


@router.get("/orders/{order_id}", operation_id="getOrder", summary="Get an order", responses=responses(404))
def get_order(office: TheOffice, order_id: str) -> Order:
    return look_up(office.orders, order_id, "order")


@router.get(
    "/orders/{order_id}/shipment",
    operation_id="getShipment",
    summary="Get an order's parcel and what the carrier has seen of it",
    responses=responses(404),
)
def get_shipment(office: TheOffice, order_id: str) -> Shipment:
    look_up(office.orders, order_id, "order")
    if order_id not in office.shipments:
        raise HTTPException(404, f"Order {order_id} has no parcel yet.")
    return office.shipments[order_id]
