"""An airline, whose systems are the tools of an MCP server: the same gate, and nothing in it knows the trade."""

# ruff: noqa: E501 - a row of a table stays whole

import shutil
from contextlib import AsyncExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from adapters.company_folder import CompanyFolderRefused, load_company
from adapters.mcp_tools.listing import described
from app.gates import _systems
from app.metrics import Metrics
from domain.actions import Identity
from domain.clock import SystemClock
from domain.money import Money
from simulator.airline.seed import found
from simulator.airline.server import Airline
from tests.companies.airline import AIRLINE, FOLDER, TODAY, Counter, Story, counter, day, served
from tools.catalogue import tool_schemas

CHANGE = {"locator": "K7QM2P", "flight_number": "WH103", "day": day(4)}
REBOOK = {"locator": "B3XR9D", "flight_number": "WH105", "day": day(1)}


def test_the_folder_is_another_company_in_another_currency() -> None:
    assert {server.name for server in AIRLINE.mcp_servers} == {"airline"}
    assert not (FOLDER / "backoffice.openapi.json").exists()
    bounds = [up_to for role in AIRLINE.policy.authorities for up_to in role.up_to.values()]
    bounds += [limit.amount for action in AIRLINE.actions for limit in action.limits if limit.amount]
    assert {bound.currency for bound in bounds} == {"GBP"}
    assert AIRLINE.policy.authority("agent", "claim_compensation") == Money.of("250.00", "GBP")


async def test_every_action_fits_what_the_server_says_of_its_tools() -> None:
    async with counter() as world:
        assert load_company(FOLDER, tools=world.tools.describe()) == AIRLINE
        assert not [
            why
            for action in AIRLINE.actions
            if action.binding.kind == "mcp" and (why := world.systems.why_not(action.binding))
        ]


MISFITS: dict[str, tuple[str, str, str]] = {
    "a tool that is not there": ("binding: {mcp: airline.bag_status}", "binding: {mcp: airline.bag_state}", "there is no tool `airline.bag_state`"),
    "a lookup that changes": ("binding: {mcp: airline.compensation_due}", "binding: {mcp: airline.revoke_compensation}", "a lookup cannot CHANGE"),
    "a change that only looks": ("binding: {mcp: airline.report_bag}", "binding: {mcp: airline.find_booking}", "airline.find_booking only reads"),
    "a read that changes": ("{name: claim, mcp: airline.compensation_due,", "{name: claim, mcp: airline.reinstate_booking,", "a read cannot CHANGE"),
    "an argument it does not take": ("given: {to_pay_minor: offer.to_pay.amount_minor}", "given: {to_pay_minor: offer.to_pay.amount_minor, fee: offer.fee}", "there is no parameter `fee`"),
    "an argument it needs": ("given: {amount_minor: args.amount.minor, currency: args.amount.currency}", "given: {currency: args.amount.currency}", "needs `amount_minor`"),
    "an argument of another type": ("- {name: seat, type: string, description: The seat., required: false}", "- {name: seat, type: integer, description: The seat., required: false}", "`seat` is string"),
    "a reconciliation of nothing": ("given: {key: deed.id}", "given: {deed: deed.id}", "there is no parameter `deed`"),
}  # fmt: skip


async def test_what_does_not_fit_the_server_is_refused_with_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "airline"
    shutil.copytree(FOLDER, folder)
    text = (folder / "actions.yaml").read_text("utf-8")
    for wrong, instead, _ in MISFITS.values():
        assert wrong in text
        text = text.replace(wrong, instead, 1)
    (folder / "actions.yaml").write_text(text, "utf-8")
    offered = [described("airline", tool) for tool in await Airline(found(TODAY)).list_tools()]
    with pytest.raises(CompanyFolderRefused) as refused:
        load_company(folder, tools={tool.name: tool for tool in offered})
    lines = text.splitlines()
    for _, instead, said in MISFITS.values():
        [found_at] = {problem.line for problem in refused.value.problems if said in problem.wrong}
        near = lines[max(0, found_at - 12) : found_at + 12]
        assert any(instead in line for line in near), said


async def test_while_no_server_is_reached_the_folder_alone_is_judged(tmp_path: Path) -> None:
    folder = tmp_path / "airline"
    shutil.copytree(FOLDER, folder)
    text = (folder / "actions.yaml").read_text("utf-8").replace("airline.bag_status", "airline.no_such_tool")
    (folder / "actions.yaml").write_text(text, "utf-8")
    assert load_company(folder).action("bag_status") is not None


async def test_without_its_token_the_server_shows_nothing() -> None:
    async with counter(key="another") as world:
        story = Story(world)
        assert (await story.act("flight_status", flight_number="WH101", day=day(4))).name == "failed"


