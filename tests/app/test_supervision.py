"""What a supervisor may decide."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.supervision import CannotDecide, Supervision
from domain.company import Company
from domain.money import Money
from domain.ports.ledger import Approval
from evals.memory_ledger import MemoryApprovals
from tests.adapters.storage.trade import deed
from tests.tools.shop import SHOP, euros
from tests.tools.world import NOW, StillClock


async def desk(
    amount: Money | None, state: str = "waiting", company: Company = SHOP
) -> tuple[Supervision, MemoryApprovals]:
    approvals = MemoryApprovals(StillClock())
    asked = replace(deed(), company="shop", action="refund", amount=amount, state=state)  # type: ignore[arg-type]
    await approvals.ask(
        Approval(
            id="d1.approval",
            deed=asked,
            rules=("authority.agent",),
            reason="above 25.00 EUR",
            read_back="I will refund it.",
            state="waiting",
            asked_at=NOW,
            expires_at=NOW + timedelta(days=1),
        )
    )
    return Supervision(approvals, [company]), approvals


async def test_all_of_it_or_less_is_allowed() -> None:
    supervision, _ = await desk(euros("80.00"))
    whole = await supervision.approve("d1.approval", by=" Grace ", amount=euros("80.00"))
    assert (whole.state, whole.decided_by, whole.amount) == ("approved", "Grace", None)
    supervision, _ = await desk(euros("80.00"))
    less = await supervision.approve("d1.approval", by="Grace", amount=euros("50.00"))
    assert less.amount == euros("50.00")


@pytest.mark.parametrize(
    ("asked", "allowed", "why"),
    [
        (euros("80.00"), euros("80.01"), "only be lowered"),
        (euros("80.00"), euros("0.00"), "only be lowered"),
        (euros("80.00"), Money.of("50.00", "USD"), "currency"),
        (euros("100.01"), None, "100.00 EUR at most"),
        (None, euros("5.00"), "only be lowered"),
    ],
)
async def test_what_is_beyond_a_supervisor(asked: Money | None, allowed: Money | None, why: str) -> None:
    supervision, approvals = await desk(asked)
    with pytest.raises(CannotDecide, match=why):
        await supervision.approve("d1.approval", by="Grace", amount=allowed)
    assert approvals.asked["d1.approval"].state == "waiting"


async def test_more_than_a_supervisor_may_allow_can_be_lowered_into_it() -> None:
    supervision, _ = await desk(euros("120.00"))
    assert (await supervision.approve("d1.approval", by="Grace", amount=euros("100.00"))).state == "approved"


async def test_what_a_record_says_is_allowed_whole_or_not_at_all() -> None:
    of_record = tuple(replace(it, amount="order.paid") if it.name == "refund" else it for it in SHOP.actions)
    supervision, approvals = await desk(euros("80.00"), company=replace(SHOP, actions=of_record))
    with pytest.raises(CannotDecide, match="from a record: allow all of it or refuse it"):
        await supervision.approve("d1.approval", by="Grace", amount=euros("50.00"))
    assert approvals.asked["d1.approval"].state == "waiting"
    whole = await supervision.approve("d1.approval", by="Grace", amount=euros("80.00"))
    assert (whole.state, whole.amount) == ("approved", None)


async def test_the_first_decision_counts() -> None:
    supervision, _ = await desk(euros("80.00"))
    denied = await supervision.deny("d1.approval", by="Grace", words=" We need the receipt. ")
    assert denied.words == "We need the receipt."
    with pytest.raises(CannotDecide, match="denied before by Grace"):
        await supervision.approve("d1.approval", by="Alan")


@pytest.mark.parametrize(
    ("approval_id", "by", "state", "why"),
    [
        ("nothing", "Grace", "waiting", "no such approval"),
        ("d1.approval", "  ", "waiting", "who decides"),
        ("d1.approval", "Grace", "refused", "withdrawn"),
    ],
)
async def test_what_cannot_be_decided(approval_id: str, by: str, state: str, why: str) -> None:
    supervision, _ = await desk(euros("80.00"), state)
    for decide in (supervision.approve, supervision.deny):
        with pytest.raises(CannotDecide, match=why):
            await decide(approval_id, by=by)


async def test_only_what_still_waits_is_listed() -> None:
    assert [it.id for it in await (await desk(euros("80.00")))[0].waiting()] == ["d1.approval"]
    assert await (await desk(euros("80.00"), "refused"))[0].waiting() == []
