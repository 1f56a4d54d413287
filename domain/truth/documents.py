"""Passages of the company's documents read into sentences that claims can be held against."""

from collections.abc import Iterator, Sequence
from datetime import date

from domain.truth.clauses import clauses_of
from domain.truth.events import events_of
from domain.truth.known import Known
from domain.truth.mentions import mentions_in
from domain.truth.passages import PassageSentence, is_denial, sentences_of, stems_of
from domain.truth.tokens import tokens_of
from domain.truth.values import ClockTime, Count, Mention, Value
from domain.truth.words import Words

_LISTED = 3
"""Words of a clause that is only one of a list: "underwear, earrings and opened food cannot ..."."""


def read_passage(text: str, words: Words, today: date) -> Iterator[PassageSentence]:
    """Its first sentence is its title, and tells what the others are about."""
    sentences = sentences_of(text)
    title = sentences[0].lower().rstrip(".").split() if len(sentences) > 1 else []
    for sentence in sentences:
        yield from _clauses(sentence, title, words, today)


def values_of(sentence: PassageSentence, place: int) -> Iterator[Known]:
    for mention in sentence.mentions:
        for value in _meant(mention):
            yield Known(value, "", -1, "passage", place)


def _meant(mention: Mention) -> Sequence[Value]:
    """In a document a time is a time and a length a length, whatever else the words may mean."""
    times = tuple(value for value in mention.readings if isinstance(value, ClockTime))
    lengths = tuple(value for value in mention.readings if isinstance(value, Count) and value.unit)
    return times or lengths or mention.readings


def _clauses(sentence: str, title: Sequence[str], words: Words, today: date) -> Iterator[PassageSentence]:
    tokens = tokens_of(sentence, words)
    texts = [token.text for token in tokens]
    roots = [words.plain.root(text) for text in texts]
    begins = _exception_begins(texts, words)
    around = stems_of(texts, words) | stems_of(title, words)
    listed: frozenset[str] = frozenset()
    for clause in clauses_of(tokens, mentions_in(tokens, words, today), words):
        events = events_of(clause, (), words)
        stems = listed | stems_of(clause.words, words)
        listed = stems if len(clause.words) <= _LISTED and not events else frozenset()
        yield PassageSentence(
            stems=stems,
            around=around,
            roots=frozenset(roots).union(map(words.plain.root, title)),
            families=frozenset((event.family, event.is_negated) for event in events),
            kinds=frozenset(found.meaning for found in words.kinds.all(clause.words)),
            included=frozenset(roots[:begins]),
            excepted=frozenset(roots[begins:]),
            mentions=tuple(mention for _, mention in clause.mentions),
            is_denial=is_denial(clause.words, words),
            is_conditional=words.phrases["clauses.ifs"].any(texts),
            is_ours=any(text in words.sets["clauses.us"] for text in texts),
            has_limit=any(text in words.sets["clauses.limits"] for text in texts),
        )


def _exception_begins(texts: Sequence[str], words: Words) -> int:
    """At a comma with "not" or the like after it."""
    excepting = words.sets["clauses.excepting"]
    commas = (at for at, text in enumerate(texts) if text == ",")
    return next((at for at in commas if set(texts[at + 1 : at + 3]) & excepting), len(texts))
