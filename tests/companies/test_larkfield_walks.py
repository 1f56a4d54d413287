"""Every goal of the sample company, walked to its end in its real back office: what is heard, done and undone."""

# ruff: noqa: E501 - a sentence stays whole

from typing import Any, NamedTuple

import pytest

from tests.companies.larkfield import ANNA, BEN, JAMES, MEI, NORA, PRIYA, SOFIA, TOM, calling
from tests.tools.world import SAMPLE


class Walk(NamedTuple):
    """One deed that a caller agrees to."""

    identity: str
    caller: str
    action: str
    arguments: dict[str, Any]
    read_back: str
    say: str
    effects: list[str]
    """What the back office has done."""
    undone_by: list[str]
    """What it does when the caller says "no wait, cancel that"."""
    messages: list[str]
    """Those of the deed and of its undoing."""


LEAVES_A_TRACE = {"change_order_line", "cancel_appointment"}
"""What was charged and went back stays in the books; a visit that is booked anew has to be confirmed anew."""

WALKS = [
    Walk(
        "recognised",
        ANNA,
        "refund_order",
        {"order_id": "4690", "amount": "20.00", "reason": "damaged"},
        "I would pay back twenty euros for order four six nine zero. Shall I do that?",
        "I have paid back twenty euros. It reaches you the way you paid.",
        ["createRefund"],
        ["cancelRefund"],
        [],
    ),
    Walk(
        "recognised",
        TOM,
        "reship_order",
        {"order_id": "4601", "reason": "lost"},
        "I would send order four six zero one again, free of charge, to the same address. It is worth ninety-nine euros. Shall I do that?",
        "I have sent your order off again. It is expected Wednesday the twenty-fifth of November, with Swiftpost.",
        ["createReplacementShipment"],
        ["cancelReplacementShipment"],
        [],
    ),
    Walk(
        "recognised",
        PRIYA,
        "give_credit",
        {"order_id": "4655", "amount": "20.00", "reason": "late"},
        "I would give you twenty euros of credit for your next orders, because of order four six five five. Shall I do that?",
        "You have twenty euros of credit now, for your next orders.",
        ["createCredit"],
        ["revokeCredit"],
        [],
    ),
    Walk(
        "recognised",
        BEN,
        "replace_item",
        {"order_id": "4533", "line_id": "4533-1", "sku": "LAMP-BED", "reason": "damaged"},
        "I would send you the bedside lamp of order four five three three again, free of charge. It is worth twenty-four euros and ninety cents. Shall I do that?",
        "A new one is on its way to you. It is expected Wednesday the twenty-fifth of November, with Swiftpost.",
        ["createReplacementShipment"],
        ["cancelReplacementShipment"],
        [],
    ),
    Walk(
        "recognised",
        NORA,
        "change_order_line",
        {"order_id": "4731", "line_id": "4731-2", "sku": "BOTTLE-1L", "quantity": 3},
        "In order four seven three one that line would be three times steel water bottle, at eighteen euros and ninety cents each. A difference in price is charged or paid back. Shall I change it?",
        "I have changed it. The order is one hundred and forty-six euros and sixty cents now.",
        ["changeOrderLine"],
        ["changeOrderLine"],
        [],
    ),
    Walk(
        "recognised",
        NORA,
        "change_order_line",
        {"order_id": "4731", "line_id": "4731-1", "sku": "JACKET-L", "quantity": 1},
        "In order four seven three one that line would be one times rain jacket, large, at eighty-nine euros and ninety cents each. A difference in price is charged or paid back. Shall I change it?",
        "I have changed it. The order is one hundred and twenty-seven euros and seventy cents now.",
        ["changeOrderLine"],
        ["changeOrderLine"],
        [],
    ),
    Walk(
        "verified",
        NORA,
        "change_order_address",
        {
            "order_id": "4731",
            "street": "1 High Street",
            "postcode": "D02 X285",
            "city": "Dublin",
            "country": "IE",
        },
        "I would send order four seven three one to one High Street, postcode D zero two, X two eight five, Dublin, instead. Shall I do that?",
        "Your order four seven three one goes to one High Street, Dublin, now.",
        ["changeOrderAddress"],
        ["restoreOrderAddress"],
        [],
    ),
    Walk(
        "recognised",
        SOFIA,
        "cancel_order",
        {"order_id": "4720", "reason": "changed_mind"},
        "I would cancel the whole order four seven two zero, one hundred and seventy-nine euros and sixty cents. What you paid goes back the way you paid. Shall I do that?",
        "Your order four seven two zero is cancelled. What you paid goes back, and a confirmation comes by e-mail.",
        ["cancelOrder"],
        ["reinstateOrder"],
        ["order_cancelled", "taken_back"],
    ),
    Walk(
        "recognised",
        ANNA,
        "return_item",
        {"order_id": "4690", "line_id": "4690-1", "sku": "STOVE-GAS", "reason": "changed_mind"},
        "I would send you a label by e-mail to return the camping stove of order four six nine zero. The postage is free from Ireland, and six euros ninety from elsewhere. Shall I do that?",
        "The label is on its way to you by e-mail. Please hand the parcel in by Saturday the fifth of December.",
        ["createReturn"],
        ["cancelReturn"],
        ["return_label", "taken_back"],
    ),
    Walk(
        "recognised",
        SOFIA,
        "exchange_item",
        {"order_id": "4388", "line_id": "4388-1", "old_sku": "JACKET-M", "new_sku": "JACKET-L"},
        "I would exchange the rain jacket, medium of order four three eight eight for the rain jacket, large, at eighty-nine euros and ninety cents, and e-mail you a label for the old one. Shall I do that?",
        "The new one is reserved for you, and the label comes by e-mail. If you hand the old one in today, the new one is with you Friday the twenty-seventh of November; each day later makes it a day later.",
        ["createExchange"],
        ["cancelExchange"],
        ["exchange_confirmation", "taken_back"],
    ),
    Walk(
        "verified",
        JAMES,
        "dispute_charge",
        {"invoice_id": "INV-S201", "amount": "23.90", "reason": "not_recognised"},
        "I would open a case about twenty-three euros and ninety cents of invoice I N V, S two zero one, and lend you that amount as credit until it is decided. Shall I do that?",
        "The case is open, and twenty-three euros and ninety cents is yours as credit until it is decided. You get an answer in writing within five working days.",
        ["openDispute", "grantProvisionalCredit"],
        ["revokeCredit", "withdrawDispute"],
        ["dispute_opened", "taken_back"],
    ),
    Walk(
        "recognised",
        JAMES,
        "pause_subscription",
        {"subscription_id": "S-201", "until": "2026-12-31"},
        "I would let your coffee, two bags a month rest. It goes on by itself Thursday the thirty-first of December. Shall I do that?",
        "Your subscription rests now and goes on Thursday the thirty-first of December. You pay nothing until then.",
        ["pauseSubscription"],
        ["resumeSubscription"],
        [],
    ),
    Walk(
        "recognised",
        JAMES,
        "resume_subscription",
        {"subscription_id": "S-202"},
        "I would end the pause of your filter cartridges every six weeks now. It costs sixteen euros and ninety cents each time, as before. Shall I do that?",
        "Your subscription runs again. The next charge is Sunday the thirteenth of December.",
        ["resumeSubscription"],
        ["pauseSubscription"],
        [],
    ),
    Walk(
        "verified",
        JAMES,
        "change_plan",
        {
            "subscription_id": "S-201",
            "plan_id": "COFFEE-1",
            "plan_name": "coffee, one bag a month",
            "price": "12.90",
        },
        "I would change your coffee, two bags a month to coffee, one bag a month, at twelve euros and ninety cents each time, from the next charge on. Shall I do that?",
        "You have coffee, one bag a month now, at twelve euros and ninety cents each time, from the next charge on.",
        ["changeSubscriptionPlan"],
        ["changeSubscriptionPlan"],
        ["plan_changed", "taken_back"],
    ),
    Walk(
        "verified",
        JAMES,
        "cancel_subscription",
        {"subscription_id": "S-201", "reason": "not_needed"},
        "I would end your coffee, two bags a month today, and pay back thirteen euros and fifty-four cents for the days that are left. Shall I do that?",
        "Your subscription has ended today, and nothing more is charged. You get thirteen euros and fifty-four cents back the way you paid, and a confirmation comes by e-mail.",
        ["stopBilling", "cancelSubscription"],
        ["reinstateSubscription", "resumeBilling"],
        ["subscription_cancelled", "taken_back"],
    ),
    Walk(
        "verified",
        NORA,
        "apply_retention_offer",
        {"offer_id": "FIFTEEN-S-204"},
        "I would give you fifteen percent off the next three charges of your subscription, worth twenty euros and twenty cents. Shall I do that?",
        "That is yours now, fifteen percent off the next three charges. Thank you for staying with us.",
        ["applyRetentionOffer"],
        ["revokeRetentionOffer"],
        [],
    ),
    Walk(
        "recognised",
        MEI,
        "book_appointment",
        {
            "slot_id": "internet_installation-1123-08",
            "starts_at": "2026-11-23T08:00:00+01:00",
            "about": "the router",
        },
        "I would book a technician for you, Monday the twenty-third of November at eight AM, for the router. Shall I do that?",
        "The technician comes Monday the twenty-third of November at eight AM. A text message confirms it, and someone over eighteen has to be there.",
        ["bookAppointment"],
        ["cancelAppointment"],
        ["appointment_confirmation", "taken_back_text"],
    ),
    Walk(
        "recognised",
        MEI,
        "move_appointment",
        {
            "appointment_id": "A-301",
            "slot_id": "internet_installation-1123-12",
            "starts_at": "2026-11-23T12:00:00+01:00",
        },
        "I would move your visit from Tuesday the twenty-fourth of November at eight AM to Monday the twenty-third of November at noon. Until Monday the twenty-third of November at noon that is free; after it, it costs twenty-five euros. Shall I move it?",
        "Your visit is Monday the twenty-third of November at noon now. A text message confirms it.",
        ["moveAppointment"],
        ["moveAppointment"],
        ["appointment_confirmation", "taken_back_text"],
    ),
    Walk(
        "recognised",
        MEI,
        "cancel_appointment",
        {"appointment_id": "A-301"},
        "I would cancel your visit, Tuesday the twenty-fourth of November at eight AM. Until Monday the twenty-third of November at noon that is free; after it, it costs twenty-five euros. Shall I cancel it?",
        "Your visit is cancelled.",
        ["cancelAppointment"],
        ["bookAppointment"],
        [],
    ),
    Walk(
        "confirmed",
        MEI,
        "change_phone",
        {"phone": "+353871234567"},
        "I would change your telephone number to plus three five, three eight seven, one two three, four five six seven. Shall I do that?",
        "Your number is plus three five, three eight seven, one two three, four five six seven now.",
        ["updateCustomerContact"],
        ["restoreCustomerContact"],
        [],
    ),
    Walk(
        "confirmed",
        MEI,
        "change_email",
        {"email": "mei@example.org"},
        "I would change your e-mail address to M, E, I, at, E, X, A, M, P, L, E, dot, O, R, G. Shall I do that?",
        "I have changed your e-mail address.",
        ["updateCustomerContact"],
        ["restoreCustomerContact"],
        [],
    ),
    Walk(
        "confirmed",
        MEI,
        "reset_password",
        {"channel": "sms"},
        "I would send a link for a new password by sms, to what we have on record. Shall I do that?",
        "The link is on its way. It is valid for one hour.",
        ["requestPasswordReset"],
        [],
        [],
    ),
    Walk(
        "recognised",
        MEI,
        "push_configuration",
        {"profile": "wifi_auto_channel"},
        "I would send a new configuration to your Larkfield Router AX, wifi auto channel. Your internet may be gone for about a minute. Shall I do that?",
        "The new configuration is on your device. Could you try again in about a minute?",
        ["pushDeviceConfiguration"],
        ["rollbackDeviceConfiguration"],
        [],
    ),
]


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
