"""What lies in the warehouse."""

from simulator.company.desk import Desk
from simulator.company.office import TheOffice, look_up
from simulator.company.records.stock import Stock

desk = Desk("stock")


@desk.read("/stock/{sku}", "getStock", "Get an article's price and how many are there")
def get_stock(office: TheOffice, sku: str) -> Stock:
    return look_up(office.stock, sku, "article")
