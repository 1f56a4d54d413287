"""Takes articles off the shelf for whoever was promised them, and puts them back."""

from simulator.company.access import conflict
from simulator.company.desk import Write
from simulator.company.office import look_up


def require_stock(write: Write, sku: str, quantity: int) -> None:
    """Raises 404, or 409 with the day on which more arrive."""
    article = look_up(write.office.stock, sku, "article")
    if article.available < quantity:
        more = f"more arrive on {article.restocked_on}" if article.restocked_on else "no more are on order"
        raise conflict("out_of_stock", f"Of {sku} there are {article.available}; {more}.")


def reserve(write: Write, sku: str, quantity: int) -> None:
    require_stock(write, sku, quantity)
    _add(write, sku, -quantity)


def put_back(write: Write, sku: str, quantity: int) -> None:
    _add(write, sku, quantity)


def _add(write: Write, sku: str, quantity: int) -> None:
    article = write.office.stock[sku]
    write.change(write.office.stock, sku, available=article.available + quantity)
