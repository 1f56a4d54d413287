"""A permit opens one deed, once, within its minute."""

from datetime import timedelta
from typing import Any

import pytest

from tests.tools.world import NOW, ORDER, SAMPLE, World
from tools.actions.errand import Errand
from tools.actions.system_call import CallSystem
from tools.permit import NotPermitted, Permit, issue, redeem

ARGUMENTS = {"order_id": "4712"}


def test_it_opens_once() -> None:
    permit = issue("find_order", ARGUMENTS, "call-1", NOW)
    redeem(permit, "find_order", ARGUMENTS, "call-1", NOW)
    with pytest.raises(NotPermitted, match="used before"):
        redeem(permit, "find_order", ARGUMENTS, "call-1", NOW)


@pytest.mark.parametrize(
    "other",
    [
        {"action": "track_parcel"},
        {"arguments": {"order_id": "4713"}},
        {"call_id": "call-2"},
        {"now": NOW + timedelta(minutes=1)},
        {"now": NOW - timedelta(seconds=1)},
    ],
)
def test_it_is_for_this_deed_only(other: dict[str, Any]) -> None:
    permit = issue("find_order", ARGUMENTS, "call-1", NOW)
    deed: dict[str, Any] = {
        "action": "find_order",
        "arguments": ARGUMENTS,
        "call_id": "call-1",
        "now": NOW,
    } | other
    with pytest.raises(NotPermitted, match="another deed"):
        redeem(permit, **deed)


async def test_a_runner_reached_without_the_gate_does_nothing() -> None:
    world = World(answers={"getOrder": (200, ORDER)})
    action = SAMPLE.action("find_order")
    assert action is not None
    errand = Errand(
        company=SAMPLE,
        call_id="call-1",
        action=action,
        arguments=ARGUMENTS,
        scope={"args": ARGUMENTS},
        key="k-1",
        now=NOW,
    )
    forged = Permit(action="find_order", arguments=ARGUMENTS, call_id="call-1", issued_at=NOW)
    with pytest.raises(NotPermitted, match="not issued by the gate"):
        await CallSystem(world)(forged, errand)
    assert world.calls == []
