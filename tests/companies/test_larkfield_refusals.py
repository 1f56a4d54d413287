"""What the sample company does not allow: each rule that refuses, and nobody else's records at any level."""

# ruff: noqa: E501 - a row of a table stays whole

from typing import Any

import pytest

from domain.actions import Action
from tests.companies.larkfield import (
    ADEYEMIS,
    ANNA,
    BEN,
    JAMES,
    MEI,
    NORA,
    PRIYA,
    SOFIA,
    STRANGER,
    TOM,
    calling,
)
from tests.tools.world import SAMPLE

REFUSALS: list[tuple[str, str, str, dict[str, Any], str, str]] = [
    ("recognised", ANNA, "refund_order", {"order_id": "4690", "amount": "25.01", "reason": "damaged"}, "identify", "larger_amounts_need_proof"),
    ("verified", ANNA, "refund_order", {"order_id": "4690", "amount": "80.01", "reason": "damaged"}, "denied", "refund_only_what_was_paid"),
    ("verified", PRIYA, "refund_order", {"order_id": "4655", "amount": "100.01", "reason": "late"}, "hand_over", "authority.supervisor"),
    ("recognised", ANNA, "refund_order", {"order_id": "4690", "amount": "20.00", "reason": "late"}, "denied", "late_only_after_the_promised_day"),
    ("recognised", ANNA, "refund_order", {"order_id": "4712", "amount": "20.00", "reason": "damaged"}, "denied", "damaged_only_after_delivery"),
    ("recognised", ANNA, "refund_order", {"order_id": "3805", "amount": "20.00", "reason": "damaged"}, "hand_over", "damage_within_fourteen_days"),
    ("recognised", ANNA, "refund_order", {"order_id": "4712", "amount": "20.00", "reason": "lost"}, "denied", "lost_only_when_the_carrier_says_so"),
    ("recognised", ANNA, "refund_order", {"order_id": "4690", "amount": "20.00 USD", "reason": "damaged"}, "invalid", "argument.type:amount"),
    ("unknown", STRANGER, "refund_order", {"order_id": "4690", "amount": "5.00", "reason": "damaged"}, "identify", "identity.below:recognised"),
    ("unknown", ADEYEMIS, "refund_order", {"order_id": "4701", "amount": "5.00", "reason": "goodwill"}, "identify", "identity.below:recognised"),
    ("recognised", ANNA, "reship_order", {"order_id": "4712", "reason": "late"}, "denied", "late_only_after_the_promised_day"),
    ("recognised", ANNA, "give_credit", {"order_id": "4712", "amount": "5.00", "reason": "late"}, "denied", "late_only_after_the_promised_day"),
    ("recognised", BEN, "replace_item", {"order_id": "4533", "line_id": "4533-1", "sku": "WASHER", "reason": "damaged"}, "denied", "the_line_holds_that_article"),
    ("recognised", NORA, "cancel_order", {"order_id": "4724", "reason": "other"}, "denied", "order_changes_until_packed"),
    ("recognised", ANNA, "cancel_order", {"order_id": "4690", "reason": "other"}, "denied", "order_changes_while_it_lives"),
    ("recognised", NORA, "change_order_line", {"order_id": "4731", "line_id": "4731-1", "sku": "BOTTLE-1L", "quantity": 1}, "denied", "another_size_of_the_same"),
    ("recognised", NORA, "change_order_line", {"order_id": "4731", "line_id": "4731-1", "sku": "JACKET-M", "quantity": 4}, "hand_over", "large_changes_by_a_person"),
    ("recognised", NORA, "change_order_line", {"order_id": "4731", "line_id": "4731-1", "sku": "JACKET-M", "quantity": 21}, "invalid", "argument.value:quantity"),
    ("recognised", NORA, "change_order_address", {"order_id": "4731", "street": "1 High Street", "postcode": "D02 X285", "city": "Dublin", "country": "IE"}, "identify", "identity.below:verified"),
    ("verified", NORA, "change_order_address", {"order_id": "4731", "street": "1 High Street", "postcode": "75001", "city": "Paris", "country": "FR"}, "invalid", "argument.value:country"),
    ("verified", NORA, "change_order_address", {"order_id": "4724", "street": "1 High Street", "postcode": "D02 X285", "city": "Dublin", "country": "IE"}, "denied", "order_changes_until_packed"),
    ("recognised", ANNA, "return_item", {"order_id": "3805", "line_id": "3805-2", "sku": "KETTLE", "reason": "not_said"}, "denied", "return_window_by_level"),
    ("recognised", ANNA, "return_item", {"order_id": "4712", "line_id": "4712-1", "sku": "LAMP-OAK", "reason": "not_said"}, "denied", "only_what_has_arrived_goes_back"),
    ("recognised", SOFIA, "exchange_item", {"order_id": "4388", "line_id": "4388-1", "old_sku": "JACKET-M", "new_sku": "JACKET-XL"}, "denied", "exchange_while_in_stock"),
    ("recognised", SOFIA, "exchange_item", {"order_id": "4388", "line_id": "4388-1", "old_sku": "JACKET-M", "new_sku": "KETTLE"}, "denied", "exchange_for_another_size"),
    ("verified", JAMES, "dispute_charge", {"invoice_id": "INV-4466", "amount": "20.00", "reason": "charged_twice"}, "denied", "one_case_at_a_time"),
    ("verified", JAMES, "dispute_charge", {"invoice_id": "INV-S201", "amount": "24.00", "reason": "wrong_amount"}, "denied", "dispute_only_what_was_charged"),
    ("recognised", JAMES, "pause_subscription", {"subscription_id": "S-201", "until": "2027-02-22"}, "denied", "pause_within_three_months"),
    ("recognised", JAMES, "pause_subscription", {"subscription_id": "S-201", "until": "2026-11-21"}, "denied", "pause_within_three_months"),
    ("recognised", JAMES, "cancel_subscription", {"subscription_id": "S-201", "reason": "other"}, "identify", "identity.below:verified"),
    ("verified", JAMES, "change_plan", {"subscription_id": "S-201", "plan_id": "COFFEE-1", "plan_name": "coffee, one bag a month", "price": "1.00"}, "denied", "plans_as_they_are_listed"),
    ("verified", JAMES, "change_plan", {"subscription_id": "S-201", "plan_id": "NET-50", "plan_name": "home internet fifty", "price": "24.90"}, "denied", "another_plan_of_the_family"),
    ("verified", JAMES, "apply_retention_offer", {"offer_id": "WINTER-S-201"}, "denied", "offers_while_they_last"),
    ("recognised", MEI, "book_appointment", {"slot_id": "internet_installation-1123-08", "starts_at": "2026-11-23T09:00:00+01:00", "about": "the router"}, "denied", "times_as_they_are_listed"),
    ("recognised", MEI, "move_appointment", {"appointment_id": "A-301", "slot_id": "repair-1123-09", "starts_at": "2026-11-23T09:00:00+01:00"}, "denied", "a_time_of_the_same_service"),
    ("verified", MEI, "change_phone", {"phone": "+353871234567"}, "identify", "identity.below:confirmed"),
    ("verified", MEI, "change_email", {"email": "mei@example.org"}, "identify", "identity.below:confirmed"),
    ("verified", MEI, "reset_password", {"channel": "email"}, "identify", "identity.below:confirmed"),
    ("recognised", JAMES, "push_configuration", {"profile": "standard"}, "not_found", "owner.other_customer"),
]  # fmt: skip


