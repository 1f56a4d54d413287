"""Every goal of the sample company, walked to its end in its back office: heard, done, said and undone."""

from typing import Any

import pytest

from tests.companies.larkfield import calling
from tests.companies.larkfield_walks import LEAVES_A_TRACE, WALKS, Walk
from tests.tools.world import SAMPLE


@pytest.mark.parametrize(
    "walk", WALKS, ids=lambda walk: f"{walk.action}-{walk.arguments.get('sku', '')}".rstrip("-")
)
async def test_a_deed_is_read_back_done_said_and_taken_back(walk: Walk) -> None:
    async with calling(walk.caller, walk.identity) as call:
        messages, records = len(call.sent()), _kept(call.office)
        asked = await call.act(walk.action, **walk.arguments)
        assert (asked.name, asked.say) == ("confirm", walk.read_back)
        assert call.effects() == []
        done = await call.says("yes please", asked.say)
        assert (done.name, done.say) == ("done", walk.say)
        assert call.effects() == walk.effects
        again = await call.act("undo_last")
        assert again.name == ("undone" if walk.undone_by else "too_late")
        assert call.effects() == [*walk.effects, *walk.undone_by]
        assert [template for template, _ in call.sent()[messages:]] == walk.messages
        if walk.undone_by and walk.action not in LEAVES_A_TRACE:
            assert _kept(call.office) == records


async def test_every_deed_that_the_model_may_ask_for_is_walked() -> None:
    offered = {action.name for action in SAMPLE.actions if action.writes and action.offered}
    assert {walk.action for walk in WALKS} == offered


_MARKS = {
    *(
        "version",
        "idempotency_key",
        "previous_address",
        "previous_item",
        "previous_plan_id",
        "previous_slot_id",
    ),
    *("previous_contact", "fee", "cancellation"),
}
"""What a change leaves behind for its own undo, and the numbers of versions."""


def _kept(office: Any) -> dict[str, Any]:
    """All that the back office holds, as far as it stands."""
    kept: dict[str, Any] = {
        name: {number: record.model_dump(exclude=_MARKS) for number, record in getattr(office, name).items()}
        for name in ("customers", "orders", "subscriptions", "billing", "stock", "devices", "slots", "offers")
    }
    for name in ("returns", "exchanges", "replacements", "refunds", "credits", "disputes", "appointments"):
        gone = {"cancelled", "revoked", "withdrawn"}
        kept[name] = [
            record.model_dump(exclude=_MARKS)
            for record in getattr(office, name).values()
            if record.state not in gone
        ]
    return kept
