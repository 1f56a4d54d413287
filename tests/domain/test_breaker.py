"""An operation that keeps failing rests, is tried by one call at a time, and comes back with a success."""

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.breaker import Breaker, Tolerance

BOUNDS = Tolerance(failures=4, mismatches=2, window_s=60, pause_s=30)


def after(*failures: tuple[float, str], bounds: Tolerance = BOUNDS) -> Breaker:
    breaker = Breaker(tolerance=bounds)
    for at, kind in failures:
        breaker = breaker.hurt("mismatch" if kind == "mismatch" else "no_answer", at)
    return breaker


def test_so_many_failures_in_a_row_withdraw_it() -> None:
    assert not after((0, "-"), (1, "-"), (2, "-")).withdrawn
    assert after((0, "-"), (1, "-"), (2, "-"), (3, "-")).shut_until == 33


def test_answers_unlike_the_document_withdraw_it_sooner() -> None:
    assert not after((0, "mismatch")).withdrawn
    assert after((0, "mismatch"), (1, "mismatch")).withdrawn


def test_failures_far_apart_do_not_add_up() -> None:
    assert not after((0, "-"), (1, "-"), (2, "-"), (61.5, "-")).withdrawn


def test_a_success_forgets_what_went_before() -> None:
    breaker = after((0, "-"), (1, "-"), (2, "-")).succeeded().hurt("no_answer", 3)
    assert not breaker.withdrawn


def test_after_the_pause_one_call_tries_and_the_others_wait() -> None:
    shut = after((0, "-"), (1, "-"), (2, "-"), (3, "-"))
    assert not shut.admits(32.9)
    assert shut.admits(33)
    tried = shut.trying(33)
    assert not tried.admits(33)
    assert tried.admits(63), "the trial was never heard of again"
    assert tried.succeeded().admits(34)
    assert not tried.hurt("no_answer", 40).admits(69.9)


class Story(RuleBasedStateMachine):
    """Any course of calls."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.breaker = Breaker(tolerance=BOUNDS)
        self.in_a_row = 0
        self.trials: list[float] = []

    @rule(seconds=st.floats(0, 100))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @precondition(lambda self: self.breaker.admits(self.now))
    @rule(how=st.sampled_from(["success", "no_answer", "mismatch", "never heard of again"]))
    def call(self, how: str) -> None:
        if self.breaker.withdrawn:
            self.trials.append(self.now)
        self.breaker = self.breaker.trying(self.now)
        match how:
            case "success":
                self.breaker, self.in_a_row, self.trials = self.breaker.succeeded(), 0, []
            case "no_answer" | "mismatch":
                self.breaker = self.breaker.hurt("mismatch" if how == "mismatch" else "no_answer", self.now)
                self.in_a_row += 1
            case _:
                pass

    @invariant()
    def nothing_is_withdrawn_without_cause(self) -> None:
        assert not (self.breaker.withdrawn and self.in_a_row < BOUNDS.mismatches)

    @invariant()
    def it_is_never_away_longer_than_a_pause(self) -> None:
        assert self.breaker.admits(self.now + BOUNDS.pause_s)

    @invariant()
    def trials_keep_a_pause_apart(self) -> None:
        assert all(b - a >= BOUNDS.pause_s for a, b in zip(self.trials, self.trials[1:], strict=False))

    @invariant()
    def the_record_does_not_grow(self) -> None:
        assert len(self.breaker.failed) <= BOUNDS.failures


TestStory = Story.TestCase


@given(st.lists(st.tuples(st.floats(0, 10), st.sampled_from(["-", "mismatch"])), min_size=4))
def test_close_failures_always_withdraw(failures: list[tuple[float, str]]) -> None:
    assert after(*sorted(failures)).withdrawn