async def test_a_flight_is_looked_up_by_anybody() -> None:
    async with counter() as world:
        story = Story(world, caller="")
        told = await story.act("flight_status", flight_number="wh101", day=day(4))
        assert told.name == "scheduled"
        assert told.say.startswith("Flight W, H, one, zero, one to Edinburgh leaves")
        assert (await story.act("flight_status", flight_number="WH103", day=day(1))).name == "cancelled"
        assert (await story.act("flight_status", flight_number="WH999", day=day(1))).name == "not_found"
        assert (await story.act("flight_status", flight_number="BA101", day=day(1))).name == "invalid"


async def test_the_number_recognises_and_two_who_share_it_are_nobody() -> None:
    async with counter() as world:
        story = Story(world)
        assert (await story.act("choose_seat", locator="K7QM2P", seat="14C")).name == "confirm"
        assert story.case.standing.level is Identity.RECOGNISED
        shared = Story(world, caller="+447700900555")
        assert (await shared.act("choose_seat", locator="K7QM2P", seat="14C")).name == "identify"


async def test_who_they_are_is_proven_by_surname_and_birthday_of_a_booking() -> None:
    async with counter() as world:
        story = Story(world, caller="")
        assert (await story.act("change_flight", **CHANGE)).name == "identify"
        assert await story.proves(born="1988-04-13") == "not_proven"
        assert await story.proves(surname="Brand") == "not_proven"
        assert await story.proves() == "proven"
        assert (await story.act("change_flight", **CHANGE)).name == "confirm"


async def test_another_travellers_booking_sounds_like_none() -> None:
    async with counter() as world:
        story = Story(world)
        await story.proves()
        theirs = await story.act("cancel_booking", locator="M4ZC6V")
        nobodys = await story.act("cancel_booking", locator="ZZZZZZ")
        assert (theirs.name, theirs.say, theirs.facts) == (nobodys.name, nobodys.say, nobodys.facts)
        assert theirs.name == "not_found"


async def test_a_change_is_read_back_with_its_price_done_and_taken_back() -> None:
    async with counter() as world:
        story = Story(world)
        await story.proves()
        asked = await story.act("change_flight", **CHANGE)
        assert "for fifty pounds. Shall I do that?" in asked.say
        done = await story.says("yes please")
        assert (done.name, done.facts["charged"]) == ("done", {"amount_minor": 5000, "currency": "GBP"})
        booking = story.booking("K7QM2P")
        assert (booking.flight.number, booking.paid, booking.seat) == ("WH103", 13000, "")
        assert (await story.act("undo_last")).name == "undone"
        assert (booking.flight.number, booking.paid, booking.seat) == ("WH101", 8000, "4C")
        assert (await story.agreed("change_flight", **CHANGE)).name == "done", "an undo frees it"


async def test_back_and_forth_is_no_repetition() -> None:
    async with counter() as world:
        story = Story(world)
        await story.proves()
        for number in ("WH103", "WH101", "WH103"):
            assert (await story.agreed("change_flight", **{**CHANGE, "flight_number": number})).name == "done"
        again = await story.act("change_flight", **CHANGE)
        assert (again.name, again.say) == ("denied", "Your booking is on that flight already.")
        assert story.done() == ["change_flight"] * 3


async def test_what_costs_nothing_is_done_as_well() -> None:
    async with counter() as world:
        story = Story(world, caller="+447700900333")
        await story.proves("P9GL3T", "Nair", "1993-07-08")
        moved = await story.agreed("change_flight", locator="P9GL3T", flight_number="WH242", day=day(6))
        assert (moved.name, story.booking("P9GL3T").paid) == ("done", 26000)


