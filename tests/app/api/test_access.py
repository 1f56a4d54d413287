"""Keys, links and cookies: who comes in, for how long, and how often one may guess."""

import base64
from datetime import timedelta

import pytest

from app.api.access import GUESSES, GUESSES_S, LINK_S, LINKS, SIGNED_IN_S, Access, Refused, Visitor
from tests.app.api.sample_calls import ANSWERED, SetClock

KEY = "a-key-of-enough-characters"
HERE = "192.0.2.1"


class Hand(SetClock):
    """Both clocks move by hand."""

    seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds

    def wait(self, seconds: float) -> None:
        self.seconds += seconds
        self.wall += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Hand:
    return Hand(ANSWERED)


def test_only_the_key_opens(clock: Hand) -> None:
    access = Access(KEY, clock)
    assert access.by_key(KEY, HERE) == Visitor(name="api-key")
    assert access.by_key(KEY[:-1], HERE) == Refused(reason="wrong_key")
    assert access.by_key("", HERE) == Refused(reason="wrong_key")


def test_without_a_key_nobody_comes_in(clock: Hand) -> None:
    access = Access(None, clock)
    assert not access.is_open
    assert access.by_key("", HERE) == Refused(reason="no_key_set")
    assert access.by_cookie(Access("", clock).new_cookie()) == Refused(reason="no_key_set")


def test_guessing_ends_until_the_minute_is_over(clock: Hand) -> None:
    access = Access(KEY, clock)
    for _ in range(GUESSES):
        assert access.by_key("wrong", HERE) == Refused(reason="wrong_key")
    clock.wait(20)
    assert access.by_key(KEY, HERE) == Refused(reason="too_many_guesses", retry_after_s=40)
    assert isinstance(access.by_key(KEY, "192.0.2.2"), Visitor)
    clock.wait(GUESSES_S - 20)
    assert isinstance(access.by_key(KEY, HERE), Visitor)


def test_a_key_that_fits_forgives_the_typing_errors_before_it(clock: Hand) -> None:
    access = Access(KEY, clock)
    for _ in range(2):
        for _ in range(GUESSES - 1):
            access.by_key("wrong", HERE)
        assert isinstance(access.by_key(KEY, HERE), Visitor)


def test_a_link_works_once_and_not_for_long(clock: Hand) -> None:
    access = Access(KEY, clock)
    used, late = access.new_link(), access.new_link()
    cookie = access.by_link(used, HERE)
    assert isinstance(cookie, str)
    assert isinstance(access.by_cookie(cookie), Visitor)
    assert access.by_link(used, HERE) == Refused(reason="wrong_key")
    clock.wait(LINK_S + 1)
    assert access.by_link(late, HERE) == Refused(reason="wrong_key")


def test_links_that_nobody_uses_do_not_pile_up(clock: Hand) -> None:
    access = Access(KEY, clock)
    first, *_, last = [access.new_link() for _ in range(LINKS + 1)]
    assert access.by_link(first, HERE) == Refused(reason="wrong_key")
    assert isinstance(access.by_link(last, HERE), str)


def test_a_cookie_ends_with_its_shift_and_with_its_key(clock: Hand) -> None:
    access = Access(KEY, clock)
    cookie = access.new_cookie()
    clock.wait(SIGNED_IN_S - 1)
    assert isinstance(access.by_cookie(cookie), Visitor)
    assert Access(KEY + "2", clock).by_cookie(cookie) == Refused(reason="signed_out")
    clock.wait(2)
    assert access.by_cookie(cookie) == Refused(reason="signed_out")


@pytest.mark.parametrize("byte", range(46))
def test_a_changed_cookie_is_no_cookie(clock: Hand, byte: int) -> None:
    access = Access(KEY, clock)
    opened = bytearray(base64.urlsafe_b64decode(access.new_cookie()))
    opened[byte] ^= 1
    changed = base64.urlsafe_b64encode(opened).decode()
    assert access.by_cookie(changed) == Refused(reason="signed_out")


@pytest.mark.parametrize("value", ["", "x", "%%%", "AAAA", "\N{SNOWMAN}"])
def test_garbage_is_no_cookie(clock: Hand, value: str) -> None:
    assert Access(KEY, clock).by_cookie(value) == Refused(reason="signed_out")
