"""What an utterance holds, for masking: runs of digits, spoken or written, and the words that name them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.masking.words import ANNOUNCES, MaskingWords, Topic
from domain.spoken_digits import digit_runs

_TOKEN = re.compile(r"(?<!\d)\d{1,3}(?:st|nd|rd|th)\b|\d+|[^\W\d_]+(?:['\u2019][^\W\d_]+)*", re.IGNORECASE)
_DIVIDES = re.compile(r"[,;.!?]")
_PRICED = re.compile(r"[€$£¥]\s?$")


@dataclass(frozen=True, kw_only=True)
class Token:
    """A word or a number, and where it stands in the text."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Run:
    """Digits that were said in one go; hesitations do not end it."""

    digits: str
    pieces: tuple[str, ...]
    """The same digits, cut where the caller said "and" or the recogniser set a comma."""
    most: int
    """As many digits as it may stand for: "ten hundred four" is 1004 or 10004."""
    first: int
    past: int
    """Tokens."""
    measured: bool
    """An amount, a time or a count: "25 euros"."""
    international: bool
    """A plus stands before it."""
    after_month: bool = False
    before_month: bool = False

    @property
    def groups(self) -> int:
        """As many as were said one behind the other: "4539, 1 moment" are two, "200 and 50 euros" are one."""
        apart = sum(map(len, self.pieces)) == len(self.digits)
        return len(self.pieces) if apart else 1


@dataclass(frozen=True, kw_only=True)
class Cue:
    """Words that say what the digits near them are."""

    topic: Topic
    first: int
    past: int


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One utterance as the rules see it."""

    text: str
    tokens: tuple[Token, ...]
    runs: tuple[Run, ...]
    cues: tuple[Cue, ...]
    others: int
    """Words that belong to no run and no cue, and are no hesitation."""
    words: MaskingWords
    keyed: bool = False
    """On the keypad; otherwise said."""

    @property
    def digits(self) -> int:
        return sum(len(run.digits) for run in self.runs)

    def place(self, run: Run) -> tuple[int, int]:
        """Its first character, and the one behind its last."""
        return self.tokens[run.first].start, self.tokens[run.past - 1].end

    def ends_with(self, run: Run) -> bool:
        """Nothing but a hesitation follows: the number may go on."""
        return all(token.word in self.words.connectors for token in self.tokens[run.past :])

    def words_between(self, left: int, right: int) -> int:
        """Words that are no digits between two tokens."""
        inside = sum(min(run.past, right) - max(run.first, left) for run in self._runs_in(left, right))
        return right - left - inside

    def parted(self, left: int, right: int) -> bool:
        """Whether words between two tokens say that the numbers beside them are two."""
        parting = any(token.word in self.words.parting for token in self.tokens[left:right])
        return parting or self.cue_between(left, right)

    def qualifies(self, cue: Cue) -> bool:
        """It only says more about a secret named before it: "the card number on my order"."""
        before = [other for other in self.cues if other.past <= cue.first and other.topic in ANNOUNCES]
        between = self.tokens[before[-1].past : cue.first] if before else ()
        return bool(between) and all(token.word in self.words.links for token in between)

    def cue_between(self, left: int, right: int) -> bool:
        return any(left <= cue.first < right for cue in self.cues)

    def _runs_in(self, left: int, right: int) -> Iterator[Run]:
        return (run for run in self.runs if run.first < right and run.past > left)


def read(text: str, words: MaskingWords) -> Reading:
    """Never fails; a text without digits or cues has neither."""
    tokens = tuple(token for found in _TOKEN.finditer(text) for token in _tokens(found, words))
    cues = tuple(_cues(tokens, words))
    runs = tuple(_Runs(text, tokens, cues, words).all())
    spans = [(cue.first, cue.past) for cue in cues] + [(run.first, run.past) for run in runs]
    named = {at for first, past in spans for at in range(first, past)}
    silent = words.connectors | words.digit_words.repeats.keys()  # "double", before its digit is heard
    others = sum(at not in named and token.word not in silent for at, token in enumerate(tokens))
    return Reading(
        text=text,
        tokens=tokens,
        runs=runs,
        cues=cues,
        others=others,
        words=words,
    )


def _tokens(found: re.Match[str], words: MaskingWords) -> Iterator[Token]:
    """The word, or where it is a number in one word, that number's parts."""
    word, start = found[0].lower().replace("\u2019", "'"), found.start()
    if not words.compound.fullmatch(word):
        yield Token(word=word, start=start, end=found.end())
        return
    for part in words.number.finditer(word):
        yield Token(word=part[0], start=start + part.start(), end=start + part.end())


def _cues(tokens: Sequence[Token], words: MaskingWords) -> Iterator[Cue]:
    """In order and apart: of two that overlap the longer one counts."""
    plain = " ".join(token.word for token in tokens)
    found = [
        (match.start(), match.end(), topic)
        for topic, pattern in words.cues.items()
        for match in pattern.finditer(plain)
        if match[0]
    ]
    taken: list[tuple[int, int, Topic]] = []
    for start, end, topic in sorted(found, key=lambda cue: cue[0] - cue[1]):
        if all(end <= other_start or start >= other_end for other_start, other_end, _ in taken):
            taken.append((start, end, topic))
    for start, end, topic in sorted(taken, key=lambda cue: cue[0]):
        first = plain.count(" ", 0, start)
        yield Cue(topic=topic, first=first, past=plain.count(" ", 0, end) + 1)


