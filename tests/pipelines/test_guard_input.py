"""The guard at the caller's side: what passes, what is undone, and a time in which nothing passes."""

import pytest

from domain.events import Event, InputMasked, SensitiveMode
from domain.masking import Known, Masker, Replacement, Span, masking_words_for
from pipelines.guard_input import PAUSES, GuardInput

CARD = "[card number]"


class Switch:
    """A recording that only notes who paused it."""

    def __init__(self, *, running: bool = True) -> None:
        self.running = running
        self.paused_by: set[str] = set()

    def pause(self, by: str) -> bool:
        fresh = by not in self.paused_by
        self.paused_by.add(by)
        return fresh

    def resume(self, by: str) -> bool:
        known = by in self.paused_by
        self.paused_by.discard(by)
        return known


class Guarded:
    """A guard, and all that it ever gave to anybody."""

    def __init__(self, *, running: bool = True) -> None:
        self.recorder = Switch(running=running)
        self.silenced: list[Span] = []
        self.recalled: list[Replacement] = []
        self.events: list[Event] = []
        self.keys: list[str] = []
        self.guard = GuardInput(
            Masker(masking_words_for("en"), Known.of(shapes=(r"\d{4}",))),
            recorder=self.recorder,
            silence=self.silenced.append,
            recall=self.recalled.append,
            write=self.events.append,
        )

    async def take(self, key: str) -> None:
        self.keys.append(key)

    def says(self, text: str, began_ms: int, ended_ms: int) -> list[str]:
        """Everything that leaves the guard while a turn grows and ends."""
        words = text.split()
        first = self.guard.started(words[0], began_ms)
        grown = [self.guard.words(" ".join(words[:count])) for count in range(1, len(words) + 1)]
        return [first, *grown, self.guard.may_be_done(text), self.guard.finished(text, began_ms, ended_ms)]


@pytest.fixture
def call() -> Guarded:
    return Guarded()


def test_an_ordinary_turn_passes_and_nothing_is_undone(call: Guarded) -> None:
    assert call.says("where is order 4712", 1000, 2000) == [
        "where", "where", "where is", "where is order", *["where is order 4712"] * 3,
    ]  # fmt: skip
    assert not (call.silenced or call.recalled or call.events)


def test_a_card_number_reaches_nobody_and_its_sound_goes(call: Guarded) -> None:
    seen = call.says("my card number is four one one one", 1000, 3000)
    assert seen[-2:] == [f"my card number is {CARD}"] * 2
    assert not any(word in text.split() for text in seen for word in ("one", "1"))
    assert call.silenced == [Span(from_ms=300, to_ms=3400)]


def test_what_we_asked_for_tells_what_is_said(call: Guarded) -> None:
    call.guard.agent_said("Please read me the long number on the front of your card.")
    assert call.says("four one one one", 1000, 2000)[-1] == CARD
    call.guard.agent_said("And your order number?")
    assert call.says("four seven one two", 3000, 4000)[-1] == "four seven one two"


def test_groups_that_passed_are_recalled(call: Guarded) -> None:
    call.says("4111", 1000, 2000)
    assert call.says("1111", 3000, 4000)[-1] == CARD
    assert call.recalled == [Replacement(was="4111", now=CARD)]
    assert call.silenced == [Span(from_ms=300, to_ms=4400)]


def test_keys_are_masked_too(call: Guarded) -> None:
    assert call.guard.entered("4712", 0, 900) == "4712"
    assert call.guard.entered("4111111111111112", 1000, 9000) == CARD
    assert call.silenced == [Span(from_ms=300, to_ms=9400)]


async def test_in_sensitive_mode_keys_go_to_one_place_and_words_nowhere(call: Guarded) -> None:
    assert not await call.guard.key("1")
    assert call.guard.begin_sensitive("payment", call.take, 5000)
    assert not call.guard.begin_sensitive("another", call.take, 5100)
    assert call.guard.sensitive
    assert set(call.says("four one one one and some talk", 6000, 8000)) == {""}
    assert [await call.guard.key(key) for key in "4111#"] == [True] * 5
    assert call.guard.entered("4111", 6000, 8000) == ""
    assert call.recorder.paused_by == {PAUSES}
    call.guard.end_sensitive(9000)

    assert not call.guard.sensitive and not call.recorder.paused_by
    assert not await call.guard.key("2")
    assert call.keys == list("4111#")
    assert call.events == [
        SensitiveMode(on=True, reason="payment", at_ms=5000),
        SensitiveMode(on=False, reason="payment", at_ms=9000),
    ]
    assert call.says("thank you", 10_000, 11_000)[-1] == "thank you"


@pytest.mark.parametrize(("began", "ended"), [(4000, 5500), (8500, 9500), (9400, 10_400)])
def test_a_turn_that_touches_the_sensitive_time_is_dropped_whole(
    call: Guarded, began: int, ended: int
) -> None:
    """It began before and ends in it, or began in it, or the recogniser noticed late that it had."""
    if began < 5000:
        call.guard.started("so", began)
    call.guard.begin_sensitive("payment", call.take, 5000)
    if ended > 9000:
        call.guard.end_sensitive(9000)
    assert set(call.says("so four one one one", began, ended)) == {""}
    assert call.silenced == [Span(from_ms=began - 700, to_ms=ended + 400)]


def test_the_end_of_what_never_began_does_nothing(call: Guarded) -> None:
    call.guard.end_sensitive(1000)
    assert not call.events


async def test_whoever_types_ahead_begins_it(call: Guarded) -> None:
    def begin() -> None:
        call.guard.begin_sensitive("payment", call.take, 5000, typed_ahead=True)

    call.guard.expect_keys(begin)
    assert [await call.guard.key(key) for key in "41"] == [True, True]
    assert call.keys == ["4", "1"]
    assert call.silenced == [Span(from_ms=4300, to_ms=5000)]
    call.guard.end_sensitive(9000)
    assert not await call.guard.key("1")


async def test_keys_that_are_waited_for_no_more_are_ordinary_ones(call: Guarded) -> None:
    call.guard.expect_keys(call.events.clear)
    call.guard.end_sensitive(1000)
    assert not await call.guard.key("4")
    assert not call.keys


def test_a_call_that_is_not_recorded_is_sensitive_all_the_same() -> None:
    call = Guarded(running=False)
    call.guard.begin_sensitive("payment", call.take, 5000)
    call.guard.end_sensitive(9000)
    assert [type(event) for event in call.events] == [SensitiveMode] * 2


def test_an_entry_is_recalled_as_the_conversation_has_it(call: Guarded) -> None:
    assert [call.guard.entered(digits, 0, 1) for digits in ("4539", "1488")] == ["4539", CARD]
    assert call.events == [InputMasked(what="card", at_ms=1, recalled=(0,))]
    told = "(The caller pressed {} on the keypad.)"
    assert call.recalled == [Replacement(was=told.format("4 5 3 9"), now=told.format(CARD), keyed=True)]
