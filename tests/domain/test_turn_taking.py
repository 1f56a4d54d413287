"""Whose turn it is: each rule by an example, and all of them against any sequence of events."""

from collections.abc import Callable

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from pytest import approx

from domain.turn_taking import UNFINISHED_WAIT_S, UNPROVEN_HOLD_S, Floor, Order, TurnTaking


class PlainLanguage:
    def is_backchannel(self, text: str) -> bool:
        return bool(text) and set(text.split()) <= {"mhm", "okay"}

    def seems_unfinished(self, text: str) -> bool:
        return text.endswith("and")


class Notice:
    protected = False

    def __call__(self) -> bool:
        return self.protected


@pytest.fixture
def notice() -> Notice:
    return Notice()


@pytest.fixture
def turns(notice: Notice) -> TurnTaking:
    return TurnTaking(PlainLanguage(), is_protected=notice)


def speaking(turns: TurnTaking) -> TurnTaking:
    """An answer to "where" is on the line."""
    turns.caller_started(1.0)
    assert turns.caller_finished(2.0, "where") == [Order.ANSWER]
    turns.agent_audible()
    return turns


def floor_of(turns: TurnTaking) -> Floor:
    """Asked anew each time."""
    return turns.floor


def test_a_question_is_answered_and_the_floor_goes_round(turns: TurnTaking) -> None:
    assert turns.caller_started(1.0) == []
    assert floor_of(turns) is Floor.CALLER and not turns.ours
    assert turns.caller_finished(2.0, "where") == [Order.ANSWER]
    assert (turns.said, turns.floor, turns.ours) == ("where", Floor.THINKING, True)
    turns.agent_audible()
    assert floor_of(turns) is Floor.AGENT and turns.ours
    assert turns.agent_done(4.0) == []
    assert floor_of(turns) is Floor.LISTENING


def test_noise_in_the_callers_own_time_is_nothing(turns: TurnTaking) -> None:
    turns.caller_started(1.0)
    assert turns.caller_finished(1.4, "") == []
    assert turns.floor is Floor.LISTENING


def test_a_pause_in_mid_sentence_is_waited_for(turns: TurnTaking) -> None:
    turns.caller_started(1.0)
    assert turns.caller_finished(2.0, "the lamp and") == []
    assert turns.deadline == approx(2.0 + UNFINISHED_WAIT_S)
    turns.caller_started(2.5)
    assert turns.caller_finished(3.0, "the chair") == [Order.ANSWER]
    assert turns.said == "the lamp and the chair"


def test_a_sentence_that_is_never_finished_is_answered_in_the_end(turns: TurnTaking) -> None:
    turns.caller_started(1.0)
    turns.caller_finished(2.0, "the lamp and")
    assert turns.time_passed(2.0 + UNFINISHED_WAIT_S - 0.01) == []
    assert turns.time_passed(2.0 + UNFINISHED_WAIT_S) == [Order.ANSWER]
    assert turns.said == "the lamp and"
    assert turns.deadline is None


def test_a_recogniser_that_waits_itself_is_believed(notice: Notice) -> None:
    turns = TurnTaking(PlainLanguage(), is_protected=notice, weigh_pauses=False)
    assert turns.caller_finished(2.0, "the lamp and") == [Order.ANSWER]


def test_going_on_before_the_answer_sounds_makes_one_turn(turns: TurnTaking) -> None:
    turns.caller_finished(2.0, "where")
    assert turns.caller_started(2.2) == [Order.TAKE_BACK]
    assert turns.whole("is my order") == "where is my order"
    assert turns.caller_finished(3.0, "is my order") == [Order.ANSWER]
    assert turns.said == "where is my order"


def test_going_on_by_what_began_as_a_backchannel_makes_one_turn_too(turns: TurnTaking) -> None:
    turns.caller_finished(2.0, "where")
    assert turns.caller_started(2.2, "okay") == []
    assert turns.caller_finished(3.0, "okay my order") == [Order.TAKE_BACK, Order.ANSWER]
    assert turns.said == "where okay my order"


def test_noise_while_thinking_does_not_lose_the_question(turns: TurnTaking) -> None:
    turns.caller_finished(2.0, "where")
    turns.caller_started(2.2)
    assert turns.caller_finished(2.6, "") == [Order.ANSWER]
    assert turns.said == "where"


def test_words_over_us_stop_us_at_once(turns: TurnTaking) -> None:
    speaking(turns)
    assert turns.caller_started(3.0, "no") == [Order.DROP]
    assert turns.caller_finished(3.5, "no wait") == [Order.ANSWER]
    assert turns.said == "no wait"


def test_a_backchannel_over_us_does_not_stop_us(turns: TurnTaking) -> None:
    speaking(turns)
    assert turns.caller_started(3.0, "mhm") == []
    assert turns.caller_words(3.1, "mhm okay") == []
    assert turns.caller_finished(3.5, "mhm okay") == []
    assert turns.floor is Floor.AGENT


