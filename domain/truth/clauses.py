"""A sentence cut into clauses, with what in them is asserted and what is only asked, supposed or quoted."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.truth.tokens import Token
from domain.truth.values import Mention
from domain.truth.words import Words


@dataclass(frozen=True, kw_only=True)
class Clause:
    """A stretch with one verb or so; `words` has a mark such as `<day>` in the place of each value."""

    words: tuple[str, ...]
    places: tuple[int, ...]
    """The token at which each word begins."""
    mentions: tuple[tuple[int, Mention], ...]
    """(index in `words`, value)."""
    follows_on: bool
    """Joined to the clause before by "and" or the like, not by a comma."""
    is_question: bool
    follows_offer: bool
    """What the clause before offered would bring it about: "I can take a message, and we ring you"."""
    supposed_from: int
    """From this word on nothing is asserted: "if it was lost"."""
    quoted_from: int
    """From this word on the caller's own words are repeated: "you said it was fifty euros"."""

    def asserts(self, at: int) -> bool:
        return not self.is_question and at < min(self.supposed_from, self.quoted_from)

    def is_spoken_for(self, at: int) -> bool:
        """Whether the caller's own amounts and days may be named here."""
        return self.is_question or at >= self.quoted_from


def clauses_of(tokens: Sequence[Token], mentions: Sequence[Mention], words: Words) -> list[Clause]:
    is_question = bool(tokens) and tokens[-1].text == "?"
    raw = _cut(tokens, mentions, words)
    clauses: list[Clause] = []
    for at, (entries, follows_on) in enumerate(raw):
        texts = tuple(text for text, _, _ in entries)
        before = clauses[-1] if clauses and follows_on else None
        asks = is_question and (_starts_question(texts, words) or len(raw) == 1 or at == len(raw) - 1)
        supposed, quoted = _supposed_from(texts, words), _first(texts, words, "clauses.echoes")
        carries = before is not None and not _has_own_subject(texts, words)
        if before is not None and before.supposed_from < len(before.words) and carries:
            supposed = 0
        if before is not None and before.quoted_from < len(before.words) and carries:
            quoted = 0
        clauses.append(
            Clause(
                words=texts,
                places=tuple(place for _, place, _ in entries),
                mentions=tuple((i, mention) for i, (_, _, mention) in enumerate(entries) if mention),
                follows_on=follows_on,
                is_question=asks or (before is not None and before.is_question and carries),
                follows_offer=bool(clauses)
                and _first(clauses[-1].words, words, "clauses.offers") < len(clauses[-1].words),
                supposed_from=supposed,
                quoted_from=quoted,
            )
        )
    return clauses


_Entry = tuple[str, int, Mention | None]


def _cut(
    tokens: Sequence[Token], mentions: Sequence[Mention], words: Words
) -> list[tuple[list[_Entry], bool]]:
    by_start = {mention.start: mention for mention in mentions}
    clauses: list[tuple[list[_Entry], bool]] = []
    entries: list[_Entry] = []
    follows_on, at = False, 0
    while at < len(tokens):
        token = tokens[at]
        if mention := by_start.get(at):
            entries.append((mention.mark, at, mention))
            at = mention.end
            continue
        at += 1
        is_stop = token.kind == "stop"
        if not is_stop and token.text not in words.sets["clauses.joints"]:
            entries.append((token.text, at - 1, None))
            continue
        if entries:
            clauses.append((entries, follows_on))
            entries = []
        follows_on = not is_stop
    if entries:
        clauses.append((entries, follows_on))
    return clauses


def _first(texts: Sequence[str], words: Words, name: str) -> int:
    found = words.phrases[name].starting(texts)
    return found[0].start if found else len(texts)


def _supposed_from(texts: Sequence[str], words: Words) -> int:
    """The first word after which nothing is asserted; "until" supposes nothing when only a day follows."""
    unknown = words.phrases["clauses.unknowing"].starting(texts)
    starts = [found.start for found in unknown[:1]]
    for found in words.phrases["clauses.conditions"].starting(texts):
        if found.end < len(texts) and not texts[found.end].startswith("<"):
            starts.append(found.start)
            break
    return min(starts, default=len(texts))


def _starts_question(texts: Sequence[str], words: Words) -> bool:
    at = 0
    while at < len(texts) and (found := words.phrases["clauses.before_question"].at(texts, at)):
        at = found.end
    return at < len(texts) and texts[at] in words.sets["clauses.questions"]


def _has_own_subject(texts: Sequence[str], words: Words) -> bool:
    return any(text in words.sets["clauses.subjects"] for text in texts[:3])
