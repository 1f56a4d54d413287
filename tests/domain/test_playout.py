"""What the caller has heard, against a carrier on paper that plays, returns marks and obeys clear."""

from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from pytest import approx

from domain.playout import (
    BYTES_PER_SECOND,
    FIRST_PACKET_S,
    LEAD_S,
    LOST_MARK_S,
    MARK_EVERY_S,
    PACKET_S,
    Packet,
    Playout,
    Role,
    Utterance,
)

WORDS = "It left our warehouse on Monday."  # 32 characters: 2 s at 16 a second


def utterance(
    seconds: float = 2.0, *, text: str = WORDS, role: Role = "answer", name: str = "1"
) -> Utterance:
    made = Utterance(id=name, text=text, turn=1, role=role)
    made.audio += bytes(round(seconds * BYTES_PER_SECOND))
    made.complete = True
    return made


def drain(playout: Playout, now: float) -> list[Packet]:
    return list(iter(lambda: playout.next_packet(now), None))


def seconds_of(packets: list[Packet]) -> list[float]:
    return [len(packet.sound) / BYTES_PER_SECOND for packet in packets]


def test_the_first_packet_is_small_and_the_buffer_is_filled_to_its_lead() -> None:
    playout = Playout()
    playout.add(utterance(3.0))

    sent = drain(playout, 10.0)

    assert seconds_of(sent) == approx(
        [FIRST_PACKET_S, *[PACKET_S] * 5]
    )  # 1.1 s: the last one began below 1.0
    assert [packet.plays_at for packet in sent[:3]] == approx([10.0, 10.1, 10.3])
    assert playout.look_again_in(10.0) == approx(0.3)  # 1.1 - 1.0 + 0.2: room for one whole packet
    assert drain(playout, 10.05) == []
    assert playout.audible(11.09) and not playout.audible(11.11)
    assert playout.remaining_s(10.0) == approx(3.0)


def test_marks_come_every_so_often_and_behind_the_last_byte() -> None:
    playout = Playout()
    playout.add(utterance(1.2))

    marks = [packet.mark for packet in (*drain(playout, 0.0), *drain(playout, 0.3))]

    # 0.1, 0.3, 0.5 (0.5 s since the last mark), 0.7, 0.9, 1.1 (0.6 s), 1.2 (the end)
    assert [mark for mark in marks if mark] == ["0:4000", "0:8800", "0:9600"]
    assert marks[-1] == "0:9600"
    assert MARK_EVERY_S == 0.4


def test_a_returned_mark_proves_an_utterance() -> None:
    playout = Playout()
    playout.add(utterance(0.5))
    drain(playout, 0.0)

    assert list(playout.finished(0.5)) == []
    assert playout.mark_returned("0:4000", 0.55)

    [heard] = playout.finished(0.55)
    assert (heard.proved, heard.ended_at, heard.started_at) == (True, 0.55, 0.0)
    assert not playout.pending()
    assert playout.look_again_in(0.55) is None


def test_a_mark_that_is_lost_ends_the_utterance_unproved() -> None:
    playout = Playout()
    playout.add(utterance(0.5))
    drain(playout, 0.0)

    assert playout.look_again_in(0.0) == approx(0.5 + LOST_MARK_S)
    assert list(playout.finished(0.5 + LOST_MARK_S - 0.01)) == []
    [heard] = playout.finished(0.5 + LOST_MARK_S)
    assert not heard.proved


def test_a_mark_shows_how_late_the_line_really_is() -> None:
    playout = Playout()
    playout.add(utterance(1.0))
    drain(playout, 0.0)

    playout.mark_returned("0:4000", 0.7)  # half a second was heard 0.2 s later than planned

    assert playout.audible(1.19) and not playout.audible(1.21)


def test_marks_of_a_cleared_buffer_and_garbage_prove_nothing() -> None:
    playout = Playout()
    playout.add(utterance(1.0))
    drain(playout, 0.0)
    playout.hold(0.4)

    for name in ("0:8000", "0:4000", "1:x", "", "nonsense", "1:", ":8000"):
        assert not playout.mark_returned(name, 0.41)
    playout.resume()
    assert list(playout.finished(0.41)) == []