def test_a_backchannel_that_goes_on_is_an_interruption(turns: TurnTaking) -> None:
    speaking(turns)
    turns.caller_started(3.0, "okay")
    assert turns.caller_words(3.2, "okay but") == [Order.DROP]


def test_okay_answers_a_question_that_is_all_but_over(turns: TurnTaking) -> None:
    speaking(turns)
    turns.caller_started(3.0, "okay")
    assert turns.caller_finished(3.5, "okay", expected=True) == [Order.DROP, Order.ANSWER]


@pytest.mark.parametrize(
    ("words", "order", "floor"), [("mhm", Order.RESUME, Floor.AGENT), ("stop it", Order.DROP, Floor.CALLER)]
)
def test_a_sound_holds_us_back_until_words_prove_what_it_was(
    turns: TurnTaking, words: str, order: Order, floor: Floor
) -> None:
    speaking(turns)
    assert turns.caller_started(3.0) == [Order.HOLD]
    assert turns.caller_words(3.3, words) == [order]
    assert turns.floor is floor


def test_one_word_may_yet_be_revised(turns: TurnTaking) -> None:
    """A recogniser's first guess at "mhm" is often "um": we are silent already and can wait for more."""
    speaking(turns)
    turns.caller_started(3.0)
    assert turns.caller_words(3.3, "um") == []
    assert turns.deadline == approx(3.3 + UNPROVEN_HOLD_S)
    assert turns.caller_words(3.5, "mhm") == [Order.RESUME]


def test_one_word_that_stays_is_answered_when_it_is_over(turns: TurnTaking) -> None:
    speaking(turns)
    turns.caller_started(3.0)
    assert turns.caller_words(3.3, "stop") == []
    assert turns.caller_finished(3.7, "stop") == [Order.DROP, Order.ANSWER]


def test_a_sound_without_words_lets_us_go_on(turns: TurnTaking) -> None:
    speaking(turns)
    turns.caller_started(3.0)
    assert turns.deadline == approx(3.0 + UNPROVEN_HOLD_S)
    assert turns.time_passed(3.0 + UNPROVEN_HOLD_S) == [Order.RESUME]
    assert turns.floor is Floor.AGENT


def test_a_sound_that_is_found_to_be_noise_lets_us_go_on_at_once(turns: TurnTaking) -> None:
    speaking(turns)
    turns.caller_started(3.0)
    assert turns.caller_finished(3.4, "") == [Order.RESUME]


def test_what_is_said_over_a_notice_is_answered_behind_it(turns: TurnTaking, notice: Notice) -> None:
    notice.protected = True
    turns.agent_audible()
    assert turns.caller_started(0.5, "I") == []
    assert turns.caller_words(0.8, "I have a question") == []
    assert turns.caller_finished(1.5, "I have a question") == []
    assert turns.caller_finished(1.9, "about delivery") == []
    assert turns.keypad("4712") == []
    notice.protected = False
    assert turns.agent_done(3.0) == [Order.ANSWER]
    assert turns.said == "I have a question about delivery 4712"


def test_what_was_said_over_a_notice_goes_with_what_is_said_over_the_greeting(
    turns: TurnTaking, notice: Notice
) -> None:
    notice.protected = True
    turns.agent_audible()
    turns.caller_started(0.5, "hello")
    turns.caller_finished(1.0, "hello")
    notice.protected = False
    assert turns.caller_finished(2.0, "where is it") == [Order.DROP, Order.ANSWER]
    assert turns.said == "hello where is it"


def test_whoever_still_speaks_when_we_are_done_has_the_floor(turns: TurnTaking, notice: Notice) -> None:
    notice.protected = True
    turns.agent_audible()
    turns.caller_started(0.5, "I")
    turns.agent_done(1.0)
    assert turns.floor is Floor.CALLER


def test_a_goodbye_on_its_way_is_not_taken_back(turns: TurnTaking, notice: Notice) -> None:
    turns.caller_finished(2.0, "that is all")
    notice.protected = True
    assert turns.caller_started(2.2, "thanks") == []
    turns.agent_audible()
    assert turns.caller_finished(2.6, "thanks") == []


def test_what_was_said_over_a_goodbye_goes_with_what_follows(turns: TurnTaking, notice: Notice) -> None:
    turns.caller_finished(2.0, "where")
    notice.protected = True
    assert turns.caller_finished(2.5, "is it") == []
    notice.protected = False
    assert turns.caller_finished(3.0, "please") == [Order.TAKE_BACK, Order.ANSWER]
    assert turns.said == "where is it please"


def test_keys_interrupt_and_end_the_turn_that_was_begun(turns: TurnTaking) -> None:
    speaking(turns)
    assert turns.key_pressed() == [Order.DROP]
    assert turns.floor is Floor.CALLER
    assert turns.keypad("4712") == [Order.ANSWER]
    assert turns.said == "4712"


