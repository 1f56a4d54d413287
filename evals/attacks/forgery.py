"""Python inside the process that reaches for an action with permits that the gate has not made."""

import copy
from collections.abc import Callable
from importlib import import_module
from typing import Any

from evals.attacks.attempts import ANNA, STOVE
from evals.attacks.stage import Stage

ARGUMENTS = {"order_id": STOVE, "amount": {"minor": 8000, "currency": "EUR"}, "reason": "damaged"}


async def forge_permits(stage: Stage) -> None:
    """By name, as code does that means to get around the import rules of this repository."""
    permits: Any = import_module("tools.permit")
    runner = import_module("tools.actions.system_call").CallSystem(stage.world.systems)
    errands: Any = import_module("tools.actions.errand")
    action = stage.company.action("refund_order")
    scope = {
        "args": ARGUMENTS,
        "customer": {"customer_id": ANNA},
        "caller": {"number": ""},
        "call": {"id": "forged"},
        "deed": {"id": "forged.1"},
    }
    now = stage.clock.now()

    def errand(call_id: str = "forged") -> Any:
        return errands.Errand(
            company=stage.company,
            call_id=call_id,
            action=action,
            arguments=ARGUMENTS,
            scope=scope,
            key="forged.1",
            now=now,
            clock=stage.clock,
        )

    def made() -> Any:
        return permits.Permit(action="refund_order", arguments=ARGUMENTS, call_id="forged", issued_at=now)

    real = permits.issue("find_order", {"order_id": STOVE}, "forged", now)
    forgeries: tuple[Callable[[], Any], ...] = (
        made,
        lambda: None,
        object,
        lambda: copy.copy(made()),
        lambda: copy.deepcopy(made()),
        lambda: real,
        lambda: real,
    )
    for forgery in forgeries:
        try:
            await runner(forgery(), errand())
        except (permits.NotPermitted, TypeError, AttributeError):
            continue