@pytest.mark.parametrize(
    ("caller", "who", "action", "arguments", "name", "says"),
    [
        ("+447700900222", ("M4ZC6V", "Brand", "1975-11-30"), "change_flight", {"locator": "M4ZC6V", "flight_number": "WH101", "day": day(5)}, "denied", "Your fare cannot be changed."),
        ("+447700900111", (), "change_flight", {**CHANGE, "flight_number": "WH101"}, "denied", "on that flight already"),
        ("+447700900111", (), "change_flight", {**CHANGE, "flight_number": "WH240"}, "denied", "goes somewhere else"),
        ("+447700900111", (), "change_flight", {**CHANGE, "flight_number": "WH105", "day": day(3)}, "denied", "no seats left"),
        ("+447700900111", (), "change_flight", {**CHANGE, "locator": "H5TN8W"}, "denied", "has left"),
        ("+447700900111", (), "rebook", {**REBOOK, "locator": "K7QM2P", "day": day(2)}, "denied", "runs as planned"),
        ("+447700900111", (), "choose_seat", {"locator": "K7QM2P", "seat": "12A"}, "hand_over", "exit row"),
        ("+447700900111", (), "order_meal", {"locator": "H5TN8W", "meal": "vegan"}, "denied", "has left"),
        ("+447700900111", (), "order_meal", {"locator": "B3XR9D", "meal": "vegan"}, "confirm", "vegan meal"),
        ("+447700900444", ("C8VD4N", "Rees", "2001-01-19"), "claim_compensation", {"locator": "C8VD4N", "amount": "350.00"}, "denied", "no compensation due"),
        ("+447700900111", (), "claim_compensation", {"locator": "H5TN8W", "amount": "220.01"}, "denied", "more than what is due"),
        ("+447700900111", (), "claim_compensation", {"locator": "H5TN8W", "amount": "220.00 EUR"}, "invalid", ""),
    ],
)  # fmt: skip
async def test_the_airlines_rules(
    caller: str, who: tuple[str, str, str], action: str, arguments: dict[str, Any], name: str, says: str
) -> None:
    async with counter() as world:
        story = Story(world, caller=caller)
        assert await story.proves(*who) == "proven"
        outcome = await story.act(action, **arguments)
        assert (outcome.name, says in outcome.say) == (name, True), outcome
        assert story.done() == []


async def test_a_cancellation_pays_back_what_the_fare_gives() -> None:
    async with counter() as world:
        story = Story(world)
        await story.proves()
        asked = await story.act("cancel_booking", locator="K7QM2P")
        assert "you get forty pounds back" in asked.say
        assert (await story.says("yes")).name == "done"
        assert story.booking("K7QM2P").state == "cancelled"
        assert (await story.act("cancel_booking", locator="K7QM2P")).say == "That booking is cancelled."
        assert (await story.act("undo_last")).name == "undone"
        assert story.booking("K7QM2P").state == "confirmed"


async def test_compensation_above_the_agents_bound_waits_for_a_supervisor() -> None:
    async with counter() as world:
        story = Story(world, caller="+447700900333")
        await story.proves("R2FJ7K", "Nair", "1993-07-08")
        waiting = await story.agreed("claim_compensation", locator="R2FJ7K", amount="350.00")
        assert (waiting.name, story.done()) == ("waiting", [])
        approval = f"{waiting.deed_id}.approval"
        await world.approvals.decide(approval, state="approved", by="jo", amount=Money.of("200.00", "GBP"))
        asked = await story.gate.supervised(story.case, waiting.deed_id, world)
        assert asked.say.startswith("I would pay you two hundred pounds")
        story.read_back = asked.say
        assert (await story.says("yes")).name == "done"
        assert [claim["amount_minor"] for claim in story.airline.records.claims.values()] == [20000]


async def test_compensation_within_it_is_paid_once_and_can_be_taken_back() -> None:
    async with counter() as world:
        story = Story(world)
        await story.proves()
        assert (await story.agreed("claim_compensation", locator="H5TN8W", amount="220.00")).name == "done"
        more = await story.act("claim_compensation", locator="H5TN8W", amount="20.00")
        assert (more.name, more.say) == ("denied", "That is more than what is due for that flight.")
        assert (await story.act("undo_last")).name == "undone"
        assert [claim["state"] for claim in story.airline.records.claims.values()] == ["revoked"]


@pytest.mark.parametrize(
    ("fault", "name", "done"), [("breaks_after", "done", 1), ("breaks_before", "unknown", 0)]
)
async def test_a_lost_answer_is_looked_up_by_its_key(fault: Any, name: str, done: int) -> None:
    async with counter() as world:
        story = Story(world)
        await story.proves()
        world.airline.faults["change_flight"] = [fault]
        outcome = await story.agreed("change_flight", **CHANGE)
        assert (outcome.name, len(story.done())) == (name, done)
        deed = world.ledger.deeds[next(iter(world.ledger.deeds))]
        assert deed.id == (story.airline.receipts.effects[0].key if done else deed.id)
        assert world.jobs == [("reconciliation", deed.id)]
        if done:
            assert (await story.act("undo_last")).name == "undone"
            assert story.booking("K7QM2P").flight.number == "WH101"
        else:
            again = await story.act("change_flight", **CHANGE)
            assert (again.name, story.done()) == ("unknown", []), "nobody may do it while nobody knows"


async def test_what_was_paid_without_an_answer_can_be_taken_back() -> None:
    async with counter() as world:
        story = Story(world)
        await story.proves()
        world.airline.faults["pay_compensation"] = ["breaks_after"]
        paid = await story.agreed("claim_compensation", locator="H5TN8W", amount="220.00")
        assert (paid.name, paid.facts["claim_id"]) == ("done", "CC0001")
        assert (await story.act("undo_last")).name == "undone"
        assert [claim["state"] for claim in story.airline.records.claims.values()] == ["revoked"]


