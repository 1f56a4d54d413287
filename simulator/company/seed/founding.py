"""Founds Larkfield as it stands on a given day."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from simulator.company.office import Office
from simulator.company.records.customers import Customer
from simulator.company.records.invoices import Invoice
from simulator.company.records.kept import Money
from simulator.company.records.orders import Order, Shipment
from simulator.company.records.stock import Stock
from simulator.company.records.subscriptions import Subscription
from simulator.company.seed.bills import invoice_of_order, invoice_of_period, planned_disputes
from simulator.company.seed.data import Catalogue, Heroes, PlannedOrder, read
from simulator.company.seed.devices import Devices, devices
from simulator.company.seed.files import notes, refunds
from simulator.company.seed.offers import offers
from simulator.company.seed.orders import order_of, planned_orders
from simulator.company.seed.parcels import shipment_of
from simulator.company.seed.people import customers
from simulator.company.seed.subscriptions import billing, plans, subscriptions
from simulator.company.seed.tickets import tickets
from simulator.company.seed.visits import appointments, free_slots


def wall_clock() -> datetime:
    """Now, in the shop's zone."""
    return datetime.now(ZoneInfo(read(Catalogue).shop.zone))


def found_office(today: date, now: Callable[[], datetime]) -> Office:
    people = customers(today)
    strangers = list(people)[len(read(Heroes).customers) :]
    planned = planned_orders(strangers)
    shipments = {one.order_id: parcel for one in planned if (parcel := shipment_of(one, today))}
    orders = _orders(planned, today, people, shipments)
    contracts = subscriptions(today, strangers)
    invoices = _invoices(planned, orders, contracts, today)
    return Office(
        today=today,
        now=now,
        customers=people,
        orders=orders,
        shipments=shipments,
        invoices=invoices,
        disputes={one.dispute_id: one for invoice in invoices.values() for one in invoice.disputes},
        refunds=refunds(invoices),
        plans=plans(),
        subscriptions=contracts,
        billing=billing(contracts),
        offers=offers(today, people, contracts),
        slots=free_slots(today),
        appointments=appointments(today, people, strangers),
        stock=_stock(today),
        tickets=tickets(today, orders),
        notes=notes(today),
        devices=devices(today),
        faults={one.device_id: one.fault for one in read(Devices).devices},
    )


def _orders(
    planned: list[PlannedOrder], today: date, people: dict[str, Customer], shipments: dict[str, Shipment]
) -> dict[str, Order]:
    return {
        one.order_id: order_of(one, today, people[one.customer_id], shipments.get(one.order_id))
        for one in planned
    }


def _invoices(
    planned: list[PlannedOrder], orders: dict[str, Order], contracts: dict[str, Subscription], today: date
) -> dict[str, Invoice]:
    disputes = planned_disputes(planned)
    of_orders = [
        invoice_of_order(orders[one.order_id], one, disputes.get(one.order_id), today) for one in planned
    ]
    of_periods = [invoice_of_period(contract) for contract in contracts.values() if contract.state != "trial"]
    return {invoice.invoice_id: invoice for invoice in [*of_orders, *of_periods]}


def _stock(today: date) -> dict[str, Stock]:
    articles = read(Catalogue).articles
    return {
        article.sku: Stock(
            sku=article.sku,
            name=article.name,
            price=Money(amount_minor=article.price),
            available=article.stock,
            restocked_on=None if article.restock is None else today + timedelta(days=article.restock),
            variants=[
                other.sku for other in articles if other.family == article.family and other.sku != article.sku
            ],
        )
        for article in articles
    }
