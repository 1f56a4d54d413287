"""For tests and scenes only, outside of the document and without a key: order faults, see what was asked."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, HTTPException, Request

from simulator.company.faults import Fault
from simulator.company.receipts import Effect
from simulator.company.watch import Watch

router = APIRouter(include_in_schema=False)


def _watch(request: Request) -> Watch:
    watch = request.app.state.watch
    assert isinstance(watch, Watch)
    return watch


@router.post("/_faults", status_code=204)
def order_fault(request: Request, fault: Fault) -> None:
    known = request.app.state.operations
    if fault.operation is not None and fault.operation not in known:
        raise HTTPException(422, f"There is no operation {fault.operation}; there are {', '.join(known)}.")
    _watch(request).faults.waiting.append(fault)


@router.get("/_faults")
def list_faults(request: Request) -> list[Fault]:
    return _watch(request).faults.waiting


@router.delete("/_faults", status_code=204)
def end_faults(request: Request) -> None:
    _watch(request).faults.waiting.clear()


@router.get("/_effects")
def list_effects(request: Request, operation: str | None = None) -> list[Effect]:
    """What was done, oldest first: an effect stands here once, however often it was asked for."""
    return [one for one in _watch(request).receipts.effects if operation in (None, one.operation)]


@router.get("/_requests")
def list_requests(request: Request) -> list[dict[str, Any]]:
    """Oldest first."""
    return [asdict(received) for received in _watch(request).received]
