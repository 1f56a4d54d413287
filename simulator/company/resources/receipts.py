"""Receipts: what a write has done, found by its idempotency key."""

from fastapi import HTTPException, Request

from simulator.company.access import Refusal
from simulator.company.desk import Desk
from simulator.company.receipts import Effect
from simulator.company.watch import Watch

desk = Desk("receipts")


@desk.read(
    "/receipts/{idempotency_key}",
    "getReceipt",
    "Find out whether the write with a key was carried out, and how",
)
def get_receipt(request: Request, idempotency_key: str) -> Effect:
    """404 means that it did nothing; 503, `in_progress`, that it is not over: ask again."""
    watch = request.app.state.watch
    assert isinstance(watch, Watch)
    effect = watch.receipts.of(idempotency_key)
    if effect is not None:
        return effect
    if watch.under_way[idempotency_key]:
        raise Refusal(503, "in_progress", "The write with this key is still being carried out.")
    raise HTTPException(404, "No write with this key was carried out.")
