"""Goals open with a deed and close with its proof."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest

from domain.company import Company, Goal, OpeningHours
from domain.events import GoalOpened, GoalResolved
from domain.goals import PROVES_NOTHING, GoalTrack


def goal(name: str, actions: Sequence[str], resolved_when: str) -> Goal:
    return Goal(
        id=name, title=name, phrases=(), actions=tuple(actions), instructions="", resolved_when=resolved_when
    )


ORDER = goal("order_status", ("find_order", "search"), "find_order.found")
POLICY = goal("policy", ("search",), "search.found")
PERSON = goal("person", ("take_message",), "take_message.taken")


def company(*goals: Goal) -> Company:
    hours = OpeningHours(zone=ZoneInfo("UTC"), weekly={})
    return Company(id="c", name="C", hours=hours, lines=(), goals=goals, actions=(), persona="", documents=())


@pytest.fixture
def track() -> GoalTrack:
    return GoalTrack(company(ORDER, POLICY, PERSON))


def test_an_action_opens_its_goal_once(track: GoalTrack) -> None:
    assert track.proposed("find_order") == [GoalOpened(goal="order_status")]
    assert track.proposed("find_order") == []
    assert track.current is ORDER


def test_a_shared_action_opens_the_goal_that_it_can_prove(track: GoalTrack) -> None:
    assert track.proposed("search") == [GoalOpened(goal="policy")]
    narrow = goal("narrow", ("search",), "never.found")
    wide = goal("wide", ("search", "find_order"), "search.found")
    assert GoalTrack(company(narrow, wide)).proposed("search") == [GoalOpened(goal="wide")]


def test_a_shared_action_that_proves_nothing_opens_the_goal_that_is_most_about_it() -> None:
    wide = goal("wide", ("ask", "tell"), "tell.done")
    narrow = goal("narrow", ("ask",), "never.found")
    assert GoalTrack(company(wide, narrow)).proposed("ask") == [GoalOpened(goal="narrow")]


def test_another_wish_in_the_same_call_is_another_goal(track: GoalTrack) -> None:
    track.proposed("find_order")
    assert track.proposed("search") == [GoalOpened(goal="policy")]
    assert track.done("search", "found") == [GoalResolved(goal="policy", proof="search.found")]
    assert track.current is ORDER


def test_an_action_of_no_goal_opens_none(track: GoalTrack) -> None:
    assert track.proposed("end_call") == []
    assert track.current is None


def test_its_proof_closes_it(track: GoalTrack) -> None:
    track.proposed("find_order")
    assert track.done("find_order", "found") == [GoalResolved(goal="order_status", proof="find_order.found")]
    assert track.current is None
    assert track.done("find_order", "found") == []


def test_an_outcome_named_after_what_was_found_is_a_proof(track: GoalTrack) -> None:
    track.proposed("find_order")
    assert track.done("find_order", "delivered") == [
        GoalResolved(goal="order_status", proof="find_order.delivered")
    ]


@pytest.mark.parametrize("outcome", sorted(PROVES_NOTHING))
def test_an_outcome_that_found_nothing_proves_nothing(track: GoalTrack, outcome: str) -> None:
    track.proposed("find_order")
    assert track.done("find_order", outcome) == []
    assert track.current is ORDER


def test_a_bad_outcome_may_be_what_a_goal_waits_for() -> None:
    track = GoalTrack(company(goal("refusal", ("ask",), "ask.denied")))
    track.proposed("ask")
    assert track.done("ask", "denied") == [GoalResolved(goal="refusal", proof="ask.denied")]


def test_the_latest_open_goal_is_the_current_one(track: GoalTrack) -> None:
    track.proposed("find_order")
    track.proposed("take_message")
    assert track.current is PERSON
    track.done("take_message", "taken")
    assert track.current is ORDER


def test_another_actions_outcome_closes_nothing(track: GoalTrack) -> None:
    track.proposed("find_order")
    assert track.done("search", "found") == []
