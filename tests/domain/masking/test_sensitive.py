"""When the sensitive time is on, and which turns it takes with it."""

from domain.masking import SensitiveMode, Stretch


def test_it_begins_once_and_ends_once() -> None:
    mode = SensitiveMode()
    assert mode.end(500) is None
    assert mode.begin("payment", 1000)
    assert not mode.begin("another", 2000)
    assert (mode.on, mode.reason) == (True, "payment")
    assert mode.end(3000) == Stretch(from_ms=1000, to_ms=3000, reason="payment")
    assert (mode.on, mode.reason, mode.end(4000)) == (False, None, None)


def test_it_covers_what_began_in_it_or_is_still_open() -> None:
    mode = SensitiveMode()
    assert not mode.covers(0)
    mode.begin("payment", 1000)
    assert mode.covers(0), "a turn that began before and goes on"
    mode.end(3000)
    assert [mode.covers(at) for at in (2999, 3699, 3700)] == [True, True, False]
    mode.begin("payment", 8000)
    assert mode.covers(7000)
