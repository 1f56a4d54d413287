"""The sample company's folder: what each of its actions must have beyond what the loader asks for."""

import pytest

from domain.actions import Action
from tests.tools.world import SAMPLE

HEARD = [it for it in SAMPLE.actions if it.offered]
DEEDS = [it for it in HEARD if it.writes]
READS_AND_WRITES = [it for it in SAMPLE.actions if it.writes and it.binding.kind == "openapi"]


@pytest.mark.parametrize("action", HEARD, ids=lambda it: it.name)
def test_what_is_said_is_said_in_german_too(action: Action) -> None:
    assert set(action.outcomes) - set(action.translations["de"]) == set()
    assert (action.read_back is None) == ("read_back" not in action.translations["de"])


@pytest.mark.parametrize("action", DEEDS, ids=lambda it: it.name)
def test_a_deed_is_asked_for_and_bounded(action: Action) -> None:
    assert action.owner is not None
    assert action.limits
    assert action.read_back is not None
    assert action.read_back.endswith("?")
    assert any(goal.resolved_when == f"{action.name}.done" for goal in SAMPLE.goals) or action.name in {
        "reship_order",
        "give_credit",
    }


def test_whatever_a_caller_may_ask_for_can_be_found_out_again() -> None:
    undos = {it.undo.action for it in SAMPLE.actions if it.undo}
    unsure = {it.name for it in READS_AND_WRITES if it.reconcile is None}
    assert unsure - undos == set()


def test_every_deed_but_a_sent_link_can_be_taken_back() -> None:
    assert {it.name for it in DEEDS if it.undo is None} == {"reset_password"}


def test_callers_say_it_in_at_least_ten_ways_and_never_the_same_for_two_goals() -> None:
    assert {goal.id for goal in SAMPLE.goals if len(goal.phrases) < 10} == set()
    said = [phrase for goal in SAMPLE.goals for phrase in goal.phrases]
    assert {phrase for phrase in said if said.count(phrase) > 1} == set()


def test_rules_that_refuse_say_why_in_both_languages() -> None:
    silent = {rule.id for rule in SAMPLE.policy.rules if rule.then == "deny" and not rule.say}
    assert silent == set()
    assert {rule.id for rule in SAMPLE.policy.rules if rule.say and "de" not in rule.translations} == set()


def test_messages_are_written_in_both_languages() -> None:
    assert {it.name for it in SAMPLE.messages if "de" not in it.translations} == set()