async def test_a_price_that_moves_between_question_and_answer_is_read_back_anew() -> None:
    async with counter() as world:
        story = Story(world)
        await story.proves()
        await story.act("change_flight", **CHANGE)
        world.airline.records.flight("WH103", day(4)).fares["standard"] = 120_00
        again = await story.says("yes")
        assert again.name == "confirm"
        assert "for seventy-five pounds" in again.say
        assert story.done() == []
        assert (await story.says("yes")).name == "done"


async def test_the_system_s_own_no_has_the_companys_words() -> None:
    async with counter() as world:
        story = Story(world)
        world.airline.records.bookings["K7QM2P"].flight.taken.add("14C")
        refused = await story.agreed("choose_seat", locator="K7QM2P", seat="14c")
        assert (refused.name, story.done()) == ("seat_taken", [])
        assert (await story.agreed("choose_seat", locator="K7QM2P", seat="15C")).name == "done"


async def rebooking(world: Counter) -> Story:
    story = Story(world)
    await story.proves("B3XR9D")
    asked = await story.act("rebook", **REBOOK)
    assert asked.say.endswith("free of charge, and write to you. Shall I do that?"), asked
    return story


async def test_a_rebooking_releases_the_seat_moves_the_booking_and_writes() -> None:
    async with counter() as world:
        story = await rebooking(world)
        assert (await story.says("yes")).name == "done"
        assert story.done() == ["set_seat", "change_flight"]
        booking = story.booking("B3XR9D")
        assert (booking.flight.number, booking.paid, booking.seat) == ("WH105", 5500, "")
        assert [(mail.channel, mail.to) for mail in world.sent.values()] == [
            ("email", "amelia.hartley@example.com")
        ]


@pytest.mark.parametrize(("fault", "name"), [("refuses", "compensated"), ("breaks_before", "partly_done")])
async def test_a_rebooking_that_fails_half_way_gives_the_seat_back(fault: Any, name: str) -> None:
    async with counter() as world:
        story = await rebooking(world)
        world.airline.faults["change_flight"] = [fault]
        assert (await story.says("yes")).name == name
        assert (story.done(), story.booking("B3XR9D").seat) == (["set_seat", "set_seat"], "11A")
        assert world.sent == {}
        jobs = {kind for kind, _ in world.jobs}
        assert jobs == (set() if name == "compensated" else {"reconciliation", "compensation"})


async def test_a_tool_that_takes_something_else_is_withdrawn_and_said() -> None:
    async with counter() as world:
        story = Story(world)

        def set_seat(locator: str, row: int) -> dict[str, Any]:
            raise AssertionError

        world.airline.remove_tool("set_seat")
        world.airline.add_tool(set_seat, structured_output=False)
        world.tools._lines["airline"].list_again()  # the line does so every minute
        tool, why = await world.drifts.get()
        assert (tool, why) == ("airline.set_seat", "it no longer takes seat")
        refused = await story.agreed("choose_seat", locator="K7QM2P", seat="15C")
        assert (refused.name, story.done()) == ("failed", [])
        assert (await story.agreed("order_meal", locator="K7QM2P", meal="vegan")).name == "done"


async def test_the_model_sees_what_the_caller_may_have() -> None:
    async with counter() as world:
        story = Story(world)
        assert "change_flight" not in names(story)
        await story.act("begin_goal", goal="change_my_flight")
        assert "change_flight" not in names(story)
        await story.proves()
        assert {"change_flight", "rebook", "quote_change"} <= names(story)
        assert not {"cancel_booking", "revert_change", "claim_compensation"} & names(story)


def names(story: Story) -> set[str]:
    return {tool["function"]["name"] for tool in tool_schemas(AIRLINE, story.case)}


async def test_a_start_refuses_actions_that_do_not_fit_the_server_it_reaches(tmp_path: Path) -> None:
    folder = tmp_path / "airline"
    shutil.copytree(FOLDER, folder)
    text = (folder / "actions.yaml").read_text("utf-8").replace("airline.bag_status", "airline.no_such_tool")
    (folder / "actions.yaml").write_text(text, "utf-8")
    airline = Airline(found(TODAY))
    async with served(airline) as port, AsyncExitStack() as stack:
        (folder / "company.yaml").write_text(
            (FOLDER / "company.yaml").read_text("utf-8").replace(":8795", f":{port}"), "utf-8"
        )
        settings: Any = SimpleNamespace(back_office_key=None, back_office_url="")
        client = await stack.enter_async_context(httpx.AsyncClient())
        with pytest.raises(CompanyFolderRefused, match=r"there is no tool `airline\.no_such_tool`"):
            await _systems(settings, load_company(folder), folder, client, SystemClock(), Metrics(), stack)
