"""One call's masking: every word and key of the caller's passes here before anybody else sees it.

What it promises. Once a card number was asked for or announced ("card number", "the long number on the
front"), no three digits of it in a row pass, right or misheard, in whatever turns and spoken forms it
comes; behind the mere word "card" no five do. Without any such word a run of thirteen digits never
passes; where they come group by group in turns of their own, the turns before the one that betrays the
number have passed, and are recalled.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from domain.masking.reading import Reading, keyed, read
from domain.masking.rules import judge
from domain.masking.state import Judgement, Known, Secret, State
from domain.masking.trail import Trail
from domain.masking.words import Kind, MaskingWords, Topic

LEAD_MS = 700
"""So much earlier than the recogniser noticed it, the caller may have begun to speak."""
TAIL_MS = 400
Mark = tuple[int, int, str]
"""Characters from, to, and what stands in their place."""
LONGEST_TURN = 4000
"""Characters, some five minutes of speech; what comes behind them is kept by nobody."""
HELD_FROM = 5
"""Digits at the end of an unfinished utterance that are held back until it is known what they are."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """Sound that is to be silenced; milliseconds since the call was answered."""

    from_ms: int
    to_ms: int


@dataclass(frozen=True, kw_only=True)
class Replacement:
    """An earlier turn that passed as `was` and turned out to hold a secret."""

    was: str
    now: str
    keyed: bool = False
    """On the keypad."""


@dataclass(frozen=True, kw_only=True)
class Masked:
    """A turn as it may be kept and sent on, and what must be undone."""

    text: str
    kinds: frozenset[Kind] = frozenset()
    silence: tuple[Span, ...] = ()
    recall: tuple[Replacement, ...] = ()
    recalled_ms: tuple[int, ...] = ()
    """When the turns began that are recalled."""


class Masker:
    """Stateful and deterministic; holds no digit that it masked."""

    def __init__(self, words: MaskingWords, known: Known = Known()) -> None:  # noqa: B008  # a frozen value
        self._words = words
        self._known = known
        self._state = State()
        self._trail = Trail()
        self._secret_in_interim = False
        self._since_ms: int | None = None

    @property
    def sensitive_from_ms(self) -> int | None:
        """Where the card number began that is not complete yet; None where none is being said."""
        return self._since_ms if self._state.unfinished else None

    # -- what is known -----------------------------------------------------------------------

    def agent_said(self, text: str) -> None:
        """Our own sentence: it may ask for an order number, or for a card's."""
        reading = read(text, self._words)
        asked = [
            cue.topic
            for cue in reading.cues
            if (cue.topic is not Topic.EXPIRY or self._state.after_card_left) and not reading.qualifies(cue)
        ]
        if asked:
            self.expect(asked[-1])
        elif len(reading.tokens) > 3:
            self._trail = self._trail.interrupted()
            self._state = replace(self._state, just_ended=0)

    def expect(self, topic: Topic) -> None:
        """Code knows what the caller was asked for."""
        self._state = self._state.told(topic)
        self._trail = self._trail.asked()

    # -- words -------------------------------------------------------------------------------

    def interim(self, text: str) -> str:
        """A turn's words so far, safe to show: growing digits are held back until they are known."""
        reading, judgement, _ = self._weigh(self._read(text))
        self._secret_in_interim |= any(secret.kind is not Kind.RESTRICTED for secret in judgement.secrets)
        return _replaced(reading.text, self._marks(judgement) + self._growing(reading, judgement))

    def preview(self, text: str) -> str:
        """What `final` would say, with nothing remembered: for an end of turn that is only likely.

        Empty where digits may still be growing: a guess at a number that goes on is worth nothing.
        """
        reading, judgement, _ = self._weigh(self._read(text))
        return "" if self._growing(reading, judgement) else self._written(reading, judgement)

    def final(self, text: str, started_ms: int, ended_ms: int) -> Masked:
        """A finished turn."""
        reading, judgement, recalled = self._weigh(self._read(text))
        return self._settle(reading, judgement, recalled, started_ms, ended_ms)

    # -- keys --------------------------------------------------------------------------------

    def keypad(self, digits: str, started_ms: int, ended_ms: int) -> Masked:
        """A finished entry; it goes on with what was said before it, as speech goes on with keys."""
        reading, judgement, recalled = self._weigh(keyed(digits, self._words))
        return self._settle(reading, judgement, recalled, started_ms, ended_ms)

    # -- inside ------------------------------------------------------------------------------

    def _read(self, text: str) -> Reading:
        return read(text[:LONGEST_TURN], self._words)

    def _weigh(self, reading: Reading) -> tuple[Reading, Judgement, Trail]:
        """Judged by itself, and again where the turns before make it a card number: those are recalled."""
        recalled = Trail()
        judgement = judge(self._state, reading, self._known)
        if not judgement.secrets and (recalled := self._trail.betrayed_by(reading, self._state)).groups:
            state = replace(self._state.told(Topic.CARD), unfinished=len(recalled.digits))
            judgement = judge(state, reading, self._known)
        restricted = _restricted_in(reading, self._known)
        return reading, replace(judgement, secrets=_without_overlaps(judgement.secrets, restricted)), recalled

    def _settle(
        self, reading: Reading, judgement: Judgement, recalled: Trail, started_ms: int, ended_ms: int
    ) -> Masked:
        kinds = frozenset(secret.kind for secret in judgement.secrets)
        silence: tuple[Span, ...] = ()
        if kinds or self._secret_in_interim:
            begins = recalled.groups[0].started_ms if recalled.groups else started_ms
            begins = max(0, begins - LEAD_MS)
            if Kind.CARD in kinds and self.sensitive_from_ms is not None:
                begins = min(begins, self.sensitive_from_ms)
            silence = (Span(from_ms=begins, to_ms=ended_ms + TAIL_MS),)
            self._since_ms = begins
        if kinds - {Kind.RESTRICTED}:
            self._trail = Trail()
        else:
            self._trail = self._trail.after(reading, self._recallable(reading), started_ms)
        self._state, self._secret_in_interim = judgement.state, False
        recall = tuple(Replacement(was=it.was, now=it.now, keyed=it.keyed) for it in recalled.groups)
        return Masked(
            text=self._written(reading, judgement),
            kinds=kinds,
            silence=silence,
            recall=recall,
            recalled_ms=tuple(it.started_ms for it in recalled.groups),
        )

    def _growing(self, reading: Reading, judgement: Judgement) -> list[Mark]:
        """The digits on which the words so far end, where nothing of them is masked yet."""
        if not reading.runs or not reading.ends_with(run := reading.runs[-1]) or len(run.digits) < HELD_FROM:
            return []
        start, end = reading.place(run)
        if any(secret.start < end for secret in judgement.secrets if secret.end > start):
            return []
        return [(start, end, self._words.held)]

    def _written(self, reading: Reading, judgement: Judgement) -> str:
        return _replaced(reading.text, self._marks(judgement))

    def _marks(self, judgement: Judgement) -> list[Mark]:
        return [(it.start, it.end, self._words.labels[it.kind]) for it in judgement.secrets]

    def _recallable(self, reading: Reading) -> str:
        """The turn as it would read if its digits were a card number's."""
        label = self._words.labels[Kind.CARD]
        return _replaced(reading.text, [(*reading.place(run), label) for run in reading.runs])


