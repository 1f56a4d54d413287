"""What lies in the warehouse."""

from simulator.company.access import responses
from simulator.company.office import TheOffice, look_up
from simulator.company.records.stock import Stock
from simulator.company.watch import watched_router

router = watched_router("stock")


@router.get(
    "/stock/{sku}",
    operation_id="getStock",
    summary="Get an article's price and how many are there",
    responses=responses(404),
)
def get_stock(office: TheOffice, sku: str) -> Stock:
    return look_up(office.stock, sku, "article")
