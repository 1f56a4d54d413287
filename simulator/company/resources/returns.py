"""Returns and exchanges: goods on their way back, and what goes out for them."""

from datetime import timedelta

from simulator.company.desk import Desk, TheWrite, Write, next_number, require
from simulator.company.office import Office, TheOffice, look_up
from simulator.company.records.kept import Money
from simulator.company.records.orders import Order
from simulator.company.records.returns import Exchange, NewExchange, NewReturn, Return
from simulator.company.rules.days import working_days_after
from simulator.company.rules.shelves import put_back, reserve

WINDOW_DAYS = {"standard": 30, "silver": 30, "gold": 45}
DAYS_TO_SEND = 14
DAYS_BACK_AND_FORTH = 5
"""Working days: two until the carrier has scanned the old article, three for the new one."""
POSTAGE = Money(amount_minor=690)
FREE_POSTAGE = Money(amount_minor=0)
NOT_RETURNABLE = ("not_delivered", "return_window_over", "line_already_returned")

desk = Desk("returns")


def _lines_to_return(write: Write, order_id: str, line_id: str | None) -> tuple[Order, list[str]]:
    office = write.office
    order = write.find(office.orders, order_id, "order")
    if line_id is not None:
        look_up({item.line_id: item for item in order.items}, line_id, "line")
    arrived = order.delivered_on
    require(
        arrived is not None and order.state in {"delivered", "partially_delivered", "exchange_pending"},
        "not_delivered",
        f"Order {order_id} is {order.state}.",
    )
    assert arrived is not None
    last_day = arrived + timedelta(days=WINDOW_DAYS[office.customers[order.customer_id].tier])
    require(office.today <= last_day, "return_window_over", f"It could be returned until {last_day}.")
    wanted = [line_id] if line_id else [item.line_id for item in order.items if item.state == "delivered"]
    require(
        _on_their_way_back(office, order_id).isdisjoint(wanted),
        "line_already_returned",
        "A return or an exchange of this is under way.",
    )
    return order, wanted


def _on_their_way_back(office: Office, order_id: str) -> set[str]:
    returned = [one.line_ids for one in office.returns.values() if _stands(one, order_id)]
    exchanged = [[one.line_id] for one in office.exchanges.values() if _stands(one, order_id)]
    return {line for lines in [*returned, *exchanged] for line in lines}


def _stands(one: Return | Exchange, order_id: str) -> bool:
    return one.order_id == order_id and one.state != "cancelled"


@desk.write(
    "/orders/{order_id}/returns",
    "createReturn",
    "Send a label to return an order or a line of it",
    *NOT_RETURNABLE,
    status=201,
)
async def create_return(write: TheWrite, order_id: str, wanted: NewReturn) -> Return:
    """Undone by `cancelReturn`."""
    order, lines = _lines_to_return(write, order_id, wanted.line_id)
    office, number = write.office, next_number("RT", write.office.returns)
    made = Return(
        return_id=number,
        order_id=order_id,
        customer_id=order.customer_id,
        line_ids=lines,
        reason=wanted.reason,
        state="label_sent",
        label_number=f"LB{number[3:]}",
        label_sent_to=office.customers[order.customer_id].email,
        postage=FREE_POSTAGE if order.delivery_address.country == "IE" else POSTAGE,
        send_by=office.today + timedelta(days=DAYS_TO_SEND),
        created_at=write.now,
    )
    return write.keep(office.returns, number, made)


@desk.read("/returns/{return_id}", "getReturn", "Get a return")
def get_return(office: TheOffice, return_id: str) -> Return:
    return look_up(office.returns, return_id, "return")


@desk.read("/orders/{order_id}/returns", "listOrderReturns", "List the returns of an order, oldest first")
def list_returns(office: TheOffice, order_id: str) -> list[Return]:
    look_up(office.orders, order_id, "order")
    return [one for one in office.returns.values() if one.order_id == order_id]


@desk.write("/returns/{return_id}/cancel", "cancelReturn", "Cancel a return", "return_cancelled")
async def cancel_return(write: TheWrite, return_id: str) -> Return:
    made = write.find(write.office.returns, return_id, "return")
    require(made.state != "cancelled", "return_cancelled", f"Return {return_id} was cancelled before.")
    return write.change(write.office.returns, return_id, state="cancelled")


@desk.write(
    "/orders/{order_id}/exchanges",
    "createExchange",
    "Exchange a line of an order for another size or colour",
    *NOT_RETURNABLE,
    "not_a_variant",
    "out_of_stock",
    status=201,
)
async def create_exchange(write: TheWrite, order_id: str, wanted: NewExchange) -> Exchange:
    """Reserves the new article and sends a label. Undone by `cancelExchange`."""
    order, _ = _lines_to_return(write, order_id, wanted.line_id)
    office = write.office
    item = next(one for one in order.items if one.line_id == wanted.line_id)
    article = look_up(office.stock, wanted.sku, "article")
    require(
        article.sku in office.stock[item.sku].variants,
        "not_a_variant",
        f"{article.sku} is not another size or colour of {item.sku}.",
    )
    reserve(write, article.sku, item.quantity)
    number = next_number("EX", office.exchanges)
    exchange = Exchange(
        exchange_id=number,
        order_id=order_id,
        customer_id=order.customer_id,
        line_id=item.line_id,
        quantity=item.quantity,
        returned_sku=item.sku,
        sent_sku=article.sku,
        sent_name=article.name,
        price_difference_minor=item.quantity * (article.price.amount_minor - item.unit_price.amount_minor),
        state="reserved",
        label_number=f"LB{number[3:]}",
        label_sent_to=office.customers[order.customer_id].email,
        send_by=office.today + timedelta(days=DAYS_TO_SEND),
        expected_on=working_days_after(office.today, DAYS_BACK_AND_FORTH),
        created_at=write.now,
    )
    write.change(office.orders, order_id, state="exchange_pending")
    return write.keep(office.exchanges, number, exchange)


@desk.read("/exchanges/{exchange_id}", "getExchange", "Get an exchange")
def get_exchange(office: TheOffice, exchange_id: str) -> Exchange:
    return look_up(office.exchanges, exchange_id, "exchange")


@desk.read(
    "/orders/{order_id}/exchanges", "listOrderExchanges", "List the exchanges of an order, oldest first"
)
def list_exchanges(office: TheOffice, order_id: str) -> list[Exchange]:
    look_up(office.orders, order_id, "order")
    return [one for one in office.exchanges.values() if one.order_id == order_id]


@desk.write("/exchanges/{exchange_id}/cancel", "cancelExchange", "Cancel an exchange", "exchange_cancelled")
async def cancel_exchange(write: TheWrite, exchange_id: str) -> Exchange:
    """The article that was reserved is free again."""
    office = write.office
    made = write.find(office.exchanges, exchange_id, "exchange")
    require(made.state == "reserved", "exchange_cancelled", f"Exchange {exchange_id} was cancelled before.")
    put_back(write, made.sent_sku, made.quantity)
    changed = write.change(office.exchanges, exchange_id, state="cancelled")
    if not any(_stands(one, made.order_id) for one in office.exchanges.values()):
        complete = all(item.state == "delivered" for item in office.orders[made.order_id].items)
        write.change(office.orders, made.order_id, state="delivered" if complete else "partially_delivered")
    return changed
