"""How long silences last before something is done about them."""

from domain.patience import FILL_AFTER_S, filling, quiet_for, silence_step


def test_a_silent_caller_is_asked_twice() -> None:
    assert [silence_step(times) for times in range(5)] == ["ask", "ask_again", *["goodbye"] * 3]


def test_a_wait_is_filled_with_words_and_then_with_sound() -> None:
    assert [filling(times) for times in range(5)] == ["filler", "still_waiting", *["hold_sound"] * 3]


def test_our_silence_counts_from_the_last_sound_of_either_side() -> None:
    def quiet(line: float, caller: float) -> float:
        return quiet_for(10.0, line_quiet_from=line, callers_last_sound=caller, turn_began=8.0)

    assert quiet(4.0, 7.5) == 2.5
    assert quiet(9.0, 7.5) == 1.0
    assert quiet(0.0, 0.0) == 2.0  # nobody has made a sound yet: keypad on a silent line


def test_what_is_left_of_two_seconds_covers_the_line() -> None:
    assert FILL_AFTER_S <= 1.5
