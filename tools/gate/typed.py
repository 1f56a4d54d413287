"""What the caller types while nobody listens: asked for between the yes and the deed, and kept by nobody."""

from collections.abc import Mapping

from domain.actions import Action
from domain.clock import Clock
from domain.ports.systems import NotDone
from tools.case import Case

WITHIN_S = 60.0
"""So long all the typing may take; no action's own time passes meanwhile."""
NOT_ENTERED = "not_entered"
"""The outcome of a deed for which the caller typed nothing that would do."""


async def typed(action: Action, case: Case | None, clock: Clock) -> Mapping[str, str] | None:
    """By argument; None where one was not entered. Raises `NotDone` where no live call could be asked."""
    if not action.secrets:
        return {}
    if case is None or case.secret_keys is None:
        raise NotDone(f"{action.name} needs a caller who types")
    entered: dict[str, str] = {}
    until = clock.monotonic() + WITHIN_S
    for argument in action.secrets:
        assert argument.digits is not None
        keys = await case.secret_keys.collect(argument.name, argument.digits, until - clock.monotonic())
        if keys is None:
            return None
        entered[argument.name] = keys
    return entered
