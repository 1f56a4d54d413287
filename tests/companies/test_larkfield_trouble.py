"""The sample company's deeds when systems fail, supervisors decide, or one deed follows another."""

from typing import Any

import pytest

from tests.companies.larkfield import ANNA, JAMES, MEI, NORA, PRIYA, SOFIA, STRANGER, calling

LEAVE = {"subscription_id": "S-201", "reason": "not_needed"}
JACKET = {"order_id": "4388", "line_id": "4388-1", "old_sku": "JACKET-M", "new_sku": "JACKET-L"}


async def test_a_cancellation_that_is_refused_half_way_is_taken_back() -> None:
    async with calling(JAMES, "verified") as call:
        call.fault(operation="cancelSubscription", status=409, times=1)
        _, outcome = await call.agrees("cancel_subscription", **LEAVE)
        assert outcome.name == "compensated"
        assert "runs as before" in outcome.say
        assert call.effects() == ["stopBilling", "resumeBilling"]
        assert (call.office.billing["S-201"].state, call.office.subscriptions["S-201"].state) == (
            "running",
            "active",
        )
        assert call.sent() == []


async def test_where_nobody_knows_how_a_step_ended_nothing_is_claimed() -> None:
    async with calling(JAMES, "verified") as call:
        call.fault(operation="cancelSubscription", status=500)
        _, outcome = await call.agrees("cancel_subscription", **LEAVE)
        assert outcome.name == "partly_done"
        assert call.office.billing["S-201"].state == "running"
        assert {kind for kind, _ in call.world.jobs} == {"reconciliation", "compensation"}
        assert call.sent() == []


@pytest.mark.parametrize(
    ("identity", "caller", "action", "arguments", "operation", "say"),
    [
        (
            *(
                "recognised",
                ANNA,
                "refund_order",
                {"order_id": "4690", "amount": "20.00", "reason": "damaged"},
            ),
            *("createRefund", "I have paid back twenty euros. It reaches you the way you paid."),
        ),
        (
            *("recognised", SOFIA, "exchange_item", JACKET, "createExchange"),
            "The new one is reserved for you, and the label comes by e-mail. If you hand the old one in"
            " today, the new one is with you Friday the twenty-seventh of November; each day later makes it"
            " a day later.",
        ),
        (
            *("verified", JAMES, "cancel_subscription", LEAVE, "cancelSubscription"),
            "Your subscription has ended today, and nothing more is charged. You get thirteen euros and"
            " fifty-four cents back the way you paid, and a confirmation comes by e-mail.",
        ),
    ],
)
async def test_a_lost_answer_is_found_again_and_said(
    identity: str, caller: str, action: str, arguments: dict[str, Any], operation: str, say: str
) -> None:
    async with calling(caller, identity) as call:
        call.fault(operation=operation, status=500, after_effect=True)
        _, outcome = await call.agrees(action, **arguments)
        assert (outcome.name, outcome.say) == ("done", say)
        assert call.effects().count(operation) == 1


async def test_larger_refunds_wait_for_a_supervisor() -> None:
    async with calling(ANNA, "verified") as call:
        asked, waiting = await call.agrees("refund_order", order_id="4690", amount="80.00", reason="damaged")
        assert asked == "I would pay back eighty euros for order four six nine zero. Shall I do that?"
        assert waiting.name == "waiting"
        assert call.effects() == []
        done = await call.approved(waiting)
        assert (done.name, done.say) == (
            "done",
            "I have paid back eighty euros. It reaches you the way you paid.",
        )
        assert call.effects() == ["createRefund"]


async def test_a_late_parcel_is_dealt_with_by_the_customers_level() -> None:
    """Two days late: gold may have it sent again; whoever is silver waits for five, and has eight here."""
    async with calling(PRIYA) as call:
        _, parcel = await call.agrees("reship_order", order_id="4655", reason="late")
        assert parcel.name == "waiting"
        assert call.rules() == ("authority.agent",)
    async with calling(PRIYA) as call:
        _, credit = await call.agrees("give_credit", order_id="4655", amount="20.00", reason="late")
        assert credit.name == "done"
        solved = await call.act(
            "note_delivery_solved", order_id="4655", text="Late; 20.00 of credit; content."
        )
        assert solved.name == "done"
        assert "late_delivery" not in {goal.id for goal in call.case.goals.open}
    async with calling(NORA) as call:
        _, credit = await call.agrees("give_credit", order_id="4521", amount="10.01", reason="late")
        assert (credit.name, call.rules()) == ("waiting", ("credit_for_a_delay_by_level",))


async def test_a_refund_is_made_once_and_again_after_it_was_taken_back() -> None:
    refund = {"order_id": "4690", "amount": "20.00", "reason": "damaged"}
    async with calling(ANNA) as call:
        await call.agrees("refund_order", **refund)
        assert (await call.act("refund_order", **refund)).name == "already"
        assert (await call.act("undo_last")).name == "undone"
        _, again = await call.agrees("refund_order", **refund)
        assert again.name == "done"
        assert call.effects() == ["createRefund", "cancelRefund", "createRefund"]


async def test_too_late_to_take_a_refund_back() -> None:
    async with calling(ANNA) as call:
        await call.agrees("refund_order", order_id="4690", amount="20.00", reason="damaged")
        call.clock.passed += 601
        assert (await call.act("undo_last")).name == "too_late"
        assert call.effects() == ["createRefund"]


async def test_a_router_is_looked_at_tested_cured_and_looked_at_again() -> None:
    async with calling(NORA) as call:
        assert (await call.act("look_at_device")).name == "degraded"
        logs = await call.act("read_device_logs")
        assert "Name server" in logs.facts["results"][0]["text"]
        assert (await call.act("test_device", test="line")).name == "passed"
        found = await call.act("test_device", test="name_service")
        assert (found.name, found.facts["profile"]) == ("fault_found", "company_dns")
        asked, done = await call.agrees("push_configuration", profile=found.facts["profile"])
        assert "Your internet may be gone for about a minute" in asked
        assert done.name == "done"
        assert (await call.act("look_at_device")).name == "online"


async def test_a_caller_from_another_telephone_proves_who_they_are() -> None:
    async with calling(STRANGER) as call:
        wrong = await call.act("verify_identity", postcode="10115", born_on="1984-06-18", phone=ANNA)
        assert wrong.name == "not_proven"
        right = await call.act("verify_identity", postcode="10115", born_on="1984-06-17", phone=ANNA)
        assert right.name == "proven"
        assert (await call.act("look_at_order", order_id="4690")).name == "found"
        assert (await call.act("look_at_order", order_id="4533")).name == "not_found"


async def test_a_code_goes_to_the_number_on_record_only() -> None:
    async with calling(MEI) as call:
        assert (await call.act("change_phone", phone="+353871234567")).name == "identify"
        sent = await call.act("send_code")
        assert sent.say.endswith("ends in zero seven. Please read it to me.")
        assert call.sent() == [("one_time_code", MEI)]
        assert (await call.act("check_code", code="000000")).name == "not_proven"
        assert (await call.act("check_code", code=call.world.code)).name == "proven"
        assert (await call.act("change_phone", phone="+353871234567")).name == "confirm"
