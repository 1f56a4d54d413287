"""Without it no action is done: made by the gate for one deed, good for a minute, torn on use."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from weakref import WeakSet

_GOOD_FOR = timedelta(minutes=1)


class NotPermitted(Exception):
    """A runner was reached without a permit for exactly this deed: a mistake in the program."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Permit:
    """For this action, these arguments, this call, this minute. Only one from `issue` opens anything."""

    action: str
    arguments: Mapping[str, Any]
    call_id: str
    issued_at: datetime


_issued: WeakSet[Permit] = WeakSet()


def issue(action: str, arguments: Mapping[str, Any], call_id: str, now: datetime) -> Permit:
    """For `tools/gate/running.py` alone, after the gate has decided."""
    permit = Permit(
        action=action, arguments=MappingProxyType(dict(arguments)), call_id=call_id, issued_at=now
    )
    _issued.add(permit)
    return permit


def redeem(permit: Permit, action: str, arguments: Mapping[str, Any], call_id: str, now: datetime) -> None:
    """Every runner's first line. Raises `NotPermitted`; a permit opens once."""
    if permit not in _issued:
        raise NotPermitted(f"{action}: the permit was not issued by the gate, or was used before")
    _issued.discard(permit)
    same = permit.action == action and permit.call_id == call_id and dict(permit.arguments) == dict(arguments)
    if not same or not timedelta(0) <= now - permit.issued_at < _GOOD_FOR:
        raise NotPermitted(f"{action}: the permit is for another deed or another minute")