def _replaced(text: str, marks: Sequence[Mark]) -> str:
    for start, end, label in sorted(marks, reverse=True):
        text = f"{text[:start]}{label}{text[end:]}"
    return text


def _restricted_in(reading: Reading, known: Known) -> Iterator[Secret]:
    """What the company restricts, beside the digits."""
    if known.restricted is not None:
        plain = " ".join(token.word for token in reading.tokens)
        for found in known.restricted.finditer(plain):
            first, last = plain.count(" ", 0, found.start()), plain.count(" ", 0, found.end())
            start, end = reading.tokens[first].start, reading.tokens[last].end
            yield Secret(kind=Kind.RESTRICTED, start=start, end=end)
    for pattern in known.restricted_patterns:
        for place in pattern.finditer(reading.text):
            if place.start() < place.end():
                yield Secret(kind=Kind.RESTRICTED, start=place.start(), end=place.end())


def _without_overlaps(secrets: Sequence[Secret], more: Iterator[Secret]) -> tuple[Secret, ...]:
    """In their order; where two meet, one covers both."""
    joined: list[Secret] = []
    for secret in sorted((*secrets, *more), key=lambda it: (it.start, -it.end)):
        if joined and secret.start < joined[-1].end:
            joined[-1] = replace(joined[-1], end=max(joined[-1].end, secret.end))
        else:
            joined.append(secret)
    return tuple(joined)
