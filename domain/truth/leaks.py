"""What may never be spoken, whatever the records say: strangers' names, inner workings, forbidden topics."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from domain.truth.evidence import Evidence
from domain.truth.tokens import Token, tokens_of
from domain.truth.verdict import Kind, Unsupported
from domain.truth.words import Words, words_for

_RUN = 7
"""Words of a prompt that, said in a row, are the prompt and no chance."""

_ONLY_CODE_SAYS: Mapping[str, Kind] = {"consent": "promise", "recording": "event", "secrets": "topic"}
"""Only code asks for a yes, tells of the recording, and asks for what nobody may keep."""


def leaks_in(sentence: str, tokens: Sequence[Token], evidence: Evidence) -> Iterator[Unsupported]:
    words = evidence.words
    texts = [token.text for token in tokens]
    yield from _names(tokens, evidence)
    refuses = words.phrases["never.refusing"].any(texts)
    for claim in words.phrases["never.a_person"].all(texts)[:1]:
        yield Unsupported(kind="inner", words=" ".join(texts[claim.start : claim.end]), about="a_person")
    for family, kind in _ONLY_CODE_SAYS.items():
        for claim in words.phrases[f"never.{family}"].all(texts)[:1]:
            said = " ".join(texts[claim.start : claim.end])
            if not (refuses or (family == "secrets" and _warns(texts, words))):
                yield Unsupported(kind=kind, words=said, about=family)
    inner = words.phrases["never.inner"].all(texts)
    if inner and not refuses:
        yield Unsupported(kind="inner", words=" ".join(texts[inner[0].start : inner[0].end]))
    elif _tells_inner(sentence, texts, evidence):
        yield Unsupported(kind="inner", words=sentence)
    if not refuses:
        yield from _topics(texts, evidence)


def _warns(texts: Sequence[str], words: Words) -> bool:
    """Whoever says never to tell a PIN asks for nothing."""
    return not words.sets["clauses.negations"].isdisjoint(texts)


def _names(tokens: Sequence[Token], evidence: Evidence) -> Iterator[Unsupported]:
    """A capital in mid-sentence is a name: whom this call does not know, it does not name."""
    words = evidence.words
    titles = words.sets["clauses.titles"]
    everyday = words.sets["clauses.everyday_names"]
    calendar = words.calendar
    for at, token in enumerate(tokens):
        is_first = at == 0 or tokens[at - 1].text in {".", "!", "?", ":", "\n"}
        follows_title = at > 0 and tokens[at - 1].text in titles
        is_name = follows_title or (bool(words.table["capitals_are_names"]) and not is_first)
        if token.kind != "word" or not token.is_capital or not is_name or token.text in titles:
            continue
        text = token.text
        if evidence.knows_name(text) or text in everyday or len(text) == 1:
            continue
        if (
            text in calendar.months
            or text.removesuffix("s") in calendar.weekdays
            or text in calendar.weekdays
        ):
            continue
        if words.currencies.get(text) or _is_number(text, words):
            continue
        yield Unsupported(kind="name", words=text)


def _is_number(text: str, words: Words) -> bool:
    return text in words.digits.small or text in words.digits.tens or text in words.ordinals


def _tells_inner(sentence: str, texts: Sequence[str], evidence: Evidence) -> bool:
    lowered = sentence.lower()
    if "{" in sentence or "}" in sentence or "```" in sentence:
        return True
    if any("_" in text and text in lowered for text in evidence.inner):
        return True
    runs = _runs(evidence.inner, evidence.words.tag)
    return any(tuple(texts[at : at + _RUN]) in runs for at in range(len(texts) - _RUN + 1))


@lru_cache(maxsize=64)
def _runs(inner: tuple[str, ...], tag: str) -> frozenset[tuple[str, ...]]:
    runs = set()
    for text in inner:
        words = [token.text for token in tokens_of(text, words_for(tag))]
        runs |= {tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)}
    return frozenset(runs)


def _topics(texts: Sequence[str], evidence: Evidence) -> Iterator[Unsupported]:
    """A company names a topic, or any word of one; its own words count as they stand."""
    spoken = " ".join(texts)
    for forbidden in evidence.forbidden:
        told = f" {forbidden} " in f" {spoken} "
        for name, phrases in evidence.words.topics.items():
            means = name in forbidden or phrases.any(forbidden.split())
            told = told or (means and phrases.any(texts))
        if told:
            yield Unsupported(kind="topic", words=forbidden)
