"""Orders and their parcels."""

from fastapi import HTTPException

from simulator.company.desk import Desk
from simulator.company.office import TheOffice, look_up
from simulator.company.records.orders import Order, Shipment

desk = Desk("orders")


@desk.read("/customers/{customer_id}/orders", "listCustomerOrders", "List a customer's orders, newest first")
def list_of_customer(office: TheOffice, customer_id: str) -> list[Order]:
    look_up(office.customers, customer_id, "customer")
    theirs = [order for order in office.orders.values() if order.customer_id == customer_id]
    return sorted(theirs, key=lambda order: (order.placed_on, order.order_id), reverse=True)


@desk.read("/orders/{order_id}", "getOrder", "Get an order")
def get_order(office: TheOffice, order_id: str) -> Order:
    return look_up(office.orders, order_id, "order")


@desk.read(
    "/orders/{order_id}/shipment", "getShipment", "Get an order's parcel and what the carrier has seen of it"
)
def get_shipment(office: TheOffice, order_id: str) -> Shipment:
    look_up(office.orders, order_id, "order")
    if order_id not in office.shipments:
        raise HTTPException(404, f"Order {order_id} has no parcel yet.")
    return office.shipments[order_id]
