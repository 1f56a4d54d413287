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


def errand(world: World) -> Errand:
    action = SAMPLE.action("find_order")
    assert action is not None
    return Errand(
        company=SAMPLE,
        call_id="call-1",
        action=action,
        arguments=ARGUMENTS,
        scope={"args": ARGUMENTS},
        key="k-1",
        now=NOW,
        clock=world.clock,
    )


async def test_a_runner_reached_without_the_gate_does_nothing() -> None:
    world = World(answers={"getOrder": (200, ORDER)})
    forged = Permit(action="find_order", arguments=ARGUMENTS, call_id="call-1", issued_at=NOW)
    with pytest.raises(NotPermitted, match="not issued by the gate"):
        await CallSystem(world)(forged, errand(world))
    assert world.calls == []


@pytest.mark.parametrize(("waited_s", "done"), [(59.0, True), (60.0, False)])
async def test_a_runner_that_comes_a_minute_later_does_nothing(waited_s: float, done: bool) -> None:
    world = World(answers={"getOrder": (200, ORDER)})
    permit = issue("find_order", ARGUMENTS, "call-1", NOW)
    late = errand(world)
    world.clock.passed = waited_s
    if done:
        assert (await CallSystem(world)(permit, late)).done
    else:
        with pytest.raises(NotPermitted, match="another minute"):
            await CallSystem(world)(permit, late)
    assert bool(world.calls) is done