def test_an_interruption_tells_what_was_heard() -> None:
    playout = Playout()
    said, next_one, never = utterance(0.5, text="Sure."), utterance(2.0), utterance(1.0)
    for each in (said, next_one, never):
        playout.add(each)
    drain(playout, 0.0)
    drain(playout, 0.5)

    cut = playout.drop(1.0)

    assert [u.text for u, _ in cut] == ["Sure.", WORDS]
    assert [heard for _, heard in cut] == approx([0.5, 0.5])
    assert [u.text_by(heard) for u, heard in cut] == ["Sure.", "It left"]
    assert not playout.pending() and not playout.held
    assert playout.drop(1.1) == []


def test_what_was_held_goes_on_at_the_word_in_which_it_was_cut() -> None:
    playout = Playout()
    said = utterance(2.0)
    playout.add(said)
    drain(playout, 0.0)
    playout.hold(0.62)  # 9.92 characters are heard: "It left" and a part of "our"

    assert playout.held and not playout.audible(0.62)
    assert playout.next_packet(0.7) is None and playout.look_again_in(0.7) is None
    playout.resume()
    again = drain(playout, 0.9)

    assert said.sent >= 0.4375 * BYTES_PER_SECOND
    assert again[0].plays_at == 0.9
    assert again[0].sound == bytes(len(again[0].sound))
    repeated_s = 0.62 - 7 / 16  # from behind "It left" on
    assert playout.remaining_s(0.9) == approx(2.0 - 0.62 + repeated_s)
    marks = [packet.mark for packet in again if packet.mark]
    assert all(mark.startswith("1:") for mark in marks)


def test_held_between_two_utterances_only_the_second_is_repeated() -> None:
    playout = Playout()
    first, second = utterance(0.5, name="1"), utterance(1.0, name="2")
    playout.add(first)
    playout.add(second)
    drain(playout, 0.0)
    playout.hold(0.5)
    playout.resume()
    drain(playout, 0.6)
    playout.mark_returned("1:12000", 1.6)

    assert [u.id for u in playout.finished(1.6)] == ["1", "2"]


def test_protected_is_whatever_waits_or_plays() -> None:
    playout = Playout()
    playout.add(utterance(0.5, role="disclosure"))
    playout.add(utterance(0.5, role="sentence"))
    assert playout.protected()
    drain(playout, 0.0)
    assert playout.protected()
    playout.mark_returned("0:4000", 0.5)
    list(playout.finished(0.5))
    assert not playout.protected()


def test_next_up_goes_before_all_that_has_not_begun() -> None:
    playout = Playout()
    begun, waiting, filler = utterance(3.0, name="1"), utterance(1.0, name="2"), utterance(1.0, name="3")
    playout.add(begun)
    drain(playout, 0.0)
    playout.add(waiting)
    playout.add_next(filler)

    order = [p.utterance.id for t in range(100) for p in drain(playout, t / 10)]

    assert list(dict.fromkeys(order)) == ["1", "3", "2"]


def test_nothing_more_is_said_than_the_carrier_has() -> None:
    playout = Playout()
    begun, waiting = utterance(3.0, name="1"), utterance(1.0, name="2")
    playout.add(begun)
    playout.add(waiting)
    drain(playout, 0.0)

    assert playout.forget_unsent() == [waiting]
    assert drain(playout, 0.5) == []
    assert list(playout.finished(1.1 + LOST_MARK_S)) == [begun]
    assert not playout.pending()


def test_silence_of_ours_counts_from_the_last_sound() -> None:
    playout = Playout()
    playout.add(utterance(0.5))
    drain(playout, 2.0)

    assert playout.quiet_from(2.2) == 2.2
    assert playout.quiet_from(3.0) == approx(2.5)
    playout.drop(2.3)
    assert playout.quiet_from(3.0) == approx(2.3)


