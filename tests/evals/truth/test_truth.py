"""The speech check grows no worse: over the written cases, both halves, and over our own sentences."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from evals.truth.__main__ import Judged, cases, is_held_out, judge

OUR_OWN = json.loads((Path(__file__).parent / "our_own.json").read_text("utf-8"))["situations"]


@cache
def judged(corpus: str) -> Sequence[Judged]:
    situations: Sequence[Mapping[str, Any]] = OUR_OWN if corpus == "our own" else cases()
    each = tuple(judge(situations))
    return [it for it in each if corpus == "our own" or it.held_out == (corpus == "never looked at")]


@pytest.mark.parametrize(
    ("corpus", "caught", "held_back"),
    [("looked at", 0.99, 0.005), ("never looked at", 0.87, 0.12), ("our own", 0.89, 0.05)],
)
def test_no_fewer_are_caught_and_no_more_held_back(corpus: str, caught: float, held_back: float) -> None:
    false = [it for it in judged(corpus) if not it.is_true]
    true = [it for it in judged(corpus) if it.is_true]
    assert sum(it.right for it in false) / len(false) >= caught
    assert sum(not it.right for it in true) / len(true) <= held_back


def test_a_sentence_is_judged_fast() -> None:
    """Of the thread's own time, so that a busy machine fails nothing; 5 ms is what a sentence may take."""
    busy = sorted(it.cpu_ms for half in ("looked at", "never looked at") for it in judged(half))
    assert busy[int(0.99 * (len(busy) - 1))] < 5


def test_both_halves_are_large_enough_to_tell() -> None:
    halves = {is_held_out(situation["id"]) for situation in cases()}
    assert halves == {True, False}
    assert len([it for half in ("looked at", "never looked at") for it in judged(half)]) >= 700
