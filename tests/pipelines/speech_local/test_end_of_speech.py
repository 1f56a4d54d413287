"""When a caller has begun and has finished, window by window."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.speech.local.end_of_speech import WINDOW_MS, Edge, EndOfSpeech, SpeechBounds, sounds_unfinished

BOUNDS = SpeechBounds(start_ms=100, start_within_ms=160, resume_ms=60, end_ms=500, unfinished_ms=1200)


def edges(pattern: str, *, unfinished: bool = False) -> list[tuple[int, Edge]]:
    """Edges with the millisecond at which they were proven; `v` is a window of voice, `.` one without."""
    ears = EndOfSpeech(BOUNDS)
    found = []
    for number, window in enumerate(pattern, start=1):
        if edge := ears.hear(voice=window == "v", unfinished=unfinished):
            found.append((number * WINDOW_MS, edge))
    return found


def test_speech_starts_after_100_ms_of_voice() -> None:
    assert edges("....vvvvv") == [(180, Edge.STARTED)]


def test_a_swallowed_window_does_not_hide_a_start() -> None:
    assert edges("vv.vv.v") == [(140, Edge.STARTED)]


def test_clicks_start_nothing() -> None:
    assert edges("v......v......vv......v......") == []


def test_speech_ends_after_500_ms_of_silence() -> None:
    assert edges("vvvvv" + "." * 25) == [(100, Edge.STARTED), (600, Edge.ENDED)]


def test_a_pause_is_no_end() -> None:
    assert edges("vvvvv" + "." * 24 + "vvv" + "." * 24) == [(100, Edge.STARTED)]


def test_a_breath_does_not_prolong_a_silence() -> None:
    assert edges("vvvvv" + "." * 10 + "vv" + "." * 13) == [(100, Edge.STARTED), (600, Edge.ENDED)]


def test_an_unfinished_sentence_gets_more_time() -> None:
    assert edges("vvvvv" + "." * 60, unfinished=True) == [(100, Edge.STARTED), (1300, Edge.ENDED)]


def test_the_next_turn_starts_afresh() -> None:
    assert [edge for _, edge in edges(("vvvvvv" + "." * 30) * 3)] == [Edge.STARTED, Edge.ENDED] * 3


@given(st.text(alphabet="v.", max_size=400))
def test_edges_alternate_and_every_end_follows_enough_silence(pattern: str) -> None:
    found = edges(pattern)
    assert [edge for _, edge in found] == [Edge.STARTED, Edge.ENDED] * (len(found) // 2) + [Edge.STARTED] * (
        len(found) % 2
    )
    for at_ms, edge in found:
        if edge is Edge.ENDED:
            last = pattern[at_ms // WINDOW_MS - BOUNDS.end_ms // WINDOW_MS : at_ms // WINDOW_MS]
            assert "vvv" not in last


@pytest.mark.parametrize(
    "text",
    [
        "i would like to know",
        "where is my",
        "it is about",
        "my order number is",
        "the order number is four seven",
    ],
)
def test_open_phrases_sound_unfinished(text: str) -> None:
    assert sounds_unfinished(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yes",
        "two",
        "where is my order",
        "order four seven one two",
        "where my order four seven one two is",
    ],
)
def test_whole_sentences_do_not(text: str) -> None:
    assert not sounds_unfinished(text)


@pytest.mark.parametrize(
    "wrong", [{"start_ms": 200}, {"end_ms": 0}, {"resume_ms": 0}, {"end_ms": 800, "unfinished_ms": 700}]
)
def test_impossible_bounds_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="_ms"):
        SpeechBounds(**wrong)