class TestTextBy:
    def test_by_pace_a_word_half_heard_is_left_out(self) -> None:
        said = utterance(2.0)
        heard = {0.0: "", 0.1: "", 0.5: "It left", 1.99: WORDS, 2.0: WORDS}
        assert {s: said.text_by(s) for s in heard} == heard

    def test_by_the_engines_own_times(self) -> None:
        said = utterance(2.0)
        said.word_ends = [(0.3, 2), (0.9, 7), (1.9, 32)]
        assert [said.text_by(s) for s in (0.29, 0.3, 1.0, 1.95)] == ["", "It", "It left", WORDS]
        assert said.seconds_by(7) == 0.9
        assert said.seconds_by(1) == 0.0

    def test_while_sound_is_still_coming_the_pace_is_guessed(self) -> None:
        said = utterance(0.4)
        said.complete = False
        assert said.estimated_seconds() == approx(len(WORDS) / 15)
        assert said.text_by(0.4) == "It"  # 6 of 32 characters: "It lef"
        assert Utterance(id="1", text=WORDS, turn=1, role="answer").text_by(1.0) == ""


# -- against the reference ---------------------------------------------------------------------


@dataclass
class PaperCarrier:
    """A carrier's buffer: plays what it has in order, returns a mark when it is reached."""

    buffer: list[tuple[int, int, str | None]] = field(default_factory=list)
    """(utterance, index of its byte, mark behind it)."""
    heard: list[tuple[int, int]] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)

    def play(self, count: int) -> None:
        for who, index, mark in self.buffer[:count]:
            self.heard.append((who, index))
            if mark:
                self.returned.append(mark)
        del self.buffer[:count]

    def clear(self) -> None:
        self.returned += [mark for _, _, mark in self.buffer if mark]
        self.buffer.clear()


TICK = 0.02
TICK_BYTES = 160