class _Runs:
    """Walks the tokens once."""

    def __init__(self, text: str, tokens: Sequence[Token], cues: Sequence[Cue], words: MaskingWords) -> None:
        self._text = text
        self._tokens = tokens
        self._words = words
        self._in_cue = {at for cue in cues for at in range(cue.first, cue.past)}
        """"The three digits on the back" holds no digit of the code."""
        self._plain = self._plain_digits()

    def all(self) -> Iterator[Run]:
        at = 0
        while at < len(self._tokens):
            past = self._past(at)
            if past > at:
                yield self._run(at, past)
            at = max(past, at + 1)

    def _past(self, first: int) -> int:
        """Behind the last token of the run that begins here; `first` where none does."""
        past = at = first
        while at < len(self._tokens) and at not in self._in_cue:
            if self._is_digit(at, begun=past > first):
                past = at = at + 1
            elif past > first and self._joins(at):
                at += 1
            else:
                break
        return past

    def _is_digit(self, at: int, *, begun: bool) -> bool:
        digits, word = self._words.digit_words, self._tokens[at].word
        if word.isdecimal() or word in digits.small or word in digits.tens:
            return True
        if word in digits.hundred or word in digits.thousand:
            return begun
        if word in digits.only_among_digits:
            return begun or self._plain[at + 1]
        return word in digits.repeats and self._plain[at + 1]

    def _plain_digits(self) -> Sequence[bool]:
        """For every token, whether a digit comes next, hesitations and "double" aside; from behind, once."""
        words, digits = self._words, self._words.digit_words
        plain = [False] * (len(self._tokens) + 1)
        for at in range(len(self._tokens) - 1, -1, -1):
            word = self._tokens[at].word
            if word in words.connectors:
                plain[at] = plain[at + 1]
            elif at not in self._in_cue:
                named = word in digits.small or word in digits.tens or word in digits.only_among_digits
                plain[at] = named or word.isdecimal() or (word in digits.repeats and plain[at + 1])
        return plain

    def _joins(self, at: int) -> bool:
        """A hesitation, or a digit that was misheard: whether it is inside shows by what follows."""
        word = self._tokens[at].word
        return word in self._words.connectors or word in self._words.misheard

    def _run(self, first: int, past: int) -> Run:
        pieces = tuple(filter(None, map(self._digits, self._pieces(first, past))))
        digits = self._digits(range(first, past))
        following = self._tokens[past].word if past < len(self._tokens) else ""
        before = self._text[: self._tokens[first].start]
        previous = self._tokens[first - 1].word if first else ""
        return Run(
            digits=digits,
            pieces=pieces,
            most=max(len(digits), sum(map(self._most, range(first, past)))),
            first=first,
            past=past,
            measured=following in self._words.units or _PRICED.search(before) is not None,
            international=before.endswith("+") or previous == "plus",
            after_month=previous in self._words.months,
            before_month=following in self._words.months,
        )

    def _digits(self, at: Sequence[int]) -> str:
        words, known = self._words, self._words.digit_words
        said = (words.misheard.get(word, word) for word in (self._tokens[i].word for i in at))
        kept = (word for word in said if word not in words.connectors or word in known.between)
        plain = ("0" if word in known.only_among_digits else word for word in kept)
        return "".join(digit_runs(" ".join(plain), known))

    def _most(self, at: int) -> int:
        word, words = self._tokens[at].word, self._words.digit_words
        if word.isdecimal():
            return len(word)
        if word in words.hundred or word in words.thousand:
            return 2 if word in words.hundred else 3
        if word in words.tens:
            return 2
        if word in words.repeats:
            return words.repeats[word] - 1
        value = words.small.get(self._words.misheard.get(word, word))
        if value is None:
            return int(word in words.only_among_digits)
        joins_ten = at > 0 and self._tokens[at - 1].word in words.tens and 0 < value < 10
        return 0 if joins_ten else len(str(value))

    def _pieces(self, first: int, past: int) -> Iterator[Sequence[int]]:
        piece: list[int] = []
        for at in range(first, past):
            gap = self._text[self._tokens[at - 1].end : self._tokens[at].start] if at > first else ""
            if self._tokens[at].word in self._words.connectors or _DIVIDES.search(gap):
                yield piece
                piece = []
            if self._tokens[at].word not in self._words.connectors:
                piece.append(at)
        yield piece


def keyed(entry: str, words: MaskingWords) -> Reading:
    """A keypad entry: one run and nothing else; a star is a gap in it."""
    token = Token(word=entry, start=0, end=len(entry))
    digits = entry.replace("*", "")
    run = Run(
        digits=digits,
        pieces=tuple(filter(None, entry.split("*"))),
        most=len(digits),
        first=0,
        past=1,
        measured=False,
        international=False,
    )
    runs = (run,) if digits else ()
    return Reading(text=entry, tokens=(token,), runs=runs, cues=(), others=0, words=words, keyed=True)