@pytest.mark.parametrize(("identity", "caller", "action", "arguments", "outcome", "rule"), REFUSALS)
async def test_what_is_not_allowed_changes_nothing(
    identity: str, caller: str, action: str, arguments: dict[str, Any], outcome: str, rule: str
) -> None:
    async with calling(caller, identity) as call:
        refused = await call.act(action, **arguments)
        assert (refused.name, call.rules()[0]) == (outcome, rule)
        assert refused.say
        assert call.case.proposal is None
        assert call.effects() == []


MINE: dict[str, Any] = {
    **{
        "order_id": "4712",
        "line_id": "4712-1",
        "sku": "LAMP-OAK",
        "old_sku": "JACKET-M",
        "new_sku": "JACKET-L",
    },
    **{
        "invoice_id": "INV-4712",
        "subscription_id": "S-204",
        "offer_id": "TEN-S-204",
        "appointment_id": "A-301",
    },
    **{"amount": "5.00", "until": "2026-12-31", "plan_id": "NET-50", "plan_name": "home internet fifty"},
    **{"price": "24.90", "street": "1 High Street", "postcode": "10115", "city": "Berlin", "country": "DE"},
    **{
        "quantity": 1,
        "slot_id": "repair-1123-09",
        "starts_at": "2026-11-23T09:00:00+01:00",
        "text": "a note",
    },
}
"""Numbers of Anna's order and invoice, Nora's subscription and offer, Mei's visit; and what else is asked for."""
THEIRS = {"order_id", "invoice_id", "subscription_id", "offer_id", "appointment_id"}
ANYBODYS = {"find_order", "track_parcel"}
"""They tell a state and days, to whoever knows a number."""