class PlayoutOfALine(RuleBasedStateMachine):
    """Any order of events; sound is counted in ticks of 20 ms, so that both sides agree to the byte."""

    @initialize()
    def begin(self) -> None:
        self.playout = Playout()
        self.carrier = PaperCarrier()
        self.ticks = 0
        self.all: list[Utterance] = []
        self.growing: list[Utterance] = []
        self.ended: dict[str, str] = {}
        self.stale: list[str] = []
        self.resumed = False

    @property
    def now(self) -> float:
        return self.ticks * TICK

    @rule(
        ticks=st.integers(0, 120),
        complete=st.booleans(),
        role=st.sampled_from(("answer", "disclosure")),
        next_up=st.booleans(),
    )
    def add(self, ticks: int, complete: bool, role: Role, next_up: bool) -> None:
        made = Utterance(id=str(len(self.all)), text="one two three four five", turn=1, role=role)
        made.audio += bytes(ticks * TICK_BYTES)
        made.complete = complete
        self.all.append(made)
        if not complete:
            self.growing.append(made)
        (self.playout.add_next if next_up else self.playout.add)(made)

    @precondition(lambda self: self.growing)
    @rule(ticks=st.integers(1, 60), ends=st.booleans())
    def feed(self, ticks: int, ends: bool) -> None:
        if not self.growing[0].complete:
            self.growing[0].audio += bytes(ticks * TICK_BYTES)
        if ends:
            self.growing.pop(0).complete = True

    @rule()
    def send(self) -> None:
        while packet := self.playout.next_packet(self.now):
            assert not self.playout.held
            who, count = packet.utterance, len(packet.sound)
            assert count <= round(PACKET_S * BYTES_PER_SECOND)
            first = who.sent - count
            self.carrier.buffer += [(int(who.id), index, None) for index in range(first, who.sent)]
            if packet.mark:
                self.carrier.buffer[-1] = (int(who.id), who.sent - 1, packet.mark)

    @rule(ticks=st.integers(1, 100))
    def time_passes(self, ticks: int) -> None:
        """The carrier's marks come back in time; what is fed late leaves a gap on both sides."""
        for _ in range(ticks):
            self.ticks += 1
            self.carrier.play(TICK_BYTES)
            self._marks_come()

    def _marks_come(self) -> None:
        while self.carrier.returned:
            self.playout.mark_returned(self.carrier.returned.pop(0), self.now)

    @rule()
    def report(self) -> None:
        for done in self.playout.finished(self.now):
            assert done.id not in self.ended
            assert done.complete and done.sent == len(done.audio)
            self.ended[done.id] = "heard"

    @precondition(lambda self: not self.playout.held)
    @rule()
    def hold(self) -> None:
        self.playout.hold(self.now)
        self.stale += [mark for _, _, mark in self.carrier.buffer if mark]
        self.carrier.clear()
        self._stale_marks_change_nothing()

    @precondition(lambda self: self.playout.held)
    @rule()
    def resume(self) -> None:
        heard = dict.fromkeys(who for who, _ in self.carrier.heard)
        before = {u.id: u.sent for u in self.all}
        self.playout.resume()
        self.resumed = True
        for u in self.all:
            assert u.sent <= before[u.id]
            if int(u.id) in heard and u.sent < before[u.id]:
                # no more is repeated than the word that was cut: five even words here, and a tick
                assert before[u.id] - u.sent <= u.estimated_seconds() * BYTES_PER_SECOND * 7 / 23 + TICK_BYTES

    @rule()
    def drop(self) -> None:
        was_held = self.playout.held
        cut = self.playout.drop(self.now)
        if not was_held:
            self.stale += [mark for _, _, mark in self.carrier.buffer if mark]
            self.carrier.clear()
        self._stale_marks_change_nothing()
        heard_bytes: dict[int, set[int]] = {}
        for who, index in self.carrier.heard:
            heard_bytes.setdefault(int(who), set()).add(index)
        for u, seconds in cut:
            assert u.id not in self.ended
            self.ended[u.id] = "cut"
            # what we say was heard is what the carrier played, to the tick; a word that was to be
            # repeated and was cut off again does not count as heard
            played, said = len(heard_bytes.get(int(u.id), ())), seconds * BYTES_PER_SECOND
            assert said <= played + TICK_BYTES
            assert self.resumed or said >= played - TICK_BYTES
            assert u.text.startswith(u.text_by(seconds))
        self.growing = []
        for u in self.all:
            self.ended.setdefault(u.id, "never begun")

    def _stale_marks_change_nothing(self) -> None:
        dry, returned = self.playout.remaining_s(self.now), list(self.carrier.returned)
        self._marks_come()
        for name in (*returned, *self.stale):
            assert not self.playout.mark_returned(name, self.now)
        assert self.playout.remaining_s(self.now) == dry

    @invariant()
    def never_too_far_ahead(self) -> None:
        if hasattr(self, "playout"):
            assert len(self.carrier.buffer) <= round((LEAD_S + PACKET_S) * BYTES_PER_SECOND)

    @invariant()
    def no_byte_is_played_twice_unless_we_resumed(self) -> None:
        if hasattr(self, "playout") and not self.resumed:
            played = [*self.carrier.heard, *((who, index) for who, index, _ in self.carrier.buffer)]
            assert len(set(played)) == len(played)

    @invariant()
    def what_is_heard_is_heard_from_the_beginning(self) -> None:
        if hasattr(self, "playout"):
            reached: dict[int, int] = {}
            for who, index in self.carrier.heard[::TICK_BYTES]:
                assert index <= reached.get(who, 0) + TICK_BYTES
                reached[who] = max(reached.get(who, 0), index)

    def teardown(self) -> None:
        """Whatever happened, everything ends, once: in the end nothing is pending."""
        if not hasattr(self, "playout"):
            return
        for each in self.growing:
            each.complete = True
        if self.playout.held:
            self.playout.resume()
        for _ in range(2000):
            self.send()
            self.report()
            if not self.playout.pending():
                break
            self.ticks += 5
            self.carrier.play(5 * TICK_BYTES)
            self._marks_come()
        assert not self.playout.pending()
        assert set(self.ended) == {u.id for u in self.all}


PlayoutOfALine.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestPlayoutOfALine = PlayoutOfALine.TestCase
