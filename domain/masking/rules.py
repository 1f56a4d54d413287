"""Which digits are secrets: decided run by run, from the words around them and what was said before.

Not by checksum: a misheard card number passes none. Where a card number is asked for or announced,
digits count from the first group on; without any word, from thirteen digits on.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import assert_never

from domain.masking.reading import Cue, Reading, Run
from domain.masking.state import SHORTEST_CARD, TURNS, Judgement, Known, Secret, State
from domain.masking.words import ANNOUNCES, Kind, Topic

USUAL_CARD = 16
LONGEST_CARD = 19
LONGEST_PHONE = 15
"""E.164."""
ANNOUNCED_BY_CARD = 5
"""Digits in one run behind the mere word "card"."""
FEW_WORDS = 3
"""Beside a name; with more the caller has turned to something else."""
BESIDE = frozenset({Topic.MENTION, Topic.OTHER, Topic.PHONE})
"""Topics that a card number or its code, once announced or asked for, outranks."""
_ISSUER = re.compile(r"4|5[0-8]|2[2-7]|3[0-9]|6")
_FIFTEEN_OF_A_CARD = re.compile(r"3[47]\d{13}")
_MONTH_AND_YEAR = re.compile(r"(?:0[1-9]|1[0-2])[2-4]\d")


def judge(before: State, reading: Reading, known: Known) -> Judgement:
    """Pure; the same words after the same turns give the same answer."""
    return _Judge(before, reading, known).judgement()


class _Judge:
    """Walks the runs of one turn."""

    def __init__(self, before: State, reading: Reading, known: Known) -> None:
        self._before = self._state = before
        self._reading = reading
        self._known = known
        self._settled = 0
        """Cues before this token have been answered."""
        self._chained = set(_chains(reading))

    def judgement(self) -> Judgement:
        found: list[tuple[Kind, int, int]] = []
        for run in self._reading.runs:
            topic, carried = self._topic(run)
            kind = self._kind(run, topic, carried=carried)
            if kind is not None:
                month = kind is Kind.EXPIRY and run.after_month
                found.append((kind, run.first - month, run.past))
            self._state = self._after(run, topic, kind)
        if (topic := self._left_open()) is not None:
            self._state = self._state.told(topic)
        if self._state.just_ended == self._before.just_ended:
            self._state = replace(self._state, just_ended=0)
        after = self._state.turn_over() if self._reading.tokens else self._before
        return Judgement(secrets=tuple(self._secrets(found)), state=after)

    def _left_open(self) -> Topic | None:
        """What the turn announced and did not say; None where it leaves what was asked for as it is."""
        topics = [cue.topic for cue in self._reading.cues if cue.first >= self._settled]
        if not topics or topics[-1] is Topic.NUMBER:
            return None
        if topics[-1] not in BESIDE:
            return topics[-1]
        if announced := [topic for topic in topics if topic in ANNOUNCES]:
            return announced[-1]
        in_passing = self._reading.others <= FEW_WORDS and self._state.carried in ANNOUNCES
        return None if in_passing else topics[-1]

    # -- what a run is about -----------------------------------------------------------------

    def _topic(self, run: Run) -> tuple[Topic | None, bool]:
        """(topic, whether earlier turns said so)."""
        carried = self._state.carried
        for cue in self._reading.cues:
            behind = self._reading.tokens[run.past : cue.first]
            tied = 0 < len(behind) <= 3 and all(token.word in self._reading.words.links for token in behind)
            if cue.first >= run.past and tied and cue.topic in (Topic.CARD, Topic.CODE, Topic.EXPIRY):
                return cue.topic, False
        before = [cue for cue in self._reading.cues if self._settled <= cue.first and cue.past <= run.first]
        for cue in reversed(before):
            if cue.topic is Topic.NUMBER and (carried in (Topic.CARD, Topic.CODE) or len(before) > 1):
                continue
            if cue.topic is Topic.EXPIRY and not self._about_card():
                continue
            if self._outranked(cue, before) and not self._plainly_theirs(run, cue):
                continue
            return cue.topic, False
        return carried, True

    def _outranked(self, cue: Cue, before: Sequence[Cue]) -> bool:
        """A card number or its code was announced or asked for, and this names something else beside it."""
        announced = any(other.topic in ANNOUNCES for other in before if other.first < cue.first)
        asked = self._state.carried in ANNOUNCES and cue.topic is not Topic.PHONE
        return cue.topic in BESIDE and (announced or asked)

    def _plainly_theirs(self, run: Run, cue: Cue) -> bool:
        """The digits stand right behind the other name, and look like what it names."""
        reading = self._reading
        if cue.topic is Topic.MENTION:
            return False
        if any(token.word not in reading.words.connectors for token in reading.tokens[cue.past : run.first]):
            return False
        if cue.topic is Topic.PHONE:
            return run.digits.startswith("0")  # as a national number does, and no card's
        said_of_secret = reading.qualifies(cue) and reading.tokens[cue.past - 1].word in reading.words.links
        return self._known.is_ours(run.digits) and not said_of_secret

    def _about_card(self) -> bool:
        state, near = self._state, (Topic.CARD, Topic.MENTION, Topic.CODE)
        named = any(cue.topic in near for cue in self._reading.cues)
        return bool(named or state.unfinished or state.after_card_left or state.carried in near)

    # -- what a run is -----------------------------------------------------------------------

    def _kind(self, run: Run, topic: Topic | None, *, carried: bool) -> Kind | None:
        count = len(run.digits)
        if self._known.restricts(run.digits):
            return Kind.RESTRICTED
        counted = run.measured and not (topic in ANNOUNCES and run.groups > 1)
        if (counted or (run.international and count <= LONGEST_PHONE)) and count < SHORTEST_CARD:
            return None
        if (run.after_month or run.before_month) and count <= 4 and topic is not Topic.EXPIRY:
            return self._dated(run)
        match topic:
            case Topic.CARD:
                return Kind.CARD if self._grows(run) else None
            case Topic.MENTION:
                return Kind.CARD if self._behind_the_word_card(run, carried=carried) else None
            case Topic.CODE:
                return (Kind.CARD if count > 4 else Kind.CODE) if self._grows(run) else None
            case Topic.EXPIRY:
                return (Kind.CARD if count > 8 else Kind.EXPIRY) if self._grows(run) else None
            case Topic.LAST_FOUR:
                return Kind.CARD if count > 4 else None
            case Topic.PHONE | Topic.NUMBER:
                return (
                    Kind.CARD if count > LONGEST_PHONE or _FIFTEEN_OF_A_CARD.fullmatch(run.digits) else None
                )
            case Topic.OTHER:
                return self._named_otherwise(run, carried=carried)
            case None:
                return self._nameless(run)
            case _:
                assert_never(topic)

    def _dated(self, run: Run) -> Kind | None:
        """A month stands beside it: a date, or a card's last month where little else is said after a card."""
        near = self._state.after_card_left or self._state.unfinished
        expires = near and run.after_month and len(run.digits) in (2, 4)
        return Kind.EXPIRY if expires and self._reading.others <= 2 else None

    def _grows(self, run: Run) -> bool:
        """A first group is enough; a lone digit among words is not, and neither is one key."""
        if self._reading.keyed:
            return len(run.digits) >= 3
        alone = self._reading.others == 0 and not self._reading.cues
        return len(run.digits) >= 2 or alone or self._reading.digits >= 4

    def _behind_the_word_card(self, run: Run, *, carried: bool) -> bool:
        count = len(run.digits)
        if count >= ANNOUNCED_BY_CARD or run in self._chained:
            return True
        if carried:
            return count >= 3 and self._reading.others <= 2
        return count == 4 and _ISSUER.match(run.digits) is not None and self._reading.ends_with(run)

    def _named_otherwise(self, run: Run, *, carried: bool) -> Kind | None:
        """Digits with another name pass, unless there are too many; next to a card number, ours do."""
        count = len(run.digits)
        if count >= SHORTEST_CARD:
            return None if all(map(self._known.is_ours, run.pieces)) else Kind.CARD
        near = self._state.unfinished or self._state.after_card_left
        if (
            carried
            and near
            and self._known.shapes
            and 3 <= count <= 4
            and not self._known.is_ours(run.digits)
        ):
            return Kind.CODE
        return None

    def _nameless(self, run: Run) -> Kind | None:
        count = len(run.digits)
        if run.most >= SHORTEST_CARD or run in self._chained:
            return None if run.international and count <= LONGEST_PHONE else Kind.CARD
        if self._goes_on(count):
            return Kind.CARD
        if not self._state.after_card_left or count < 3:
            return None
        if count > 4:
            return Kind.CARD
        return Kind.EXPIRY if _MONTH_AND_YEAR.fullmatch(run.digits) else Kind.CODE

    def _goes_on(self, count: int) -> bool:
        """The last turn ended with a number that was long enough, but no card's whole number."""
        longer = self._state.just_ended + count
        bare = self._reading.others == 0 and not self._reading.cues
        fits = longer <= USUAL_CARD or (longer <= LONGEST_CARD and count < 3)
        return bool(self._state.just_ended and bare and fits)

    # -- what follows ------------------------------------------------------------------------

    def _after(self, run: Run, topic: Topic | None, kind: Kind | None) -> State:
        state = self._state
        match kind:
            case Kind.CARD:
                digits = (state.unfinished or state.just_ended) + len(run.digits)
                if digits < SHORTEST_CARD:
                    return replace(state, unfinished=digits).told(Topic.CARD)
                self._settled = run.past
                return replace(state.told(None), unfinished=0, just_ended=digits, after_card_left=TURNS + 1)
            case Kind.CODE | Kind.EXPIRY if len(run.digits) >= 3:
                self._settled = run.past
                left = max(state.after_card_left, 2)
                longer = state.just_ended + len(run.digits)
                if state.just_ended and longer < LONGEST_CARD:
                    state = replace(state, just_ended=longer)
                return replace(state if topic is Topic.OTHER else state.told(None), after_card_left=left)
            case None if topic in (Topic.OTHER, Topic.LAST_FOUR) and len(run.digits) >= 3:
                if not self._announced_before(run):
                    self._settled = run.past
                card = topic is Topic.LAST_FOUR or self._names_card_before(run)
                return state.told(Topic.MENTION) if card else state
            case _:
                return state

    def _announced_before(self, run: Run) -> bool:
        open_cues = (cue for cue in self._reading.cues if self._settled <= cue.first < run.first)
        return any(cue.topic in ANNOUNCES for cue in open_cues)

    def _names_card_before(self, run: Run) -> bool:
        return any(cue.topic is Topic.MENTION and cue.past <= run.first for cue in self._reading.cues)

    def _secrets(self, found: list[tuple[Kind, int, int]]) -> Iterator[Secret]:
        """Neighbours of one kind become one: a word between two groups may be a digit that was misheard."""
        joined: list[tuple[Kind, int, int]] = []
        for kind, first, past in found:
            if joined and joined[-1][0] is kind and self._adjoins(joined[-1][2], first):
                joined[-1] = (kind, joined[-1][1], past)
            else:
                joined.append((kind, first, past))
        tokens = self._reading.tokens
        for kind, first, past in joined:
            yield Secret(kind=kind, start=tokens[first].start, end=tokens[past - 1].end)

    def _adjoins(self, left: int, right: int) -> bool:
        return self._reading.words_between(left, right) <= 2 and not self._reading.cue_between(left, right)


def _chains(reading: Reading) -> Iterator[Run]:
    """Runs that stand so close, and are together so long, that words between them do not part them."""
    chain: list[Run] = []
    for run in (*reading.runs, None):
        if run is not None and chain and _continues(chain[-1], run, reading):
            chain.append(run)
            continue
        if sum(len(link.digits) for link in chain) >= SHORTEST_CARD and len(chain) > 1:
            yield from chain
        chain = [run] if run is not None and _is_link(run) else []


def _continues(left: Run, run: Run, reading: Reading) -> bool:
    return run.first - left.past <= 3 and not reading.parted(left.past, run.first) and _is_link(run)


def _is_link(run: Run) -> bool:
    return len(run.digits) >= 3 and not (run.measured or run.international)
