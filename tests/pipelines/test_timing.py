"""Where the silence before an answer went: the stations add up to the gap."""

from pytest import approx

from pipelines.timing import TurnTiming


def test_the_stations_add_up_to_the_gap() -> None:
    timing = TurnTiming(turn=3, last_sound=8.5, ended=8.76, asked=8.77, first_word=9.0, sentence=9.1)
    timed = timing.heard(9.2, 9.22)

    assert timed.turn == 3 and timed.gap_ms == 720
    assert timed.stations_ms == approx(
        {
            "end_of_turn": 260,
            "turn_taking": 10,
            "model": 230,
            "tools": 0,
            "sentence": 100,
            "speech": 100,
            "line": 20,
        }
    )
    assert sum(timed.stations_ms.values()) == approx(timed.gap_ms)


def test_actions_are_no_time_of_the_models() -> None:
    timing = TurnTiming(turn=1, last_sound=8.0, ended=8.2, asked=8.2, sentence=10.2)
    timing.tools_began(8.5)
    timing.tools_began(8.6)  # a second action of the same answer
    timing.tools_ended(9.5)
    timing.tools_ended(9.6)  # nothing is running any more
    stations = timing.heard(10.3, 10.3).stations_ms

    assert stations["tools"] == approx(1000)
    assert stations["model"] == approx(1000)


def test_a_sentence_of_the_runtime_needs_no_model() -> None:
    stations = TurnTiming(turn=1, last_sound=8.0, ended=8.3).heard(8.3, 8.3).stations_ms
    assert stations == approx(
        {
            "end_of_turn": 300,
            "turn_taking": 0,
            "model": 0,
            "tools": 0,
            "sentence": 0,
            "speech": 0,
            "line": 0,
        }
    )


def test_an_action_between_first_word_and_sentence_is_time_of_neither() -> None:
    timing = TurnTiming(turn=1, last_sound=8.0, ended=8.2, asked=8.2, first_word=8.4, sentence=10.2)
    timing.tools_began(8.5)
    timing.tools_ended(9.5)
    timed = timing.heard(10.3, 10.3)
    assert timed.stations_ms["sentence"] == approx(1000)
    assert sum(timed.stations_ms.values()) == approx(timed.gap_ms)


def test_a_station_is_never_below_nothing() -> None:
    timing = TurnTiming(turn=1, last_sound=8.0, ended=8.3, asked=8.1, sentence=9.0)  # asked ahead of the end
    assert min(timing.heard(8.9, 9.1).stations_ms.values()) == 0.0