def test_keys_end_a_sentence_that_was_left_open(turns: TurnTaking) -> None:
    turns.caller_finished(2.0, "the number and")
    assert turns.key_pressed() == []
    assert turns.keypad("4712") == [Order.ANSWER]
    assert turns.said == "the number and 4712"


def test_an_answer_without_words_gives_the_floor_back(turns: TurnTaking) -> None:
    turns.caller_finished(2.0, "where")
    assert turns.agent_done(3.0) == []
    assert turns.floor is Floor.LISTENING


# -- any sequence --------------------------------------------------------------------------------


class OneFloor(RuleBasedStateMachine):
    """Each finished text of the caller's has a name of its own, so that nothing can be lost unseen."""

    @initialize(weigh=st.booleans())
    def begin(self, weigh: bool) -> None:
        self.notice = Notice()
        self.turns = TurnTaking(PlainLanguage(), is_protected=self.notice, weigh_pauses=weigh)
        self.now = 1.0
        self.said: list[str] = []
        self.answers: list[str] = []
        self.count = 0

    def told(self, happened: Callable[[], list[Order]]) -> None:
        protected, floor = self.notice.protected, self.turns.floor
        ours = floor in (Floor.AGENT, Floor.THINKING, Floor.HELD)
        orders = happened()
        assert orders.count(Order.ANSWER) <= 1 and Order.ANSWER not in orders[:-1]
        assert len({Order.RESUME, Order.DROP, Order.HOLD, Order.TAKE_BACK} & set(orders)) <= 1
        if protected and ours:
            assert not {Order.HOLD, Order.DROP, Order.TAKE_BACK} & set(orders)
        for order in orders:
            match order:
                case Order.TAKE_BACK:
                    assert floor is Floor.THINKING
                    self.answers.pop()
                case Order.ANSWER:
                    assert self.turns.said
                    self.answers.append(self.turns.said)
                case Order.HOLD:
                    assert self.turns.floor is Floor.HELD
                case Order.RESUME:
                    assert floor is Floor.HELD and self.turns.floor is Floor.AGENT
                case Order.DROP:
                    assert ours

    @rule(words=st.sampled_from(("", "mhm", "wait")))
    def caller_starts(self, words: str) -> None:
        self.told(lambda: self.turns.caller_started(self.now, words))

    @rule(words=st.sampled_from(("", "mhm", "okay but", "stop")), expected=st.booleans())
    def caller_says(self, words: str, expected: bool) -> None:
        self.told(lambda: self.turns.caller_words(self.now, words, expected=expected))

    @rule(unfinished=st.booleans(), expected=st.booleans())
    def caller_finishes(self, unfinished: bool, expected: bool) -> None:
        self.count += 1
        text = f"text{self.count}{' and' if unfinished else ''}"
        self.said.append(text)
        self.told(lambda: self.turns.caller_finished(self.now, text, expected=expected))

    @rule(text=st.sampled_from(("", "mhm", "okay")), expected=st.booleans())
    def caller_hums(self, text: str, expected: bool) -> None:
        self.told(lambda: self.turns.caller_finished(self.now, text, expected=expected))

    @rule()
    def key(self) -> None:
        self.told(self.turns.key_pressed)

    @rule()
    def keypad_entry(self) -> None:
        self.count += 1
        digits = f"keys{self.count}"
        self.said.append(digits)
        self.told(lambda: self.turns.keypad(digits))

    @rule()
    def we_sound(self) -> None:
        self.turns.agent_audible()

    @rule()
    def we_are_done(self) -> None:
        self.notice.protected = False
        self.told(lambda: self.turns.agent_done(self.now))

    @precondition(lambda self: self.turns.floor in (Floor.LISTENING, Floor.THINKING, Floor.AGENT, Floor.HELD))
    @rule(protected=st.booleans())
    def what_we_say_is_protected(self, protected: bool) -> None:
        self.notice.protected = protected

    @rule(seconds=st.floats(0.01, 3.0))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        self.told(lambda: self.turns.time_passed(self.now))
        assert self.turns.deadline is None or self.turns.deadline > self.now

    @invariant()
    def only_waiting_has_a_deadline(self) -> None:
        if hasattr(self, "turns"):
            waits = self.turns.floor in (Floor.UNFINISHED, Floor.HELD)
            assert (self.turns.deadline is not None) == waits

    def teardown(self) -> None:
        if not hasattr(self, "turns"):
            return
        self.notice.protected = False
        for _ in range(3):
            self.told(lambda: self.turns.agent_done(self.now))
            self.time_passes(10.0)
        if self.turns.floor is Floor.CALLER:
            self.told(lambda: self.turns.caller_finished(self.now, ""))
        answered = " ".join(self.answers).split()
        for text in self.said:
            assert answered.count(text.split()[0]) == 1, (text, self.answers)


OneFloor.TestCase.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
TestOneFloor = OneFloor.TestCase