def _about_a_record(action: Action) -> bool:
    required = {argument.name for argument in action.arguments if argument.required}
    return action.offered and bool(required & THEIRS) and action.name not in ANYBODYS


@pytest.mark.parametrize(
    "action", [it for it in SAMPLE.actions if _about_a_record(it)], ids=lambda it: it.name
)
async def test_another_customers_record_is_as_good_as_none(action: Action) -> None:
    arguments = {
        argument.name: argument.choices[0] if argument.choices else MINE[argument.name]
        for argument in action.arguments
        if argument.required
    }
    async with calling(JAMES, "confirmed") as call:
        outcome = await call.act(action.name, **arguments)
        assert outcome.name == "not_found"
        assert outcome.say == action.words("not_found", "en")
        assert {fact for fact in outcome.facts if fact not in arguments} == set()
        assert call.effects() == []


def test_no_action_takes_a_customer_or_a_device() -> None:
    named = {argument.name for it in SAMPLE.actions if it.offered for argument in it.arguments}
    assert named.isdisjoint({"customer_id", "customer", "device_id"})


async def test_money_or_a_parcel_but_not_both() -> None:
    async with calling(BEN) as call:
        line = {"order_id": "4533", "line_id": "4533-1", "sku": "LAMP-BED", "reason": "damaged"}
        await call.agrees("replace_item", **line)
        refund = await call.act("refund_order", order_id="4533", amount="24.90", reason="damaged")
        assert (refund.name, call.rules()[0]) == ("denied", "paid_back_or_sent_again")
    async with calling(TOM) as call:
        await call.agrees("refund_order", order_id="4601", amount="20.00", reason="lost")
        parcel = await call.act("reship_order", order_id="4601", reason="lost")
        assert (parcel.name, call.rules()[0]) == ("denied", "sent_again_or_paid_back")


async def test_goodwill_is_given_once_a_month() -> None:
    async with calling(PRIYA) as call:
        await call.agrees("give_credit", order_id="4655", amount="10.00", reason="goodwill")
        again = await call.act("give_credit", order_id="4655", amount="5.00", reason="goodwill")
        assert again.name == "denied"
        assert "goodwill_once_a_month" in call.rules()


async def test_what_goes_back_goes_back_once() -> None:
    async with calling(SOFIA) as call:
        jacket = {"order_id": "4388", "line_id": "4388-1"}
        await call.agrees("exchange_item", **jacket, old_sku="JACKET-M", new_sku="JACKET-L")
        refused = await call.act("return_item", **jacket, sku="JACKET-M", reason="changed_mind")
        assert (refused.name, call.rules()[0]) == ("denied", "on_its_way_back_already")
